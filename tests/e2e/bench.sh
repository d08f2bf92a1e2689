#!/bin/sh
# SPDX-License-Identifier: ISC
# The bench: what becomes of samples, what bench-check says of it, that each command
# of the table is there, a short run of some figures, and that nothing is left.
# How fast anything is is not looked at.
# shellcheck disable=SC2317	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# It starts a daemon of its own.
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

bench=$PWD/tests/bench
tab=$(printf '\t')

# samples FIGURE REFERENCE SAMPLE ...: of a round each
samples() {
	figure=$1 reference=$2 n=0
	shift 2
	for sample; do
		n=$((n + 1))
		printf '%s\t%d\t%s\t%s\n' "$figure" $n "$sample" "$reference"
	done >>"$T/samples"
}

# row FIGURE UNIT GOAL WHY: of the figures
row() {
	printf '%s\t%s\t%s\t%s\tnone\t-\t-\n' "$@" >>"$T/figures"
}

# is FIGURE EXPECTED: its row, without name
is() {
	same "$1" "$2" "$(awk -F '\t' -v name="$1" '$1 == name {
		print $2, $3, $4, $5, $6, $7, $8, $9 ": " $10 }' "$T/bench.tsv")"
}

: >"$T/samples"
printf 'it broke\tSegmentation fault\n' >"$T/failed"
row 'by itself' us - -
samples 'by itself' - 7000 1000 3000 2000 6000 5000 4000
row 'too few' us '<= 9' -
samples 'too few' 1000 2000 2000 2000 2000 2000
row 'just enough' us '<= 2.00' -
samples 'just enough' 1000 2001 2000 2000 2000 2000 1999
row 'over' s '<= 1.99' -
samples 'over' 1000000000 2000000000 2001000000 2000000000 2000000000 \
    2000000000 1999000000
row 'wide' KiB '<= 9' -
samples 'wide' 100 100 101 102 103 104 106
row 'not wide' KiB '<= 9' -
samples 'not wide' 100 100 101 102 103 104 105
row 'ranks of nine' us - -
samples 'ranks of nine' - 9000 1000 8000 2000 7000 3000 6000 4000 5000
row 'ranks of twenty' ms - -
# shellcheck disable=SC2046 # words
samples 'ranks of twenty' - $(seq 1000000 1000000 20000000)
row 'a rate' calls/s '>= 0.90' -
samples 'a rate' 200000 180000 180000 180000 180000 180000 180000
row 'a lower rate' calls/s '>= 0.91' -
samples 'a lower rate' 200000 180000 180000 180000 180000 180000 180000
row 'in pairs' us '<= 2.00' -
for n in 1 2 3 4 5 6 7; do
	printf 'in pairs\t%d\t%d000\t%d000\n' $n $((2 * n)) $n >>"$T/samples"
done
row 'not here' us '<= 2.00' 'doas is not installed'
row 'it broke' us '<= 2.00' -
samples 'it broke' 1 1 1 1 1 1 1
row 'no time' us '<= 2.00' -
awk -f "$bench/statistics.awk" "$T/failed" "$T/figures" "$T/samples" \
    >"$T/bench.tsv"
same "the columns" "name value unit ratio goal low high verdict rounds why" \
    "$(head -n 1 "$T/bench.tsv" | tr '\t' ' ')"
same "a row for each figure, in their order" "$(cut -f 1 "$T/figures")" \
    "$(tail -n +2 "$T/bench.tsv" | cut -f 1)"
is 'by itself' '4 us - - 1 7 - 7: -'
is 'too few' '2 us 2 <= 9 - - inconclusive 5: -'
is 'just enough' '2 us 2 <= 2.00 1.999 2.001 met 6: -'
is 'over' '2 s 2 <= 1.99 1.999 2.001 missed 6: -'
is 'wide' '102.5 KiB 1.025 <= 9 1 1.06 inconclusive 6: -'
is 'not wide' '102.5 KiB 1.025 <= 9 1 1.05 met 6: -'
is 'ranks of nine' '5 us - - 2 8 - 9: -'
is 'ranks of twenty' '10.5 ms - - 6 15 - 20: -'
is 'a rate' '180000 calls/s 0.9 >= 0.90 0.9 0.9 met 6: -'
is 'a lower rate' '180000 calls/s 0.9 >= 0.91 0.9 0.9 missed 6: -'
is 'in pairs' '8 us 2 <= 2.00 2 2 met 7: -'
is 'not here' '- us - <= 2.00 - - skipped 0: doas is not installed'
is 'it broke' '- us - <= 2.00 - - failed 6: Segmentation fault'
is 'no time' '- us - <= 2.00 - - failed 0: there was no time'

"$bench/check" "$T/bench.tsv" >"$T/out" 2>&1
same "bench-check: what was missed is a failure" 1 $?
like "and is listed" '^missed: over: 2, 1.999 to 2.001; the goal is <= 1.99$' \
    "$(cat "$T/out")"
like "so is what is not known" '^inconclusive: too few: ' "$(cat "$T/out")"
like "and what failed" '^failed: it broke: Segmentation fault$' \
    "$(cat "$T/out")"
grep -E 'name|met|skipped' "$T/bench.tsv" >"$T/good.tsv"
"$bench/check" "$T/good.tsv" >"$T/out" 2>&1
same "what was skipped is none" 0 $?
like "and is counted" ' 0 missed, 0 inconclusive, 0 failed, 1 skipped$' \
    "$(cat "$T/out")"
grep -E 'name|skipped' "$T/bench.tsv" >"$T/none.tsv"
refute "nothing met is no success" "$bench/check" "$T/none.tsv"
refute "no results are none" "$bench/check" "$T/nowhere.tsv"

# Each word of the table: a function, or a state's.
unknown_words() {
	# shellcheck source=tests/bench/subjects.sh
	. "$bench/subjects.sh"
	# shellcheck source=tests/bench/states.sh
	. "$bench/states.sh"
	grep -v -e '^#' -e '^$' "$bench/figures.tsv" | cut -f 6,7 |
	    tr '+' '\t' | tr '\t' '\n' | awk '{ print $1 == "alone" ? $2 : $1 }
	    $1 == "on_cpu" || $1 == "per_second" { print $2 }
	    $1 == "alone" && $2 == "on_cpu" { print $3 }' | sort -u |
	    while read -r word; do
		[ "$word" = - ] || [ "$(command -v "$word")" = "$word" ] ||
		    echo "$word"
	done
	grep -v -e '^#' -e '^$' "$bench/figures.tsv" | cut -f 5 | sort -u |
	    while read -r word; do
		command -v "enter_$word" >/dev/null &&
		    command -v "leave_$word" >/dev/null || echo "$word"
	done
}
same "every command of the table is there" '' "$(unknown_words)"
same "and every line is whole" '' "$(awk -F '\t' '/^(#|$)/ { next }
    NF != 7 || $3 !~ /^(-|[<>]= [0-9.]+)$/ || $1 in seen
    { seen[$1] = 1 }' "$bench/figures.tsv")"

# some PLACE FIGURE ...: a short run
some() {
	mkdir -p "$T/results"
	where=$1
	shift
	BUILD=$BUILD BENCH_PLACE=$where BENCH_RESULTS=$T/results \
	    BENCH_SESSIONS=20 BENCH_ROUNDS=2 BENCH_MOST=3 \
	    "$bench/run" "$@" >"$T/out" 2>&1
}

# of FIGURE COLUMN: in the results
of() {
	awk -F '\t' -v name="$1" -v column="$2" '$1 == name { print $column }' \
	    "$T/results/bench-some.tsv"
}

if [ "$(id -u)" -ne 0 ]; then
	skip 1 "the rest needs root"
	done_testing
fi
trusted_folder
some "$trusted" floor 'judged open' 'judged open, own session' \
    'elevated bind' parallel nesting 'memory of one of 20' \
    'judged open beside 20'
same "a short run ends well" 0 $? || show "$T/out"
for figure in floor 'judged open' 'judged open, own session' 'elevated bind' \
    parallel nesting 'memory of one of 20' 'judged open beside 20'; do
	if [ "$(of "$figure" 8)" = skipped ]; then
		skip 2 "$figure: $(of "$figure" 10)"
		continue
	fi
	like "$figure: measured" '^[0-9][0-9.]*$' "$(of "$figure" 2)"
	like "$figure: twice, and once more where there is a goal" \
	    "^$([ "$(of "$figure" 5)" = - ] && echo 2 || echo 3)\$" \
	    "$(of "$figure" 9)"
done
same "figures that were not asked for are not in it" 9 \
    "$(lines "$T/results/bench-some.tsv" .)"
like "samples are kept" "^floor${tab}2${tab}[0-9.]*${tab}[0-9.]*\$" \
    "$(cat "$T/results/bench-some-samples.tsv")"
same "its folder is gone" '' "$(ls "$trusted")"

some "$trusted" 'no such figure'
same "what is not in the table is told" 1 $?
same "and leaves nothing" '' "$(ls "$trusted")"

# The last of what it does first.
mkdir "$trusted/place"
BUILD=$BUILD BENCH_PLACE=$trusted/place BENCH_RESULTS=$T/results \
    BENCH_SESSIONS=20 "$bench/run" 'judged open beside 20' \
    >"$T/out" 2>&1 &
running=$!
remember $running
until_true 60 grep -q '^bench: round 1' "$T/out" || show "$T/out"
kill -TERM $running
wait $running
same "a run that is ended says so" 1 $?
forget $running
same "and leaves nothing either" '' "$(ls "$trusted/place")"

make_user
as_user "$user" env BUILD="$BUILD" BENCH_PLACE="$user_home" \
    BENCH_RESULTS="$user_home" BENCH_ROUNDS=1 BENCH_MOST=1 \
    "$bench/run" floor 'judged open' 'judged open, own session' \
    >"$T/out" 2>&1
same "a user can measure as well" 0 $?
same "what his session costs" - "$(awk -F '\t' '$1 ~ /own session/ { print $10 }' \
    "$user_home/bench-some.tsv")"
like "and is told what he cannot" '^skipped: judged open: not root$' \
    "$(cat "$T/out")"

if ! command -v gnuplot >/dev/null; then
	"$bench/plot" >"$T/out" 2>&1
	like "what draws is named where it is missing" 'gnuplot-nox' \
	    "$(cat "$T/out")"
	skip 5 "gnuplot is not installed"
	done_testing
fi
cp "$T/bench.tsv" "$T/results/bench.tsv"
printf 'beside\tnanoseconds\tcalls\nnone\t1000\t90\nnone\t2000\t10\n' \
    >"$T/results/bench-latency.tsv"
check "the figures can be drawn" env BUILD="$T/results" "$bench/plot"
for file in bench.svg bench.png bench-latency.svg bench-latency.png; do
	check "$file" test -s "$T/results/$file"
done
done_testing
