#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 9: a thread calls whose leader has exited, or which has descriptors of
# its own: what is taken of the leader is not there, or is another's. Every
# call works as from the leader, judged and performed by the broker.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/lib/judged.sh
. "$(dirname "$0")/../lib/judged.sh"

privrun=$PRIVRUN
install_tool leaderless
install_marked leaderless marked
judged_policy "$OWN/judged" '*/leaderless'
chmod 0644 "$OWN/judged"
# Of this user's alone, and before the others: elevated.
sed "s|/leaderless|/marked|;s|^	Default: permit|&\\n	native-open: filename eq \"$SECRET\" \
then permit as root|" "$OWN/judged" >"$OWN/elevated"

# fresh: a folder to work in
fresh() {
	rm -rf "$USERS/work"
	mkdir "$USERS/work"
	chown "$ID:$ID" "$USERS/work"
}

for how in leader thread orphan own; do
	fresh
	as_user "$OWN/leaderless" "$how" "$USERS/work" </dev/null \
	    >"$OWN/wanted" 2>&1
	is 1 "$(grep -c '^executed' "$OWN/wanted")" \
	    "$how: $(wc -l <"$OWN/wanted") calls without a session"
	fresh
	as_user "$PRIVRUN" -U -a -E "$USERS/log" -f "$OWN/judged" \
	    "$OWN/leaderless" "$how" "$USERS/work" </dev/null >"$OWN/out" 2>&1
	diff "$OWN/wanted" "$OWN/out" >"$OWN/differ" 2>&1
	is 0 $? "$how: the same in a user's session"
	show "$OWN/differ"
	fresh
	session "$OWN/elevated" "$OWN/marked" "$how" "$USERS/work" \
	    "$SECRET" </dev/null >"$OWN/out" 2>&1
	grep -v '^elevated' "$OWN/out" | diff "$OWN/wanted" - \
	    >"$OWN/differ" 2>&1
	is 0 $? "$how: the same in root's session for a user"
	show "$OWN/differ"
	has '^elevated 0$' "$OWN/out" "$how: and a rule elevates"
done
finish
