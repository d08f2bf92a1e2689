#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 41: a shell inside of a session stacks filters that fake getuid(), sets
# LD_PRELOAD, and executes a program that policies elevate. That one is not
# elevated: neither under the filters, nor with the library in it, nor as it is.
# Started by privrun it is, for it is what root's policies say it is.
# shellcheck disable=SC2119,SC2317	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

need_daemon
need_programs cc
make_user
chmod 755 "$T"
dir=$daemon_folder
cc -shared -fPIC -D_GNU_SOURCE -DPRELOADED -o "$user_home/evil.so" \
    tests/attack/take.c
chown "$user" "$user_home/evil.so"
cp "$BUILD/tests/attack/take" "$dir/named"
cp "$BUILD/tests/attack/take" "$dir/unmarked"
cp "$BUILD/tests/attack/filters" "$dir/filters"
cp "$BUILD/tests/attack/filters" "$dir/guarded"
cp -L "$(command -v sh)" "$dir/shell"
cp "$dir/shell" "$dir/heirs"
chmod 755 "$dir"/named "$dir"/unmarked "$dir"/filters "$dir"/guarded \
    "$dir"/shell "$dir"/heirs
for name in named guarded shell heirs; do
	setcap cap_block_suspend=i "$dir/$name"
done
secret=$dir/secret
echo secret >"$secret"
chmod 600 "$secret"
# What heirs executes stays under its policy.
for name in named unmarked shell heirs; do
	permit=permit
	[ $name = heirs ] && permit='permit[inherit]'
	printf 'Policy: %s/%s, Emulation: native\n\tDefault: permit\n' \
	    "$dir" "$name"
	printf '\tnative-execve: %s\n' "$permit"
	printf '\tnative-open: filename eq "%s" then permit as root\n' \
	    "$secret"
	printf '\tnative-socket: sockdom eq "AF_PACKET" then permit %s\n' \
	    "with net_raw"
done >"$daemon_policies/all"
for name in filters guarded; do
	printf 'Policy: %s/%s, Emulation: native\n\tDefault: permit\n' \
	    "$dir" "$name"
done >>"$daemon_policies/all"
cp "$daemon_policies/all" "$T/policy"
daemon_start

# The user's words to the shell.
cat >"$T/script" <<END
read -r line <$secret && echo "shell: \$line"
echo as it is
$dir/named $secret
$dir/unmarked $secret
export LD_PRELOAD=$user_home/evil.so TAKES=$secret
echo preloaded
$dir/named $secret
$dir/unmarked $secret
unset LD_PRELOAD
echo filters
$dir/filters fake $dir/named $secret
$dir/filters fake $dir/unmarked $secret
$dir/guarded fake $dir/named $secret
export LD_PRELOAD=$user_home/evil.so
echo both
$dir/filters fake $dir/named $secret
$dir/filters fake $dir/unmarked $secret
$dir/guarded fake $dir/named $secret
unset LD_PRELOAD
echo the shell itself
exec $dir/named $secret
END
cat >"$T/wanted" <<END
shell: secret
as it is
named: uid 1, file EACCES, socket EPERM
named: uid 1, file EACCES, socket EPERM
preloaded
named: uid 1, file EACCES, socket EPERM
preloaded: uid 1, file EACCES, socket EPERM
named: uid 1, file EACCES, socket EPERM
filters
named: uid 0, file EACCES, socket EPERM
named: uid 0, file EACCES, socket EPERM
named: uid 0, file EACCES, socket EPERM
both
preloaded: uid 1, file EACCES, socket EPERM
preloaded: uid 0, file EACCES, socket EPERM
named: uid 0, file EACCES, socket EPERM
preloaded: uid 1, file EACCES, socket EPERM
preloaded: uid 0, file EACCES, socket EPERM
named: uid 0, file EACCES, socket EPERM
named: uid 0, file EACCES, socket EPERM
the shell itself
named: uid 1, file EACCES, socket EPERM
END

# from_shell WHO: what it has come to
from_shell() {
	grep -v '^uid 0$' "$T/out" | grep -e '^[a-z ]*$' -e : >"$T/got"
	refute "$1: no file and no socket" grep -q 'had' "$T/got"
	same_files "$1: the shell has what nothing that it executes has" \
	    "$T/wanted" "$T/got"
}

by_daemon "$user" "$dir/named" "$secret" >"$T/out" 2>&1
same "by privrun the program is elevated" \
    "named: uid 1, file had, socket had" "$(cat "$T/out")"
for shell in shell heirs; do
	by_daemon "$user" "$dir/$shell" "$T/script" >"$T/out" 2>&1
	from_shell "$shell, the daemon's session"
	"$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user" \
	    "$dir/$shell" "$T/script" >"$T/out" 2>&1
	from_shell "$shell, root's embedded session"
done
done_testing
