#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 42: a user's process connects, becomes privrun and is answered by
# another of his processes, which holds that connection and hands on what both
# say, with a filter of its own: the program would be elevated under it, and
# believe what it says. privrun hears nobody but root.
# shellcheck disable=SC2317	# functions that others call
# shellcheck disable=SC2119
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

need_daemon
make_user
cp "$BUILD/tests/attack/between" "$daemon_folder/between"
mkdir "$daemon_folder/false"
chown "$user" "$daemon_folder/false"
marked cat
echo secret >"$daemon_folder/secret"
chmod 600 "$daemon_folder/secret"
cat >"$daemon_policies/cat" <<EOF
Policy: $program, Emulation: native
	Default: permit
	native-open: filename eq "$daemon_folder/secret" then permit as root
EOF
daemon_start
same "privrun that asks the daemon is heard" secret \
    "$(by_daemon "$user" "$program" "$daemon_folder/secret")"
as_user "$user" timeout 60 "$daemon_folder/between" "$daemon_socket" \
    "$daemon_folder/false/socket" "$daemon_run" "$program" \
    "$daemon_folder/secret" >"$T/out" 2>&1
same "one who asks a user's socket does not run" 125 $?
refute "nothing is elevated under another filter" grep -q '^secret' "$T/out"
like "and why" "who listens there is not root" "$(cat "$T/out")"
done_testing
