#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 19: privrun that is not the one that is installed, or cannot have
# gained the guard by being executed: a copy of it, on a mount without
# set-user-id, under a tracer, in a user namespace, with no_new_privs. Nothing
# is elevated, and standard error says why. In namespaces of the test's own,
# where mounts are.
# shellcheck disable=SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

own_spaces "$0" "$@"
need_daemon
make_user
chmod 755 "$T"
elevated cat
traced=$daemon_folder/traced
cp "$BUILD/tests/attack/traced" "$traced"
daemon_start

# attempt COMMAND ...: which is privrun, in some way, as the user
attempt() {
	as_user "$user" timeout 20 "$@" -s "$daemon_socket" "$program" \
	    "$secret" >"$T/out" 2>"$T/err"
}

# fails DESCRIPTION REASON
fails() {
	refute "$1: nothing is elevated" grep -q '^secret' "$T/out"
	like "$1: says why" "runs without elevation: .*$2" "$(cat "$T/err")"
}

attempt "$daemon_run"
same "as it is installed it elevates" secret "$(cat "$T/out" "$T/err")"

# A copy.
mkdir "$daemon_folder/copy"
copy=$daemon_folder/copy/privrun
cp "$daemon_run" "$copy"
chmod 755 "$copy"
attempt "$copy"
fails "a copy" "it is not the privrun that is installed"
setcap cap_block_suspend=p "$copy"
attempt "$copy"
fails "a copy that root gave the guard" \
    "it is not the privrun that is installed"

# A mount without set-user-id: of a copy, and of the same file.
mkdir "$daemon_folder/nosuid"
mount -t tmpfs -o nosuid,mode=755 tmpfs "$daemon_folder/nosuid"
cp "$daemon_run" "$daemon_folder/nosuid/privrun"
setcap cap_block_suspend=p "$daemon_folder/nosuid/privrun"
attempt "$daemon_folder/nosuid/privrun"
fails "a copy on a nosuid mount" "it is not the privrun that is installed"
umount "$daemon_folder/nosuid"
: >"$daemon_folder/same"
mount --bind "$daemon_run" "$daemon_folder/same"
mount -o remount,bind,nosuid "$daemon_folder/same"
attempt "$daemon_folder/same"
fails "the same file on a nosuid mount" "does not hold the guard"
mount -o remount,bind,suid "$daemon_folder/same"
attempt "$daemon_folder/same"
same "which is all that is wrong with it" secret "$(cat "$T/out" "$T/err")"
umount "$daemon_folder/same"

# A tracer: the user's, which takes the guard away, and root's, which does not.
attempt "$traced" "$daemon_run"
fails "traced" "does not hold the guard"
timeout 20 "$traced" "$(command -v setpriv)" --reuid "$user" \
    --regid "$(id -g "$user")" --init-groups --inh-caps=-all -- \
    "$daemon_run" -s "$daemon_socket" "$program" "$secret" \
    >"$T/out" 2>"$T/err"
fails "traced by root" "it is traced"
if command -v strace >/dev/null; then
	attempt strace -f -o /dev/null "$daemon_run"
	fails "strace" "does not hold the guard"
fi

# Namespaces, in which the user may be whoever he likes, and all others nobody:
# his root is told to be root of an embedded session, which finds nothing.
attempt unshare -Ur "$daemon_run"
refute "as a user namespace's root: nothing is elevated" \
    grep -q '^secret' "$T/out"
like "which says why" "in a user namespace, where privd elevates nothing" \
    "$(cat "$T/err")"
attempt unshare -Uc "$daemon_run"
refute "there as himself: nothing is elevated" grep -q '^secret' "$T/out"
like "which says why" "not root, as it looks from this user namespace" \
    "$(cat "$T/err")"
# In one that root made he holds the guard, and sees other things than privd.
for space in net mount pid; do
	timeout 20 unshare --fork "--$space" "$(command -v setpriv)" --reuid "$user" \
	    --regid "$(id -g "$user")" --init-groups --inh-caps=-all -- \
	    "$daemon_run" -s "$daemon_socket" "$program" "$secret" \
	    >"$T/out" 2>"$T/err"
	fails "in another $space namespace" "in another namespace"
done

attempt setpriv --no-new-privs "$daemon_run"
fails "no_new_privs" "does not hold the guard"

# And where there is no daemon, nobody has anything to give.
daemon_stop
cp "$daemon_policies/cat" "$T/policy"
as_user "$user" timeout 20 "$copy" -U -f "$T/policy" "$program" "$secret" \
    >"$T/out" 2>"$T/err"
refute "without a daemon: nothing is elevated" grep -q '^secret' "$T/out"
like "and says so" 'Privilege elevation not allowed' "$(cat "$T/err")"
done_testing
