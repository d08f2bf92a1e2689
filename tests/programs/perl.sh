#!/bin/sh
# SPDX-License-Identifier: ISC
# perl: its file operators, and the core modules that use them.
[ "$(id -u)" -ne 0 ] || exit 1 # never as root: see what it tries
cat >basic.t <<'END'
use strict;
use warnings;
use Test::More;
use Fcntl qw(:DEFAULT :flock :mode);
use File::Basename; use File::Compare; use File::Copy; use File::Find;
use File::Path qw(make_path remove_tree); use File::Spec;
use File::stat (); use File::Temp qw(tempfile tempdir); use Cwd qw(getcwd abs_path);
use IO::File; use IO::Dir; use IO::Pipe; use IO::Select; use IO::Socket::UNIX;
use IPC::Open3; use POSIX (); use SDBM_File; use Storable;
use Socket; use Tie::File; use Digest::SHA;

my $top = getcwd();
ok(make_path("t/a/b", "t/c", { mode => 0750 }), "make_path");
is((CORE::stat "t/a/b")[2] & 07777, 0750, "its mode");
ok(sysopen(my $fh, "t/f", O_RDWR | O_CREAT | O_EXCL, 0640), "sysopen");
ok(!sysopen(my $no, "t/f", O_RDWR | O_CREAT | O_EXCL), "exclusive");
ok($!{EEXIST}, "EEXIST");
is(syswrite($fh, "line 1\nline 2\n"), 14, "syswrite");
ok(flock($fh, LOCK_EX | LOCK_NB), "flock");
ok(seek($fh, 0, 0), "seek"); is(scalar(<$fh>), "line 1\n", "readline");
ok(truncate($fh, 7), "truncate"); is(-s "t/f", 7, "size");
ok(chmod(0600, "t/f"), "chmod"); ok(chmod(0644, $fh), "chmod handle");
ok(utime(1000, 2000, "t/f"), "utime"); is((CORE::stat "t/f")[9], 2000, "mtime");
ok(utime(undef, undef, $fh), "utime handle");
ok(link("t/f", "t/hard"), "link"); is((CORE::stat "t/f")[3], 2, "links");
ok(symlink("f", "t/sym"), "symlink"); is(readlink("t/sym"), "f", "readlink");
ok(-l "t/sym" && -f "t/sym" && !-d _, "file tests");
ok(rename("t/hard", "t/c/moved"), "rename"); ok(!-e "t/hard", "gone");
ok(POSIX::mkfifo("t/fifo", 0600), "mkfifo"); ok(-p "t/fifo", "-p");
ok(!mkdir("t/a"), "mkdir"); ok($!{EEXIST}, "EEXIST");
ok(!rmdir("t/a"), "rmdir"); ok($!{ENOTEMPTY}, "ENOTEMPTY");
ok(chown(-1, -1, "t/f"), "chown");
ok(!chown(0, 0, "t/f") || $> == 0, "chown to root");
ok(copy("t/f", "t/copy"), "copy"); is(compare("t/f", "t/copy"), 0, "compare");
ok(move("t/copy", "t/a/copy"), "move");
my @found; find(sub { push @found, $File::Find::name }, "t");
is(join(" ", sort @found),
    "t t/a t/a/b t/a/copy t/c t/c/moved t/f t/fifo t/sym", "find");
ok(chdir("t/a"), "chdir"); is(getcwd(), "$top/t/a", "getcwd");
is(abs_path("../sym"), "$top/t/f", "abs_path"); ok(chdir($top), "back");
is(join(" ", sort glob("t/*")), "t/a t/c t/f t/fifo t/sym", "glob");
opendir(my $dh, "t") or die; is(scalar(my @n = readdir $dh), 7, "readdir");
rewinddir $dh; is(scalar(@n = readdir $dh), 7, "rewinddir"); closedir $dh;
my ($tfh, $tname) = tempfile(DIR => "t"); ok(-f $tname, "tempfile"); unlink $tname;
my $td = tempdir(DIR => "t", CLEANUP => 0); ok(-d $td, "tempdir"); rmdir $td;
is(File::stat::stat("t/f")->size, 7, "File::stat");
tie(my @lines, 'Tie::File', "t/lines") or die; push @lines, "a", "b"; untie @lines;
is(-s "t/lines", 4, "Tie::File");
my %db; ok(tie(%db, 'SDBM_File', "t/sdbm", O_RDWR | O_CREAT, 0644), "SDBM");
$db{$_} = $_ x 3 for 1 .. 50; is($db{7}, "777", "its value"); untie %db;
ok(Storable::store([1, 2], "t/stored"), "store");
is(Storable::retrieve("t/stored")->[1], 2, "retrieve");
is(Digest::SHA->new(256)->addfile("t/f")->hexdigest =~ tr/0-9a-f//, 64, "sha");
my $pid = open3(undef, my $out, undef, "/bin/sh", "-c", "pwd; umask; exit 5");
is(join("", <$out>), "$top\n0022\n", "open3"); waitpid $pid, 0; is($? >> 8, 5, "exit");
is(`echo backticks`, "backticks\n", "backticks");
is(system("sh", "-c", "exit 4") >> 8, 4, "system"); is(system("kill -9 \$\$") & 127, 9, "signal");
ok(open(my $p, "-|", "cat", "t/f"), "pipe open"); is(<$p>, "line 1\n", "its line");
my $l = IO::Socket::UNIX->new(Local => "t/sock", Listen => 1); ok($l, "unix socket");
my $c = IO::Socket::UNIX->new(Peer => "t/sock"); ok($c, "connect");
my $s = $l->accept; print $c "hello\n"; $c->flush; is(<$s>, "hello\n", "talk");
socketpair(my $x, my $y, AF_UNIX, SOCK_STREAM, 0) or die; syswrite $x, "z";
is(sysread($y, my $b, 1), 1, "socketpair");
{ local $SIG{USR1} = sub { pass("signal") }; kill USR1 => $$; }
ok(!open(my $e, "<", "/etc/shadow"), "shadow"); ok($!{EACCES}, "EACCES");
ok(!open($e, "<", "t/f/x"), "not a folder"); ok($!{ENOTDIR}, "ENOTDIR");
my $k = fork; if (!$k) { chdir "t"; mkdir "child"; POSIX::_exit(2); }
waitpid $k, 0; is($? >> 8, 2, "child"); ok(-d "t/child", "its folder");
is(umask(077), 022, "umask"); open($e, ">", "t/private"); is((CORE::stat $e)[2] & 0777, 0600, "under it");
ok(-t STDIN ? 1 : 1, "-t"); is(unlink("t/f", "t/sym", "t/none"), 2, "unlink");
ok(require("./t/inc.pl"), "require") if open($e, ">", "t/inc.pl") && print($e "1;\n") && close $e;
eval { alarm 1; local $SIG{ALRM} = sub { die "alarm\n" }; open(my $f, "<", "t/fifo"); };
is($@, "alarm\n", "a signal ends the open of a FIFO"); alarm 0;
is(remove_tree("t/a", "t/c"), 5, "remove_tree");
done_testing();
END
prove -v basic.t 2>&1 | sed '/^Files=/d; s/\.\{3,\}/ /'
