#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 25: the program is stopped and goes on, or its control group is
# frozen and thawed, at every place of calls that have an effect: each has its
# effect once. A broker whose filter lets a stop abort the wait does it twice.
# ATTACK_ROUNDS=20000 is the long form.
# shellcheck source=tests/attack/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/lib/judged.sh
. "$(dirname "$0")/../lib/judged.sh"

rounds=${ATTACK_ROUNDS:-500}
install_tool effects
# shellcheck disable=SC2034 # for judged.sh
privrun=$PRIVRUN
judged_policy "$OWN/policy" '*/effects'
cat >"$OWN/elevated" <<END
Policy: */effects, Emulation: native
	Default: permit
	native-open: filename match "$OWN/closed/*" then permit as root
END

# fresh FOLDER: the user's
fresh() {
	rm -rf "$1"
	mkdir "$1"
	chown "$ID:$ID" "$1"
}

group=
mode=
make_group() {
	for folder in /sys/fs/cgroup/freezer /sys/fs/cgroup/unified \
	    /sys/fs/cgroup; do
		mkdir "$folder/attack-$$" 2>/dev/null || continue
		group=$folder/attack-$$
		if [ -f "$group/freezer.state" ]; then
			mode="$group/freezer.state FROZEN THAWED"
			return
		elif [ -f "$group/cgroup.freeze" ]; then
			mode="$group/cgroup.freeze 1 0"
			return
		fi
		rmdir "$group"
		group=
	done
	return 1
}

end_group() {
	clean_up
	[ -n "$group" ] || return
	wait_for 10 rmdir "$group" 2>/dev/null
}
trap end_group EXIT

is_ready() {
	grep -q '^ready' "$OWN/out"
}

# torment WHAT HOW COMMAND...: until it ends
torment() {
	how=$1
	shift
	: >"$OWN/out"
	: >"$OWN/times"
	rm -f "$OWN/go"
	mkfifo "$OWN/go"
	(RUN="exec"; "$@") <>"$OWN/go" >"$OWN/out" 2>&1 &
	front=$!
	started $front
	wait_for 10 is_ready
	program=$(sed -n 's/^ready //p' "$OWN/out")
	if [ "$how" = freeze ]; then
		echo "$program" >"$group/cgroup.procs"
		# shellcheck disable=SC2086 # three words
		"$TOOLS/torment" "$program" $mode >"$OWN/times" &
	else
		"$TOOLS/torment" "$program" >"$OWN/times" &
	fi
	tormentor=$!
	started $tormentor
	# The program begins when somebody is there who torments it.
	wait_for 10 grep -q '^begins' "$OWN/times"
	echo go >"$OWN/go"
	wait $tormentor
	kill -CONT $front 2>/dev/null
	wait $front
	times=$(sed -n 's/^times //p' "$OWN/times")
}

# verdict WHAT
verdict() {
	is "wrong 0" "$(grep '^\(wrong\|first\)' "$OWN/out")" \
	    "$1: each effect once ($rounds rounds)"
	[ "${times:-0}" -gt 0 ]
	is 0 $? "$1: $times times"
}

hows=stop
if make_group; then
	hows="stop freeze"
else
	skip "no freezer for control groups of ours" \
	    "freeze, as the caller: each effect once" \
	    "freeze, elevated: each effect once"
fi
for how in $hows; do
	fresh "$USERS/made"
	torment "$how" session "$OWN/policy" "$OWN/effects" "$USERS/made" \
	    "$rounds"
	verdict "$how, as the caller"
	rm -rf "$OWN/closed"
	mkdir "$OWN/closed"
	torment "$how" session "$OWN/elevated" "$OWN/effects" "$OWN/closed" \
	    "$rounds" create
	verdict "$how, elevated"
	is "$rounds" "$(find "$OWN/closed" -type f | wc -l)" \
	    "$how, elevated: all are there"
done

fresh "$USERS/made"
torment stop as_user "$TOOLS/standin" @@ "$OWN/effects" "$USERS/made" \
    "$rounds" create
has '^first create: EEXIST' "$OWN/out" \
    "a broker that does not wait until it is killed does it twice"
finish
