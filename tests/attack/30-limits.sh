#!/bin/sh
# SPDX-License-Identifier: ISC
# Attacks 9, 10 and 30: 64 threads at once under `once`, `times`, `rate` and
# `exclusive` get never one more, elevated or not; a thread whose leader has
# exited is served like the leader; and what is opened for one thread while
# another executes lands in no new image.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_marked threads
echo other >"$OWN/other"
chmod 0600 "$OWN/other"
echo P >"$USERS/file"

# limited NAME MODIFIER WANTED: elevated, and as the caller.
limited() {
	cat >"$OWN/policy" <<END
Policy: */threads, Emulation: native
	Default: permit
	native-open: filename eq "$SECRET" then permit as root $2
	native-open: filename eq "$USERS/file" then permit $2
	native-open: filename eq "$USERS/file" then deny[eperm]
END
	session "$OWN/policy" "$OWN/threads" all "$SECRET" >"$OWN/out" 2>&1
	is "$3" "$(sed -n 's/^first //p' "$OWN/out")" \
	    "$1: $3 of 64 threads, elevated"
	session "$OWN/policy" "$OWN/threads" all "$USERS/file" \
	    >"$OWN/out" 2>&1
	is "$3" "$(sed -n 's/^first //p' "$OWN/out")" \
	    "$1: $3 of 64 threads, as the caller"
}
limited "no limit" "" 64
limited once once 1
limited times "times 7" 7
limited rate "rate 5/h" 5

cat >"$OWN/policy" <<END
Policy: */threads, Emulation: native
	Default: permit
	native-execve: permit[inherit]
	native-open: filename eq "$SECRET" then permit as root exclusive "a"
	native-open: filename eq "$OWN/other" then permit as root exclusive "a"
END
session "$OWN/policy" "$OWN/threads" all "$SECRET" "$OWN/other" \
    >"$OWN/out" 2>&1
has "^(first 32 second 0|first 0 second 32)" \
    - "exclusive: one or the other, not both" <<END
$(tr '\n' ' ' <"$OWN/out")
END

# A fork is bound by what its parent chose.
install_tool try-open
sed 's|/threads|/try-open|' "$OWN/policy" >"$OWN/forks"
session "$OWN/forks" "$OWN/try-open" "$SECRET" "k:$OWN/other" "$OWN/other" \
    "k:$SECRET" >"$OWN/out" 2>&1
is "secret cloexec EACCES EACCES secret cloexec" "$(head -4 "$OWN/out" |
    tr '\n' ' ' | sed 's/ $//')" "exclusive: for forks as well"

# And a fork whose parents are gone, which is as elevated as they were.
session "$OWN/forks" "$OWN/try-open" "d:$SECRET" "$SECRET" "d:$OWN/other" \
    "d:$SECRET" >"$OWN/out" 2>&1
is "secret cloexec secret cloexec EACCES secret cloexec" \
    "$(head -4 "$OWN/out" | tr '\n' ' ' | sed 's/ $//')" \
    "exclusive: for orphans as well"

session "$OWN/policy" "$OWN/threads" leader "$SECRET" >"$OWN/out" 2>&1
is "leaderless opened" "$(cat "$OWN/out")" "the leader has exited"

rounds=${ATTACK_ROUNDS:-100}
session "$OWN/policy" "$OWN/threads" exec "$SECRET" "$rounds" \
    >"$OWN/out" 2>&1
is "$rounds" "$(grep -c '^open 0$' "$OWN/out")" \
    "$rounds programs executed beside an opening thread: none has more"
lacks "^open [1-9]" "$OWN/out" "(what they have)"
as_user "$TOOLS/threads" exec /dev/null 5 >"$OWN/out" 2>&1
is 0 "$(grep -c '^open 0$' "$OWN/out")" \
    "outside of a session what they opened is there"
finish
