#!/bin/sh
# SPDX-License-Identifier: ISC
# Every call of every machine is decided, with a reason where it is not just
# judged and made; and the manual page says what privctl prints.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

BUILD=$BUILD tests/lib/calls-table.sh >"$T/page"
same_files "the page's table is what is printed (else: make man-table)" \
    man/privd.calls.5 "$T/page"

for machine in x86_64 aarch64 i386; do
	"$BUILD/privctl" calls -m "$machine" >"$T/calls"
	same "$machine: all that has a number, decided and with reasons" "" \
	    "$(awk -F '\t' 'NR > 1 && (NF != 9 || $2 !~ /^[0-9]+$/ ||
	    $8 !~ /^(performed|kernel-judged|continued|refused)$/ ||
	    ($8 ~ /^(continued|refused)$/ && $9 == "-"))' "$T/calls")"
	[ "$(lines "$T/calls" .)" -gt 300 ]
	ok $? "$machine: its calls"
done
same "those of 32-bit programs are judged like others" \
    "performed performed kernel-judged kernel-judged refused" \
    "$("$BUILD/privctl" calls -m i386 open stat64 socketcall getuid32 \
    bdflush | tail -n +2 | cut -f 8 | tr '\n' ' ' | sed 's/ $//')"
same "numbers are the machine's" "5 56" "$("$BUILD/privctl" calls -m i386 open |
    cut -f 2 | tail -n 1) $("$BUILD/privctl" calls -m aarch64 openat |
    cut -f 2 | tail -n 1)"
"$BUILD/privctl" calls -m vax >/dev/null 2>"$T/err"
same "another machine" 2 $?
like "is named" "x86_64, aarch64 or i386" "$(cat "$T/err")"
done_testing
