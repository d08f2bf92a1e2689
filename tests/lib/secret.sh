# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
# A $user, a $secret of root's, and $program, a cat that is elevated to read it.
# After tests/lib/daemon.sh:
#	attacker NAME	a program of tests/attack where users find it: $attacker
need_daemon
make_user
elevated cat

attacker() {
	attacker=$daemon_folder/$1
	cp "$BUILD/tests/attack/$1" "$attacker"
}
