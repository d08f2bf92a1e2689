# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154,SC2317
# Something happens to a process of a session in each stage of a call in turn
# (tests/attack/at-stage.c). After tests/lib/survival.sh:
#	$role	judge, hand, ...
#	$file	what the program opens
[ "$(uname -m)" = x86_64 ] || skip_all "x86_64 alone"
marked "$BUILD/tests/attack/numbers"
at_stage=$BUILD/tests/attack/at-stage
STAGES_MAX=400
DEATHS=24	# of one session: more of them end it

# ask: the program opens $file; $answer is what it got.
ask() {
	tell "$file $(stat -c %i "$file")"
}

# in_stage HOW ...: as the role works on such a call; $place is where it was, or
# "over". It knows the program by another call (again).
in_stage() {
	ask
	again=$answer
	until_true 10 part "$role" >"$T/victim" || return 1
	: >"$T/place"	# before somebody looks
	"$at_stage" "$(head -n 1 "$T/victim")" "$@" >>"$T/place" \
	    2>"$T/place.err" &
	tracer=$!
	remember $tracer
	wait_for "$T/place" ready || show "$T/place.err"
	ask
	until_true 5 has_ended $tracer || kill -TERM $tracer
	wait $tracer
	forget $tracer
	place=$(sed -n 2p "$T/place")
}

# every_stage HOW BEGIN POLICY-LINES: the places into $T/places, what the program
# got each time into $T/answers, and what it got before into $T/before
every_stage() {
	: >"$T/places"
	: >"$T/answers"
	: >"$T/before"
	once_more "$@"
}

# missed PLACE ...: is one of them not among the places?
missed() {
	for one in "$@"; do
		grep -qx "$one" "$T/places" || return 0
	done
	return 1
}

# once_more HOW BEGIN POLICY-LINES: the same again, added to what there is; a
# call that went another way had its stages at other numbers.
once_more() {
	how=$1
	shift
	"$@"
	n=1
	while [ $n -le $STAGES_MAX ]; do
		in_stage $n "$how" || break
		echo "$answer" >>"$T/answers"
		echo "$again" >>"$T/before"
		[ "$place" != over ] || break
		echo "$place" >>"$T/places"
		if [ $((n % DEATHS)) -eq 0 ]; then
			end 0 "after $n of them the program ends by itself"
			"$@"
		fi
		n=$((n + 1))
	done
	end 0 "the program ends by itself"
}
