#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Whichever of a session's processes is killed, its program's calls are made once,
# but for one that nobody knows of. What dies again and again ends the session.
# shellcheck disable=SC2154,SC2317	# what the sourced files set
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/survival.sh
. tests/lib/survival.sh

# made ROLE N: a program that makes N files while that role is killed
make_while_killing() {
	answers=$((answers + 1))
	echo "make $T/made $2" >&9
	deaths=0
	while ! has_answered "$answers" && [ $deaths -lt 5 ]; do
		before=$(made_so_far)
		until_true 10 has_more "$before"
		# Files alone are made without a fetcher.
		[ "$1" != fetcher ] || : >"$T/made/want"
		slay "$1" || break
		deaths=$((deaths + 1))
	done
	until_true 60 has_answered "$answers"
	sed -n "${answers}p" "$T/out" | tr -cd '0-9 \n' >"$T/numbers"
	read -r made unknown wrong <"$T/numbers"
	found=$(made_so_far)
	find "$T/made" -mindepth 1 -delete
	check "$1: killed several times" test "$deaths" -ge 3
	same "$1: nothing was lost or made twice" 0 "$wrong"
	check "$1: of each killed at most one call is not known" test \
	    "$unknown" -le $deaths
	check "$1: what was made is there" test "$found" -ge "$made" -a \
	    "$found" -le $((made + unknown))
	same "$1: all were answered" "$2" $((made + unknown + wrong))
}

made_so_far() {
	find "$T/made" -type f -name '[0-9]*' | wc -l
}

has_more() {
	[ "$(made_so_far)" -gt "$1" ] || has_answered "$answers"
}

begin "	native-open: filename match \"$T/made/*\" then permit"
make_while_killing judge 30000
end 0 "the program ends by itself"
check "deaths are written down" grep -q \
    'a process of the session has died; others go on' "$T/log"

begin "	native-open: filename match \"$T/made/*\" then permit as root
	native-bind: sockaddr eq \"/nowhere\" then deny"
make_while_killing judge 15000
make_while_killing hand 5000
make_while_killing fetcher 10000
end 0 "and so does one that is elevated"

elevates="	native-open: filename eq \"$T/two\" then permit as root"
# --- again and again

begin "$elevates"
deaths=0
while ! has_ended "$program_pid" && [ $deaths -lt 100 ]; do
	kill -KILL "$(part judge)" 2>/dev/null && deaths=$((deaths + 1))
done
end 125 "a judge that dies again and again: privrun says so"
like "with the reason" 'die again and again' "$(cat "$T/err")"
like "which is written down" 'again and again: the program is ended' \
    "$(cat "$T/log")"
check "not before 32 deaths" test "$deaths" -ge 32
check "nobody is left" until_true 10 is_gone "$keeper"
done_testing
