#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 11: orphans of a process namespace become children of its first
# process, and are not taken for its forks: they keep the policy of the
# program that they are of, or have none.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

# Its loader could open nothing: of a user namespace of its own the broker sees
# what is hidden from others alone.
cc -D_GNU_SOURCE -static -o "$OWN/adopter" "$ATTACK/adopter.c" 2>/dev/null ||
    skip_all "no compiler for static programs"
ln "$OWN/adopter" "$OWN/other"
echo file >"$OWN/file"
cat >"$OWN/policy" <<END
Policy: $OWN/adopter, Emulation: native
	Default: permit
	native-unshare: args[0] eq "0x30000000" then permit
	native-execve: filename eq "$OWN/other" then permit

Policy: $OWN/other, Emulation: native
	Default: permit
	native-unshare: args[0] eq "0x30000000" then permit
	native-fsread: filename eq "$OWN/file" then deny[eacces]
END
session "$OWN/policy" "$OWN/adopter" "$OWN/other" "$OWN/file" >"$OWN/out" 2>&1
grep -q "^unshare" "$OWN/out" && skip_all "no user namespaces"
has "^first opened" "$OWN/out" "the first process may open it"
lacks "^orphan opened" "$OWN/out" "the orphan of another may not"
finish
