# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
# A $user, a $secret of root's, and $program, a cat that is elevated to read it.
# After tests/lib/daemon.sh:
#	attacker NAME	a program of tests/attack where users find it: $attacker
need_daemon
make_user
secret=$daemon_folder/secret
marked cat
echo secret >"$secret"
chmod 600 "$secret"
cat >"$daemon_policies/cat" <<EOF
Policy: $program, Emulation: native
	Default: permit
	native-open: filename eq "$secret" then permit as root
EOF

attacker() {
	attacker=$daemon_folder/$1
	cp "$BUILD/tests/attack/$1" "$attacker"
}
