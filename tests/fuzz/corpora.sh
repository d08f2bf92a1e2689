#!/bin/sh
# SPDX-License-Identifier: ISC
# Each harness, with the inputs that were found worth to be kept: there is one
# without any only where somebody forgot them.
cd "$(dirname "$0")/../.." || exit 1
# Walks hang on the kernel's settings of links, which other tests change.
[ "${CORPORA_LOCKED-}" = 1 ] ||
    CORPORA_LOCKED=1 exec flock -s -o /proc/sys/fs sh "$0"
status=0 n=0
for harness in tests/fuzz/*.c tests/fuzz/corpus/*; do
	name=$(basename "$harness" .c)
	corpus=tests/fuzz/corpus/$name
	case $harness in
	*/replay.c)
		continue ;;
	*/corpus/*)
		[ ! -e "tests/fuzz/$name.c" ] || continue ;;
	esac
	n=$((n + 1))
	if [ -z "$(ls "$corpus" 2>/dev/null)" ]; then
		echo "not ok $n - $corpus: no inputs"
		status=1
	elif out=$("$BUILD/tests/fuzz/$name" "$corpus" 2>&1); then
		echo "$out" | sed -n "s/^ok 1/ok $n/p"
	else
		echo "not ok $n - $corpus"
		echo "$out" | tail -n 5 | sed 's/^/# /'
		status=1
	fi
done
echo "1..$n"
exit $status
