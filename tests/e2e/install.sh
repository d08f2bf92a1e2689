#!/bin/sh
# SPDX-License-Identifier: ISC
#
# make install and make uninstall: into a folder for packages; and into a
# prefix of its own, from which an ordinary user's session runs, beside
# whatever else runs here. What the administrator changed or removed stays so.
# shellcheck disable=SC2317	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs make cc bison pkg-config setcap getcap setpriv sha256sum
nm -D "$BUILD/libprivd.so" | grep -q 'U __[au].*san' &&
    skip_all "what is installed is built without a sanitizer"
make_user
trusted_folder
dir=$trusted

# files FOLDER: all that is no folder, below it
files() {
	(cd "$1" && find . ! -type d | sort)
}
# places DESTDIR: make's variables for an installation as packages are made
packaged() {
	make -s BUILD="$BUILD" DESTDIR="$1" INIT=systemd UPGRADES=dpkg "$2" \
	    >"$T/out" 2>&1
}

check "into a folder" packaged "$dir/root" install
for file in bin/privrun sbin/privd bin/privctl include/privd.h \
    lib/libprivd.so.0 lib/libprivd.so lib/libprivd.a lib/pkgconfig/privd.pc \
    lib/systemd/system/privd.service lib/systemd/system/privd.socket \
    lib/sysusers.d/privd.conf lib/tmpfiles.d/privd.conf \
    share/man/man1/privrun.1 share/man/man3/libprivd.3 \
    share/man/man5/privd.conf.5 share/man/man5/privd.policy.5 \
    libexec/privd/selftest/tests/attack/check \
    share/man/man8/privctl.8 share/man/man8/privd.8; do
	[ -e "$dir/root/usr/$file" ] || echo "$file"
done >"$T/missing"
for file in privd.conf policies/usr_bin_tcpdump templates/dynamic; do
	[ -e "$dir/root/etc/privd/$file" ] || echo "$file"
done >>"$T/missing"
same "all of it" "" "$(cat "$T/missing")"
same "the guard" "cap_block_suspend=p" \
    "$(getcap "$dir/root/usr/bin/privrun" | sed 's/^[^ ]* //')"
same "nothing else has a capability" 1 "$(getcap -r "$dir/root" | wc -l)"
same "nothing can be written by others, nor is set-id" "" \
    "$(find "$dir/root" ! -type l -perm /6022)"
check "a second time" packaged "$dir/root" install
same "says nothing" "" "$(cat "$T/out")"

# The administrator's.
etc=$dir/root/etc/privd
echo 'allow-group staff' >>"$etc/privd.conf"
rm "$etc/policies/usr_bin_ping"
echo '# a line of an older version' >>"$etc/policies/usr_bin_dnstop"
sum=$(sha256sum <"$etc/policies/usr_bin_dnstop" | cut -d ' ' -f 1)
sed -i "s,.*\(  /etc/privd/policies/usr_bin_dnstop\),$sum\1," \
    "$dir/root/usr/share/privd/shipped"
echo '# a program that is shipped no more' >"$etc/policies/usr_bin_old"
sum=$(sha256sum <"$etc/policies/usr_bin_old" | cut -d ' ' -f 1)
echo "$sum  /etc/privd/policies/usr_bin_old" \
    >>"$dir/root/usr/share/privd/shipped"
echo '# of his own' >"$etc/policies/own"
check "an upgrade" packaged "$dir/root" install
check "what was changed stays" grep -q staff "$etc/privd.conf"
like "and it is said" 'privd.conf was changed' "$(cat "$T/out")"
refute "what was removed stays so" test -e "$etc/policies/usr_bin_ping"
same_files "what nobody changed is renewed" policies/usr_bin_dnstop \
    "$etc/policies/usr_bin_dnstop"
refute "what is shipped no more goes" test -e "$etc/policies/usr_bin_old"
check "once more" packaged "$dir/root" install
check "it stays" grep -q staff "$etc/privd.conf"
echo "/usr/bin/tcpdump" >"$dir/root/var/lib/privd/marks"
echo "other" >"$dir/root/usr/bin/other"
check "and away" packaged "$dir/root" uninstall
same "but for what is not install's" "./etc/privd/policies/own
./etc/privd/privd.conf
./usr/bin/other
./var/lib/privd/marks" "$(files "$dir/root")"
refute "its folders as well" test -e "$etc/templates"
check "again" packaged "$dir/root2" install
check "and all away" packaged "$dir/root2" uninstall
same "nothing is left" "" "$(files "$dir/root2")"

# Who is not root can make packages, without the guard.
mkdir "$dir/theirs" "$dir/theirs/build"
cp -pR "$BUILD"/obj "$BUILD"/lib* "$BUILD"/priv* "$dir/theirs/build"
chown -R "$user" "$dir/theirs"
as_user "$user" make -s BUILD="$dir/theirs/build" TESTS_BUILD="$BUILD" \
    DESTDIR="$dir/theirs" INIT=none UPGRADES=none install >"$T/out" 2>&1
if grep -q 'ermission denied' "$T/out"; then
	skip 2 "the user cannot reach the tree"
else
	like "a user's installation: says what it lacks" \
	    "only root gives privrun its guard" "$(cat "$T/out")"
	check "has the rest" test -x "$dir/theirs/usr/bin/privrun"
fi

# A prefix of its own: make itself finds what knows places, and makes it anew.
mkdir "$dir/build"
cp -pR "$BUILD/obj" "$dir/build"
find "$dir/build" -name '*.d' -exec \
    sed -i "s,[^ ]*/obj/,$dir/build/obj/,g" {} +
private() {
	make -s BUILD="$dir/build" TESTS_BUILD="$BUILD" PREFIX="$dir/p" \
	    SYSCONFDIR="$dir/p/etc" \
	    RUNDIR="$dir/p/run" STATEDIR="$dir/p/lib" INIT=sysvinit \
	    UPGRADES=none "$1" >"$T/out" 2>&1
}
check "a prefix of its own" private install
[ -x "$dir/p/sbin/privd" ] || show "$T/out"
same "and programs know no others" "" \
    "$(grep -alr '/usr/bin/privrun' "$dir/p/bin" "$dir/p/sbin")"
check "the manual names its places" grep -q "$dir/p/etc/privd/privd.conf" \
    "$dir/p/share/man/man8/privd.8"
rm "$dir/p/etc/privd/policies"/*
cp "$(command -v cat)" "$dir/cat"
echo 'a secret' >"$dir/secret"
chmod 600 "$dir/secret"
mkfifo -m 644 "$dir/fifo"
cat >"$dir/p/etc/privd/policies/cat" <<END
Policy: $dir/cat, Emulation: native
	Default: permit
	native-open: filename eq "$dir/secret" then permit as root
END
secret() {
	as_user "$user" "$dir/p/bin/privrun" "$dir/cat" "$@" 2>&1
}
same "a program is marked" "$dir/cat: marked" \
    "$("$dir/p/bin/privctl" mark "$dir/cat")"
same "in its own list" "$dir/cat" "$(sed 1d "$dir/p/lib/privd/marks")"

# Its script for init.
script=$dir/p/etc/init.d/privd
run_script() {
	"$script" "$1" </dev/null >"$T/out" 2>&1
}
run_script status
same "it does not run" 3 $?
check "start" run_script start
daemon_pid=$(cat "$dir/p/run/privd.pid")
remember "$daemon_pid"
same "it is the prefix's" "$dir/p/sbin/privd" \
    "$(readlink "/proc/$daemon_pid/exe")"
check "start it a second time" run_script start
same "that is the same" "$daemon_pid" "$(cat "$dir/p/run/privd.pid")"
same "an ordinary user's session" "a secret" "$(secret "$dir/secret")"
"$dir/p/bin/privctl" doctor >"$T/doctor"
check "doctor looks" grep -q -e '^note' -e '^wrong' -e '^nothing' "$T/doctor"
# What else is on this machine may be marked, or installed, by others.
same "and finds no fault with it" "" "$(grep '^wrong' "$T/doctor" |
    grep -v -e ': /usr/' -e ': process ' |
    sed "\\,: $dir/,!{ /^wrong: \(mark\|guard\): /d; }")"
check "status" run_script status
echo nonsense >"$dir/p/etc/privd/policies/broken"
run_script reload
same "a reload with an error" 1 $?
like "says which" "policies/broken:1:9: " "$(cat "$T/out")"
rm "$dir/p/etc/privd/policies/broken"
check "and one without" run_script reload
same "it serves" "a secret" "$(secret "$dir/secret")"
secret "$dir/secret" "$dir/fifo" >"$T/session" &
session=$!
remember $session
check "a session that lasts" wait_for "$T/session" secret
check "stop" run_script stop
check "it has stopped" has_ended "$daemon_pid"
forget "$daemon_pid"
refute "and the session goes on" has_ended $session
echo 'and on' >"$dir/fifo"
wait $session
same "to its end" "a secret
and on" "$(cat "$T/session")"
forget $session
echo 1 >"$dir/p/run/privd.pid"
check "somebody else's number is not stopped" run_script stop
check "start again" run_script start
daemon_pid=$(cat "$dir/p/run/privd.pid")
remember "$daemon_pid"
check "restart" run_script restart
refute "is another process" [ "$daemon_pid" = "$(cat "$dir/p/run/privd.pid")" ]
forget "$daemon_pid"
remember "$(cat "$dir/p/run/privd.pid")"
same "which serves" "a secret" "$(secret "$dir/secret")"
daemon_pid=$(cat "$dir/p/run/privd.pid")
cp -p "$dir/p/sbin/privd" "$dir/p/sbin/privd.new"
mv "$dir/p/sbin/privd.new" "$dir/p/sbin/privd"
check "restart after an upgrade" run_script restart
check "the old one has ended" has_ended "$daemon_pid"
forget "$daemon_pid"
remember "$(cat "$dir/p/run/privd.pid")"
check "and stop" run_script stop
check "away with it" private uninstall
same "all but what was written there" "./etc/privd/policies/cat
./lib/privd/marks
./run/privd/privd.sock.lock" "$(files "$dir/p")"
done_testing
