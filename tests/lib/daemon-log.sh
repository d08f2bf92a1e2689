# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
# Two users, $one and $two, and $program, a shell, whose sessions log each file
# of the folder $names that they read. After tests/lib/daemon.sh.
need_daemon
make_user
one=$user one_uid=$user_uid one_home=$user_home
make_user
two=$user two_uid=$user_uid
marked sh
names=$T/names
mkdir "$names"
cat >"$daemon_policies/sh" <<EOF
Policy: $program, Emulation: native
	Default: permit
	native-fsread: filename match "$names/*" then deny[enoent] log
	native-acct: permit as root
EOF
