#!/bin/sh
# SPDX-License-Identifier: ISC
# Is rows.tsv whole? Every attack has rows, numbered from 1; each row names a test
# that there is, a hole that there is, and a pattern; and every test has a row.
# What the rows say is not tried here (tests/attack/check, breaks).
set -u
BUILD=$(readlink -f "${BUILD:-build}")
cd "$(dirname "$0")" || exit 1
ATTACKS=47
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
grep -v '^#' rows.tsv >"$work/rows"
count=0 failed=0

# none DESCRIPTION: of what stands in $work/bad
none() {
	count=$((count + 1))
	if [ -s "$work/bad" ]; then
		failed=$((failed + 1))
		echo "not ok $count - $1"
		sed 's/^/# /' "$work/bad"
	else
		echo "ok $count - $1"
	fi
}

awk -F '\t' 'NF != 7 { print; next }
    { for (i = 1; i <= 7; i++) if ($i == "") { print; next } }' \
    "$work/rows" >"$work/bad"
none "each row has seven fields"
awk -F '\t' -v attacks=$ATTACKS '
    { split($1, number, "."); last = most[number[1]] + 0
      if (number[2] == last + 1) most[number[1]] = number[2]
      else if (number[2] != last) print $1 " does not follow " number[1] "." last }
    END { for (i = 1; i <= attacks; i++) if (!most[i]) print "attack " i
	for (i in most) if (i + 0 < 1 || i + 0 > attacks) print "attack " i }' \
    "$work/rows" >"$work/bad"
none "each of the $ATTACKS attacks has rows, in order"
awk -F '\t' '{ n = split($2, form, ",")
    for (i = 1; i <= n; i++) {
	if (form[i] != "root" && form[i] != "daemon") print $1 ": " form[i]
	if (seen[$1, form[i]]++) print $1 ": twice by " form[i]
    }
    if ($4 != "-" && $4 != "races") print $1 ": " $4 }' "$work/rows" >"$work/bad"
none "forms are root or daemon, each once"
awk -F '\t' 'NR == FNR { holes[$1]; next }
    !($6 in holes) { print $1 ": " $6 }' ../mutants/list.tsv "$work/rows" \
    >"$work/bad"
none "each hole is there"
awk -F '\t' '"" ~ $5 { print $1 ": " $5 }' "$work/rows" >"$work/bad"
none "no pattern matches everything"
cut -f 3 "$work/rows" | sort -u >"$work/tests"
while read -r test; do
	[ -x "$test.sh" ] || echo "$test"
done <"$work/tests" >"$work/bad"
none "each test is there"
while read -r test; do
	! grep -q '^\. tests/lib/daemon\.sh' "$test.sh" || echo "$test"
done <"$work/tests" >"$work/daemons" 2>"$work/bad"
awk -F '\t' 'NR == FNR { daemons[$1]; next }
    ($3 in daemons) && $2 != "daemon" { print $1 ": " $3 ": " $2 }' \
    "$work/daemons" "$work/rows" >>"$work/bad"
none "whose sessions are the daemon's are so by the daemon"
for test in [0-9]*.sh; do
	echo "${test%.sh}"
done | sort | comm -23 - "$work/tests" >"$work/bad"
none "each test has a row"
# Where no session starts, no row holds.
if [ "$(id -u)" -eq 0 ] && [ -x "$BUILD/privrun" ]; then
	cp -as "$BUILD" "$work/build"
	rm "$work/build/privrun"
	printf '#!/bin/sh\nexit 125\n' >"$work/build/privrun"
	chmod 755 "$work/build/privrun"
	chmod 755 "$work"
	BUILD=$work/build RACE_SECONDS=0 ./check 4.1/root 11.12/root \
	    2>/dev/null | grep '^ok' >"$work/bad"
	none "no row holds without a session"
fi
echo "1..$count"
[ $failed -eq 0 ]
