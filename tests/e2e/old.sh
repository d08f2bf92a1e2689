#!/bin/sh
# SPDX-License-Identifier: ISC
# What people did with systrace: a published policy for /bin/ls, BSD names and
# all, with the calls added that Linux needs. ls of the home folder prints what
# it prints without, ls of /etc fails with EPERM and one line in the log, and
# deny[enoent] hides a file. named's policy loads as it stands.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv
make_user
chmod 755 "$user_home"
mkdir "$user_home/folder"
echo text >"$user_home/file"
echo text >"$user_home/.hidden"
ln -s file "$user_home/link"
chown -R -h "$user:$user" "$user_home"

mkdir "$T/logs"
chown "$user" "$T/logs"
cat >"$T/published" <<'EOF'
Policy: /bin/ls, Emulation: native
	native-__sysctl: permit
	native-_sysctl: permit
	native-fsread: filename eq "/etc/malloc.conf" then permit
	native-issetugid: permit
	native-break: permit
	native-mmap: permit
	native-mprotect: permit
	native-ioctl: permit
	native-getuid: permit
	native-fchdir: permit
	native-fstat: permit
	native-fcntl: permit
	native-fstatfs: permit
	native-getdirentries: permit
	native-lseek: permit
	native-close: permit
	native-write: permit
	native-munmap: permit
	native-exit: permit
	native-read: permit
	native-sigaction: permit
	native-sigprocmask: permit
	native-gettimeofday: permit
	native-getpid: permit
	native-fsread: filename eq "/dev/arandom" then permit
	native-fsread: filename eq "/etc/group" then permit
	native-fsread: filename match "/usr/lib/libc.so.*" then permit
	native-fsread: filename eq "$HOME" then permit
	native-fsread: filename match "$HOME/*" \
	    and oflags sub "ro" then permit
	native-fsread: filename match "$HOME/*" then permit
	native-fsread: filename eq "/etc" then deny[eperm], if group != wheel
EOF
# What a program of Linux does beside.
cat >"$T/linux" <<'EOF'
	native-fsread: filename match "/usr/lib/*" then permit
	native-fsread: filename match "/lib/*" then permit
	native-fsread: filename match "/lib64/*" then permit
	native-fsread: filename match "/usr/share/*" then permit
	native-fsread: filename match "/etc/ld.so.*" then permit
	native-fsread: filename match "/etc/*" and \
	    not filename eq "/etc/malloc.conf" and \
	    filename sub "so" then permit
	native-fsread: filename eq "/etc/passwd" then permit
	native-fsread: filename eq "/etc/nsswitch.conf" then permit
	native-fsread: filename match "/etc/locale*" then permit
	native-fsread: filename match "/proc/*" then permit
	native-fsread: filename match "/sys/fs/selinux*" then permit
	native-fsread: filename match "/selinux*" then permit
	native-pread64: permit
	native-arch_prctl: permit
	native-set_tid_address: permit
	native-set_robust_list: permit
	native-rseq: permit
	native-prlimit64: permit
	native-getrandom: permit
	native-lgetxattr: permit
	native-fsread: filename eq "/" then permit
	native-fsread: filename match "/etc/selinux/*" then permit
	native-futex: permit
	native-openat: filename match "$HOME/*" then permit
	native-socket: permit
	native-connect: sockaddr match "/run/*" then deny[enoent]
	native-connect: sockaddr match "/var/run/*" then deny[enoent]
EOF
# The group wheel is not everybody's: systrace's example has it, so is it here.
sed -i "s/wheel/root/" "$T/published"
cat "$T/published" "$T/linux" >"$T/policy"

ls_here() {
	(cd "$user_home" && as_user "$user" "$@") 2>"$T/err" </dev/null
}

"$BUILD/privctl" check "$T/policy" >"$T/check" 2>&1
same "the published policy loads without an error" 0 $?
like "with a note of what is no call here" 'issetugid\|sysctl' "$(cat "$T/check")"

for arguments in '' -l -a "$user_home" '-l folder' file; do
	# shellcheck disable=SC2086	# several, or none
	ls_here ls $arguments >"$T/native"
	# shellcheck disable=SC2086
	ls_here "$privrun" -f "$T/policy" -a -E "$T/logs/log" \
	    ls $arguments >"$T/out"
	same "ls $arguments: exit status" 0 $?
	rm -f "$T/logs/log"
	same_files "ls $arguments: as without" "$T/native" "$T/out"
	show "$T/err"
done

ls_here "$privrun" -f "$T/policy" -a -E "$T/logs/log" ls /etc >"$T/out"
same "ls /etc: exit status" 2 $?
like "ls /etc: EPERM" "'/etc'.*: Operation not permitted" "$(cat "$T/err")"
same "ls /etc: nothing is shown" '' "$(cat "$T/out")"
# The rule says no `log`: so the line is that of no rule, without it.
sed '/filename eq "\/etc"/d' "$T/policy" >"$T/unmatched"
rm -f "$T/logs/log"
ls_here "$privrun" -f "$T/unmatched" -a -E "$T/logs/log" ls /etc >"$T/out"
same "ls /etc, no rule: exit status" 2 $?
like "ls /etc, no rule: EPERM" "'/etc'.*: Operation not permitted" \
    "$(cat "$T/err")"
same "ls /etc, no rule: one line" 1 "$(grep -c . "$T/logs/log")"
like "ls /etc, no rule: which one" \
    "^privrun: deny user: $user, prog: /usr/bin/ls, .*syscall: native-fsread([0-9]*), filename: /etc, .*line: default\$" \
    "$(cat "$T/logs/log")"

# As root's, with -c, as people ran dnstop.
"$privrun" -f "$T/policy" -a -E "$T/log" -c "$user_uid:$user_gid" \
    ls "$user_home" >"$T/out" 2>"$T/err" </dev/null
same "by root's privrun -c: exit status" 0 $?
ls "$user_home" >"$T/native"
same_files "by root's privrun -c: as without" "$T/native" "$T/out"

# Errors injected.
cat >"$T/hide" <<EOF
Policy: /bin/cat, Emulation: native
	Default: permit
	native-fsread: filename eq "$user_home/file" then deny[enoent]
	native-fsread: filename eq "$user_home/link2" then permit
EOF
ls_here "$privrun" -f "$T/hide" -a -E "$T/logs/log" cat file >"$T/out"
same "deny[enoent]: exit status" 1 $?
same "deny[enoent]: what the program says" \
    "cat: file: No such file or directory" "$(cat "$T/err")"
ls_here "$privrun" -f "$T/hide" -a cat link >"$T/out"
same "deny[enoent]: by a link" "cat: link: No such file or directory" \
    "$(cat "$T/err")"
ls_here "$privrun" -f "$T/hide" -a cat .hidden >"$T/out"
same "another file is read" text "$(cat "$T/out")"

cat >"$T/named" <<'EOF'
Policy: /usr/sbin/named, Emulation: native
	native-__sysctl: permit
	native-accept: permit
	native-bind: sockaddr match "inet-*:53" then permit
	native-break: permit
	native-chdir: filename eq "/" then permit
	native-chdir: filename eq "/namedb" then permit
	native-chroot: filename eq "/var/named" then permit
	native-close: permit
	native-connect: sockaddr eq "/dev/log" then permit
	native-connect: sockaddr match "*:53" then permit log
	native-dup2: permit
	native-fsread: filename sub "<non-existent filename>" then deny[enoent]
	native-fswrite: filename eq "/var/run/named.pid" then permit
	native-kill: permit
	native-listen: permit
	native-setgid: gid eq "70" then permit
	native-setuid: uid eq "70" and uname eq "named" then permit
	native-sigaction: permit
	native-sendto: true then permit
EOF
"$BUILD/privctl" check "$T/named" >"$T/check" 2>&1
same "named's policy loads" 0 $?
[ "$tests_failed" -eq 0 ] || show "$T/check"
done_testing
