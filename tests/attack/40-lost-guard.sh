#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 40: a program loses its guard, so that its user's other processes reach
# it: it drops its capabilities, makes a user namespace or enters one, executes
# something, or its file carries capabilities of its own. Either it is guarded
# still, or nothing is elevated afterwards.
# shellcheck disable=SC2119,SC2317	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

need_daemon
make_user
chmod 755 "$T"
marked "$BUILD/tests/attack/guardless"
guardless=$program
plain=$daemon_folder/plain
carrier=$daemon_folder/carrier
both=$daemon_folder/both
for name in "$plain" "$carrier" "$both"; do
	cp "$BUILD/tests/attack/guardless" "$name"
done
setcap cap_wake_alarm=p "$carrier"
setcap "cap_block_suspend=i cap_wake_alarm=p" "$both"
secret=$daemon_folder/secret
echo secret >"$secret"
chmod 600 "$secret"
for name in "$guardless" "$plain" "$carrier" "$both"; do
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n' "$name"
	printf '\tnative-execve: permit[inherit]\n'
	printf '\tnative-open: filename eq "%s" then permit as root\n' \
	    "$secret"
done >"$daemon_policies/all"
cp "$daemon_policies/all" "$T/policy"
setpriv --reuid "$user" --regid "$user_gid" --init-groups --inh-caps=-all -- \
    unshare -U sleep 1000 &
elsewhere=$!
remember $elsewhere
is_elsewhere() {
	[ "$(readlink "/proc/$elsewhere/ns/user")" != \
	    "$(readlink /proc/self/ns/user)" ] &&
	    [ "$(cat "/proc/$elsewhere/comm")" = sleep ]
}
until_true 10 is_elsewhere || skip_all "users make no namespaces here"
daemon_start

# by whom NAME is started: with all the ways that it knows
embedded() {
	: >"$T/log"
	timeout 60 "$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user" \
	    "$@" "$secret" "$elsewhere" "$carrier" >"$T/out" 2>"$T/err"
}
daemons() {
	by_daemon "$user" "$@" "$secret" "$elsewhere" "$carrier" \
	    >"$T/out" 2>"$T/err"
}

cat >"$T/wanted" <<END
nothing: done, guard 1, opened
drop-all: done, guard 1, opened
drop-guard: done, guard 1, opened
thread-drops: done, guard 1, opened
clear-ambient: done, guard 1, opened
lower-ambient: done, guard 1, opened
shrink-bounds: EPERM, guard 1, opened
secure-bits: EPERM, guard 1, opened
same-ids: done, guard 1, opened
unshare-users: EPERM, guard 1, opened
unshare-users-high: EPERM, guard 1, opened
clone-users: EPERM, guard 1, opened
clone3-users: ENOSYS, guard 1, opened
fork: done, guard 1, opened
enter-users: EACCES, guard 1, opened
enter-process: EPERM, guard 1, opened
executed-self: done, guard 1, EACCES
executed-proc: done, guard 1, EACCES
executed-carrier: done, guard 0, EACCES
END

# tried HOW: each way has come out as it should
tried() {
	same "$1: elevated, and no longer guarded: never" "" \
	    "$(grep 'guard [^1].*opened' "$T/out")"
	same_files "$1: what each of $(lines "$T/wanted" .) ways gives" \
	    "$T/wanted" "$T/out"
}

embedded "$guardless"
tried "root's embedded session"
daemons "$guardless"
tried "the daemon's session"
daemons "$both"
tried "marked, with another capability on its file"
# Without a mark the guard is ambient: what is executed would have it as well.
sed -i 's/^executed-\(.*\): done, guard ., EACCES/execute-\1: EPERM, guard 1, opened/' \
    "$T/wanted"
embedded "$plain"
tried "unmarked, root's embedded session"

# Files that carry capabilities of their own, and no mark.
daemons "$carrier"
refute "a carrier by the daemon: nothing is elevated" grep -q opened "$T/out"
like "and why" 'runs without elevation: ' "$(cat "$T/err")"
embedded "$carrier"
refute "root's embedded session of one: nothing is elevated" \
    grep -q opened "$T/out"
like "and why" 'capabilities' "$(cat "$T/err")"

# The ways are ways: without a session they take capabilities away.
setpriv --reuid "$user" --regid "$user_gid" --init-groups \
    --inh-caps=-all,+block_suspend --ambient-caps=-all,+block_suspend -- \
    "$plain" "$secret" "$elsewhere" "$carrier" >"$T/out" 2>"$T/err"
check "outside of a session the guard is lost in several ways" test \
    "$(lines "$T/out" 'guard 0')" -ge 3
done_testing
