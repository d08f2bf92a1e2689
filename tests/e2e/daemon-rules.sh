#!/bin/sh
# SPDX-License-Identifier: ISC
#
# What a session needs to know of its rules beside the filter, its processes
# know in the daemon's sessions as in others: that addresses are judged, names
# of users, and of processes.
# shellcheck disable=SC2317,SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

own_netns "$0" "$@"
need_daemon
make_user
one=$user
make_user
two=$user
chmod 755 "$T"
daemon_start

# policy TEXT: for $program
policy() {
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n%s\n' \
	    "$program" "$1" >"$daemon_policies/${program##*/}"
	check "policies for ${program##*/}" daemon_reload
}

# A user's process whose rule elevates: the hand sends. The judge's answer for
# what is not elevated is the same.
marked "$BUILD/tests/attack/route"
for as in "" " as root"; do
	policy "	native-sendmsg: sockaddr match \"inet-*:9\" then permit$as"
	by_daemon "$one" "$program" >"$T/out" 2>&1
	if ! grep -q '^plain done' "$T/out"; then
		[ -n "$as" ] || continue # then it runs without the daemon
		skip 1 "no IPv6"
		continue
	fi
	for way in message "old message"; do
		like "a route is refused:$as $way" "^$way EPERM" \
		    "$(cat "$T/out")"
	done
done

# The hand, who looks at the rule again, knows whose name it is.
marked chown
touch "$daemon_folder/given"
policy "	native-chown: filename eq \"$daemon_folder/given\" and uname eq \"$two\" then permit as root"
by_daemon "$one" "$program" "$two" "$daemon_folder/given" >"$T/out" 2>&1
same "a rule with a user's name elevates" "$two" \
    "$(stat -c %U "$daemon_folder/given")"
by_daemon "$one" "$program" "$one" "$daemon_folder/given" >"$T/out" 2>&1
same "for nobody else" "$two" "$(stat -c %U "$daemon_folder/given")"

# And of one who was added since the daemon looked last.
policy "	native-chown: filename eq \"$daemon_folder/given\" and uname match \"e2e*\" then permit as root"
make_user
by_daemon "$one" "$program" "$user" "$daemon_folder/given" >"$T/out" 2>&1
same "a name that is new is known" "$user" \
    "$(stat -c %U "$daemon_folder/given")"
done_testing
