#!/bin/sh
# SPDX-License-Identifier: ISC
# Each harness, with the inputs that were found worth to be kept.
cd "$(dirname "$0")/../.." || exit 1
# Walks hang on the kernel's settings of links, which other tests change.
[ "${CORPORA_LOCKED-}" = 1 ] ||
    CORPORA_LOCKED=1 exec flock -s -o /proc/sys/fs sh "$0"
status=0 n=0
for corpus in tests/fuzz/corpus/*; do
	n=$((n + 1))
	if out=$("$BUILD/tests/fuzz/${corpus##*/}" "$corpus" 2>&1); then
		echo "$out" | sed -n "s/^ok 1/ok $n/p"
	else
		echo "not ok $n - $corpus"
		echo "$out" | tail -n 5 | sed 's/^/# /'
		status=1
	fi
done
echo "1..$n"
exit $status
