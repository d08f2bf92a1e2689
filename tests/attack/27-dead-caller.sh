#!/bin/sh
# SPDX-License-Identifier: ISC
# Attacks 8 and 27: the caller dies when the judge has read and pinned what it
# asks for and has not done it yet. Nothing is done for the dead; the others of the
# session go on.
# shellcheck source=tests/attack/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

[ "$(uname -m)" = x86_64 ] || skip_all "x86_64 alone"
install_tool create-on-signal
mkdir "$OWN/made"
chmod 0700 "$OWN/made"
cat >"$OWN/policy" <<END
Policy: */create-on-signal, Emulation: native
	Default: permit
	native-open: filename match "$OWN/made/*" then permit as root
	native-open: filename eq "/nowhere" then deny
	native-unlink: filename eq "/nowhere" then deny
END

is_ready() {
	caller=$(sed -n 's/^ready //p' "$OWN/out")
	[ -n "$caller" ] && find_parts
}

# start FILE [remove | truncate]
start() {
	: >"$OWN/out"
	(RUN="exec"; session "$OWN/policy" "$OWN/create-on-signal" "$@") \
	    >"$OWN/out" 2>&1 &
	front=$!
	started $front
	wait_for 10 is_ready
}

# file_of WHOM NAME: where the user may, and where the hand does
file_of() {
	file=$OWN/made/$2
	[ "$1" = elevated ] || file=$USERS/$2
}
for whom in user elevated; do
	file_of $whom new
	start "$file"
	is 0 $? "a program waits"
	"$TOOLS/hold" "$judge" "$caller" >"$OWN/held" 2>&1
	has "^killed after pinning" "$OWN/held" \
	    "it is killed when its path has been pinned"
	wait $front
	is 9 $? "its parent tells of it"
	[ -e "$file" ]
	is 1 $? "nothing was made for the dead: $whom"
done

echo there >"$USERS/there"
chown "$ID" "$USERS/there"
start "$USERS/there" remove
"$TOOLS/hold" "$judge" "$caller" >"$OWN/held" 2>&1
has "^killed after pinning" "$OWN/held" "one that removes is killed"
wait $front
[ -e "$USERS/there" ]
is 0 $? "nothing was removed for the dead"

echo whole >"$USERS/whole"
chown "$ID:$ID" "$USERS/whole"
echo whole >"$OWN/made/whole"
# (What the user may open the judge does not ask for by a name without dots: it is
# the path. Elevated ones have none.)
for whom in user elevated; do
	file_of $whom whole
	[ $whom = elevated ] || file=$USERS/./whole
	start "$file" truncate
	"$TOOLS/hold" "$judge" "$caller" >"$OWN/held" 2>&1
	has "^killed after pinning" "$OWN/held" "one that cuts off is killed"
	wait $front
	is whole "$(cat "$file")" "nothing was cut off for the dead: $whom"
done

start "$USERS/new"
kill -USR1 "$caller"
wait $front
[ -e "$USERS/new" ]
is 0 $? "the living get what they ask for"
finish
