#!/bin/sh
# SPDX-License-Identifier: ISC
# Attacks 2 and 4: pointers that lead nowhere, strings without end, structures
# of odd sizes and with tails, in every call that is judged: the answers are
# the kernel's own, to the letter, and the session lives.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool bad-pointers
echo text >"$USERS/file"

# Every call is brought before the judge, and permitted.
cat >"$OWN/judged" <<END
Policy: */bad-pointers, Emulation: native
	Default: permit
	native-execve: permit[inherit]
END
for call in open stat lstat access readlink statfs getxattr mkdir rmdir \
    truncate utimensat; do
	echo "	native-$call: filename eq \"/nowhere\" then deny"
done >>"$OWN/judged"
echo '	native-connect: sockaddr eq "/nowhere" then deny' >>"$OWN/judged"

as_user "$TOOLS/bad-pointers" "$USERS/file" >"$OWN/wanted" 2>&1
session "$OWN/judged" "$OWN/bad-pointers" "$USERS/file" >"$OWN/out" 2>&1
is 0 $? "the session ends well"
diff "$OWN/wanted" "$OWN/out" >"$OWN/differ" 2>&1
is 0 $? "$(wc -l <"$OWN/wanted") answers are the kernel's"
show "$OWN/differ"

# by what each of them names
while IFS=: read -r kind lines; do
	grep -E " ($lines): " "$OWN/wanted" >"$OWN/one"
	grep -E " ($lines): " "$OWN/out" | diff "$OWN/one" - >"$OWN/differ" &&
	    [ -s "$OWN/one" ]
	is 0 $? "$kind: $(wc -l <"$OWN/one") answers"
done <<'END'
at the end of memory:at the end of memory
over a border:over a border
beyond the end:beyond
without end:without end
NULL:NULL
low:low
of the kernel:kernel
not canonical:not canonical
too long a path:too long
too little room:too short
a structure of odd size:of size [0-9-]*
one with a tail:of size [0-9]*, tail
unknown values:unknown [a-z]*|mode without creation
END
has "^open at last: done" "$OWN/out" "the judge lives"
finish
