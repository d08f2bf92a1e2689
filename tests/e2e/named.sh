#!/bin/sh
# SPDX-License-Identifier: ISC
# What is refused unless it is named may be had by the program whose own policy
# names it, whatever others say that it could execute; and by no other.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv unshare
make_user
cp "$(command -v unshare)" "$T/unshare"
cp "$(command -v unshare)" "$T/other"
as_user "$user" "$T/unshare" -U true 2>"$T/err" ||
    skip_all "users may not make namespaces here: $(cat "$T/err")"

# run PROGRAM ARGUMENT ...: its status, in the user's own session
run() {
	as_user "$user" timeout 30 "$privrun" -U -a -E "$T/home1/log" \
	    -f "$T/policy" "$@" >"$T/out" 2>&1 </dev/null
	echo $?
}

cat >"$T/policy" <<EOF
Policy: $T/unshare, Emulation: native
	Default: permit
	native-unshare: args[0] eq "0x10000000" then permit
	native-unshare: permit
Policy: $T/other, Emulation: native
	Default: permit
	native-unshare: permit
EOF
same "named by its own policy" 0 "$(run "$T/unshare" -U true)"
same "what another's names" 1 "$(run "$T/other" -U true)"
like "is refused" 'Operation not permitted' "$(cat "$T/out")"
same "a form that is not named" 1 "$(run "$T/unshare" -Um true)"
same "another's, executed by it" 1 "$(run "$T/unshare" -U "$T/other" -U true)"
same "its own, executed by another" 0 \
    "$(run "$T/other" --fork "$T/unshare" -U true)"
sed -i -e 's/^.*0x10000000.*$//' "$T/policy"
same "named by none" 1 "$(run "$T/unshare" -U true)"
done_testing
