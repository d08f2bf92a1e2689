#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 43: the judge or the hand is killed in every stage of a call: at each
# entry and end of each system call that it makes for one, and inside of the one
# that gives the program a descriptor. The program's call returns a descriptor
# of its own, or that nobody knows (EIO); never another number.
# shellcheck disable=SC2119,SC2154,SC2317	# what the sourced files set
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/survival.sh
. tests/lib/survival.sh

# shellcheck source=tests/lib/stages.sh
. tests/lib/stages.sh

# stages WHAT BEGIN POLICY-LINES [PLACE ...]: in all of them, these among them,
# no number is wrong
stages() {
	title=$1 begin=$2 policy=$3
	shift 3
	every_stage dies "$begin" "$policy"
	! missed "$@" || once_more dies "$begin" "$policy"
	! missed "$@" || once_more dies "$begin" "$policy"
	same "$title: after $((n - 1)) stages the call was over" "over own" \
	    "$place $(tail -n 1 "$T/answers")"
	for one in "$@"; do
		check "$title: killed at the $one" grep -qx "$one" "$T/places"
	done
	same "$title: no number but its own descriptor" "" \
	    "$(grep -n -v -x -e own -e EIO "$T/answers")"
	echo "# $title: $(grep -c own "$T/answers") own," \
	    "$(grep -c EIO "$T/answers") that nobody knows"
}

file=$T/one
role=judge
stages "the judge, as the caller" begin \
    "	native-open: filename eq \"/nowhere\" then deny" \
    "end receive" "entry addfd" "end addfd" "entry send" "end send"
file=$T/two
elevates="	native-open: filename eq \"$T/two\" then permit as root"
stages "the judge, elevated" begin "$elevates" \
    "end receive" "entry sendmsg" "end recvmsg" "entry addfd" "end addfd" \
    "entry send" "end send"
role=hand
daemon_start
stages "the hand, the daemon's" begin_by_daemon "$elevates" \
    "end recvmsg" "entry open" "end open" "entry sendmsg" "end sendmsg"

# Inside of the call that installs the descriptor: an answer that goes with it
# in one step is there then, without it.
if [ "$(nproc)" -lt 2 ]; then
	skip 2 "one CPU"
else
	role=judge
	begin_by_daemon "$elevates"
	killed=0
	: >"$T/answers"
	for n in 1 2 3 4 5 6; do
		in_stage inside "$program_pid"
		[ "$place" = "inside addfd" ] && killed=$((killed + 1))
		echo "$answer" >>"$T/answers"
	done
	check "killed inside of addfd, of 6 times" test $killed -ge 1
	same "inside: no number but its own descriptor" "" \
	    "$(grep -n -v -x -e own -e EIO "$T/answers")"
	end 0 "the program ends by itself"
fi
daemon_stop
done_testing
