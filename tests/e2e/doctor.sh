#!/bin/sh
# SPDX-License-Identifier: ISC
# ALONE: it looks at all processes of the machine.
# privctl doctor: it finds nothing where all is well, and each thing that is
# missing when it is made to be missing. In a mount namespace, where anything
# can be laid over the system's files.
# shellcheck disable=SC2317,SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/loader.sh
. tests/lib/loader.sh

own_spaces "$0" "$@"
need_programs setarch
need_daemon
make_user
privctl=$BUILD/instance/bin/privctl
state=$BUILD/instance/lib/privd
dir=$trusted
# Before folders are hidden that the compiler needs.
named=
if can_name_loaders "$BUILD/tests/attack/try-open"; then
	named=$dir/named
	loaded_by "$dir/loader" "$named"
fi
mount -t tmpfs -o mode=755 tmpfs "$state" || skip_all "nothing can be mounted"
mount -t tmpfs -o mode=755 tmpfs /usr/local
# Doctor looks through them, each time, and nothing here needs them.
for folder in /opt /usr/lib/*; do
	case $folder in
	*-linux-*|*/python*|*.so*)	continue ;;
	esac
	[ ! -d "$folder" ] || [ -h "$folder" ] ||
	    mount -t tmpfs -o mode=755 tmpfs "$folder"
done

# doctor [ARGUMENT ...]: what it says and its exit status, in $T/out
doctor() {
	"$privctl" doctor -f "$daemon_folder/privd.conf" "$@" >"$T/out" 2>&1
	echo "exit $?" >>"$T/out"
}
# well WHAT: nothing is wrong
well() {
	doctor
	same "$1" "nothing is wrong exit 0" \
	    "$(grep -v -e '^note' -e '^    ' "$T/out" | tr '\n' ' ' |
	    sed 's/ $//')"
}
# ill WHAT LINE MEND [ARGUMENT ...]: that one is, and how to mend it
ill() {
	what=$1 line=$2 mend=$3
	shift 3
	doctor "$@"
	like "$what" "^wrong: $line" "$(cat "$T/out")"
	like "$what: how to mend it" "^    .*$mend" \
	    "$(grep -A1 -- "^wrong: $line" "$T/out")"
	same "$what: exit status" "exit 1" "$(tail -n 1 "$T/out")"
}
program() {
	cp "$(command -v cat)" "$1" && chmod 755 "$1"
}
policy() {
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n\t%s\n' "$1" \
	    "native-open: filename eq \"/none\" then permit as root" \
	    >"$daemon_policies/${1##*/}"
}

program "$dir/one"
"$privctl" mark "$dir/one" >"$T/out"
policy "$dir/one"
policy "$dir/none"	# of a program that is not installed
daemon_start
well "all is well"
doctor --json
like "as JSON" '^{"wrong":0,"findings":\[' "$(cat "$T/out")"

# The mark.
program "$dir/two"
policy "$dir/two"
ill "an unmarked program" "mark: $dir/two: a policy elevates it" \
    "privctl mark $dir/two"
doctor --json
like "that as JSON" "\"object\":\"$dir/two\",\"problem\":\"a policy" \
    "$(cat "$T/out")"
if command -v python3 >/dev/null; then
	sed '$d' "$T/out" >"$T/json"
	check "which it is" python3 -c \
	    "import json; assert json.load(open('$T/json'))['wrong'] == 1"
else
	skip 1 "no python3"
fi
rm "$daemon_policies/two"
ill "one that is asked about, and nothing elevates" \
    "mark: $dir/two: no policy" "privd.policy" "$dir/two"
program "$dir/new"
mv "$dir/new" "$dir/one"
ill "a mark that was lost" "mark: $dir/one: it has lost" "privctl mark -a"
"$privctl" mark -a >"$T/out"
well "and came back"
# A program of any policy's, elevating or not.
printf 'Policy: %s, Emulation: native\n\tDefault: permit\n\tDigest: sha256:%s\n' \
    "$dir/two" "$(sha256sum "$dir/two" | cut -d ' ' -f 1)" \
    >"$daemon_policies/two"
well "a digest that fits"
echo >>"$dir/two"
ill "a digest that does not" "digest: $dir/two: its content" \
    "sha256sum $dir/two"
rm "$daemon_policies/two"
chown "$user" "$dir/one"
ill "a program that is a user's" "mark: $dir/one: .*belong to root" root
chown root "$dir/one"
"$privctl" mark -a >"$T/out"	# which chown took away
if [ -n "$named" ]; then
	cp "$(loader_of "$BUILD/tests/attack/try-open")" "$dir/loader"
	setcap cap_block_suspend=i "$named"
	policy "$named"
	well "a program with a loader of its own"
	chown "$user" "$dir/loader"
	ill "a loader that is a user's" \
	    "mark: $named: its loader: .*belong to root" loader
	rm "$named" "$daemon_policies/named"
else
	skip 4 "no compiler"
fi
mkdir "$dir/nosuid"
mount --bind "$dir/nosuid" "$dir/nosuid"
program "$dir/nosuid/three"
setcap cap_block_suspend=i "$dir/nosuid/three"
policy "$dir/nosuid/three"
well "a program on a mount of its own"
mount -o remount,bind,nosuid "$dir/nosuid"
ill "a nosuid mount" "mark: $dir/nosuid/three: .*nosuid" "remount,suid"
umount "$dir/nosuid"
rm "$daemon_policies/three"
mkdir /usr/local/bin
program /usr/local/bin/stray
setcap cap_block_suspend=i /usr/local/bin/stray
ill "a mark for nothing" "mark: /usr/local/bin/stray: .*no policy" \
    "privctl unmark /usr/local/bin/stray"
rm /usr/local/bin/stray

# The guard.
cp "$daemon_run" "$dir/privrun"
chmod 755 "$dir/privrun"
ill "a copy of privrun" "guard: $dir/privrun: it is not the privrun" \
    "use $daemon_run" "$dir/privrun"
like "without the guard" "guard: $dir/privrun: it does not hold the guard" \
    "$(cat "$T/out")"
mv "$dir/privrun" /usr/local/bin/privrun
ill "a copy where users find it" "guard: /usr/local/bin/privrun: .*not the" \
    "link to $daemon_run"
mount --bind /usr/local/bin/privrun "$daemon_run"
ill "a guard that was lost" "guard: $daemon_run: it does not hold" \
    "setcap cap_block_suspend=p $daemon_run"
setcap cap_block_suspend,cap_net_raw=p "$daemon_run"
ill "one that holds more" "guard: $daemon_run: it holds more" \
    "setcap cap_block_suspend=p $daemon_run"
umount "$daemon_run"
rm /usr/local/bin/privrun
mount --bind "${daemon_run%/*}" "${daemon_run%/*}"
mount -o remount,bind,nosuid "${daemon_run%/*}"
ill "privrun on a nosuid mount" "guard: $daemon_run: .*nosuid" "remount,suid"
umount "${daemon_run%/*}"
cp "$daemon_run" "$dir/privrun"
chmod 755 "$dir/privrun"
cp "$privctl" "$dir/privctl"
mount -t tmpfs -o mode=755 tmpfs "${daemon_run%/*}"
mv "$dir/privctl" "$privctl"
ill "no privrun" "guard: $daemon_run: No such file" "make install"
check "privd tells still what it does" "$privctl" -s "$daemon_socket" status
like "and its users why nothing is elevated" \
    "runs without elevation: $daemon_run: No such file" \
    "$(as_user "$user" "$dir/privrun" -s "$daemon_socket" "$dir/one" \
    /dev/null 2>&1)"
"$daemon" -n -f "$daemon_folder/privd.conf" >"$T/out" 2>&1
same "privd -n: an error" 1 $?
like "which it tells" "$daemon_run: No such file" "$(cat "$T/out")"
umount "${daemon_run%/*}"
rm "$dir/privrun"
program /usr/local/bin/giver
setcap cap_block_suspend=ip /usr/local/bin/giver
ill "a program that gives the guard away" \
    "guard: /usr/local/bin/giver: whoever executes" \
    "setcap -r /usr/local/bin/giver"
rm /usr/local/bin/giver
# holds WHAT [COMMAND ...]: so is started what a user holds it with
holds() {
	what=$1
	shift
	setpriv --reuid "$user" --regid "$user_gid" --init-groups \
	    --inh-caps=-all,+block_suspend --ambient-caps=-all,+block_suspend \
	    "$@" sleep 100 &
	holder=$!
	remember $holder
	until_true 10 sh -c "grep -q '^Name:.*sleep' /proc/$holder/status"
	ill "$what" "guard: process $holder of uid $user_uid: it holds" \
	    "CAP_BLOCK_SUSPEND"
	kill -KILL $holder
	wait $holder 2>/dev/null
	forget $holder
}
holds "a user that holds the guard"
holds "the same under a filter" "$helpers/hardened" swapoff --
holds "the same with limits as low as some" prlimit --rss=1000 --locks=1000 \
    "$helpers/hardened" swapoff --
# Sessions' processes hold it, and they alone: root's, and the daemon's.
mkfifo "$dir/fifo"
chmod 644 "$dir/fifo"
in_background "$user" "$T/session" "$dir/one" "$dir/fifo"
daemons=$started
cp "$daemon_policies/one" "$T/embedded"
"$privrun" -a -c "$user_uid:$user_gid" -f "$T/embedded" "$dir/one" \
    "$dir/fifo" >"$T/embedded.out" 2>&1 &
embedded=$!
remember $embedded
# in both a program waits for the other end
holders() {
	awk '$1 == "CapPrm:" && $2 == "0000001000000000"' /proc/[0-9]*/status \
	    2>/dev/null | wc -l
}
both_run() {
	[ "$(holders)" -eq 4 ]
}
check "two programs, and their judges, hold it" until_true 10 both_run
well "sessions"
for session in $daemons $embedded; do
	kill -KILL "$session"
	wait "$session" 2>/dev/null
	forget "$session"
done

# Where it runs.
same "with no_new_privs" "1" "$(setpriv --no-new-privs "$privctl" doctor \
    -f "$daemon_folder/privd.conf" | grep -c 'here: .*no_new_privs')"
cat >"$T/policy" <<END
Policy: $privctl, Emulation: native
	Default: permit
END
like "in a session" "here: .*in a session" \
    "$("$privrun" -U -f "$T/policy" "$privctl" doctor \
    -f "$daemon_folder/privd.conf" 2>&1)"
like "in a network of its own" "here: .*another namespace (net)" \
    "$(unshare -n "$privctl" doctor -f "$daemon_folder/privd.conf" 2>&1)"
like "in a user namespace" "here: .*user namespace" \
    "$(unshare -Ur "$privctl" doctor -f "$daemon_folder/privd.conf" 2>&1)"
chmod 711 "$dir/one"
as_user "$user" "$privctl" doctor -f "$daemon_folder/privd.conf" >"$T/as-user"
like "as a user: says what it cannot see" "^note: here: .*not root" \
    "$(cat "$T/as-user")"
refute "and finds no fault with a program that it cannot read" grep -q \
    "^wrong: mark: $dir/one:" "$T/as-user"
chmod 755 "$dir/one"

# The kernel. What makes it seem older or to lack something is a filter.
lacks() {
	"$helpers/hardened" "$1" -- "$privctl" doctor \
	    -f "$daemon_folder/privd.conf" 2>&1
}
like "one that is too old" "^wrong: kernel: 2[.]6.*older" \
    "$(setarch --uname-2.6 "$privctl" doctor -f "$daemon_folder/privd.conf")"
like "one without Landlock" "^wrong: kernel: .*no Landlock" \
    "$(lacks landlock_create_ruleset)"
like "one without pidfd_getfd" "^wrong: kernel: .*pidfd_getfd" \
    "$(lacks pidfd_getfd)"
like "one without notification" "^wrong: kernel: .*user notification" \
    "$(lacks seccomp)"
like "under somebody else's filter" "^wrong: here: .*under 1 system call" \
    "$(lacks seccomp)"

echo '|/usr/bin/keeper %p' >"$T/pattern"
mount --bind "$T/pattern" /proc/sys/kernel/core_pattern
like "one that hands cores on" \
    "^note: kernel: /usr/bin/keeper: it is given the memory" \
    "$("$privctl" doctor -f "$daemon_folder/privd.conf")"
umount /proc/sys/kernel/core_pattern
echo 0 >"$T/links"
mount --bind "$T/links" /proc/sys/fs/protected_hardlinks
like "one that lets users link to others' files" \
    "^note: kernel: fs.protected_hardlinks: users may give names" \
    "$("$privctl" doctor -f "$daemon_folder/privd.conf")"
umount /proc/sys/fs/protected_hardlinks

# What the daemon reads.
chmod g+w "$daemon_policies/one"
ill "a policy that others can write" \
    "folders: $daemon_policies/one: .*can be written" "chmod go-w"
chmod g-w "$daemon_policies/one"
chown "$user" "$daemon_policies"
ill "a user's folder of policies" \
    "folders: $daemon_policies: .*does not belong to root" "chown root"
chown root "$daemon_policies"
echo nonsense >"$daemon_policies/broken"
ill "a policy with an error" "policies: $daemon_policies/broken:1:9: " \
    "correct it"
rm "$daemon_policies/broken"
echo nonsense >>"$daemon_folder/privd.conf"
ill "a configuration with one" \
    "configuration: $daemon_folder/privd.conf:[0-9]*:1: " "correct it"
daemon_configure
cp /etc/passwd "$T/passwd"
echo 'intruder:x:1879048300:100::/:/bin/sh' >>"$T/passwd"
mount --bind "$T/passwd" /etc/passwd
ill "a user with an id of sessions'" "ids: intruder: " "uid-range"
umount /etc/passwd
cp /etc/passwd "$T/passwd"
echo 'intruder:x:1946157057:100::/:/bin/sh' >>"$T/passwd"
mount --bind "$T/passwd" /etc/passwd
ill "or with one of a session's without the daemon" "ids: intruder: " "uid-range"
umount /etc/passwd
echo 'intruder:1879000000:65536' >"$T/subuid"
if [ -e /etc/subuid ]; then
	mount --bind "$T/subuid" /etc/subuid
	ill "a user that may take such ids" "ids: intruder: .*subordinate" \
	    "/etc/subuid"
	umount /etc/subuid
else
	skip 3 "no /etc/subuid"
fi
well "all is well again"
daemon_stop
ill "no daemon" "daemon: $daemon_socket: privd does not run" "start"
done_testing
