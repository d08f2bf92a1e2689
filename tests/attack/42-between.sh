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
# shellcheck source=tests/lib/secret.sh
. tests/lib/secret.sh

attacker between
mkdir "$daemon_folder/false"
chown "$user" "$daemon_folder/false"
daemon_start
same "privrun that asks the daemon is heard" secret \
    "$(by_daemon "$user" "$program" "$secret")"
as_user "$user" timeout 60 "$attacker" "$daemon_socket" \
    "$daemon_folder/false/socket" "$daemon_run" "$program" \
    "$secret" >"$T/out" 2>&1
same "one who asks a user's socket does not run" 125 $?
refute "nothing is elevated under another filter" grep -q '^secret' "$T/out"
like "and why" "who listens there is not root" "$(cat "$T/out")"
done_testing
