#!/bin/sh
# SPDX-License-Identifier: ISC
#
# privctl selftest: what it says of this kernel; an attack that is tried, by an
# installation; what it makes of results that fail, are skipped, want to write on
# the terminal or are not all there; and who may not try.
# shellcheck disable=SC2317,SC2119,SC2120,SC2016	# others call; a shell's text
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

own_spaces "$0" "$@"
make_user
privctl=$BUILD/instance/bin/privctl
runner=$BUILD/instance/libexec/privd/selftest/tests/attack/check
selftest() {
	"$privctl" selftest "$@" >"$T/out" 2>"$T/err"
}

check "an attack, by root and by the daemon" selftest 2.1
same "it fails in both" "PASS  2.1/daemon
PASS  2.1/root" "$(sed -n 's/^\(PASS  2.1[^ ]*\) .*/\1/p' "$T/out" | sort)"
same "and this is the sum" "2 passed, 0 failed, 0 skipped" \
    "$(tail -n 1 "$T/out")"
like "first, the kernel's name" "^Linux $(uname -r) $(uname -m)$" \
    "$(head -n 1 "$T/out")"
for feature in "seccomp user notification  *yes" \
    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV  *yes" "pidfd_getfd  *yes" \
    "Landlock  *[0-9]" "Yama  *" "io_uring  *" "32-bit programs  *" \
    "SO_PEERPIDFD  *" "PIDFD_THREAD  *"; do
	like "it has, or has not: ${feature%%  *}" "^  $feature" \
	    "$(cat "$T/out")"
done
cd "${runner%/tests/*}" || exit 1
grep -oh -e '"\$helpers/[a-z0-9-]*' -e '"\$BUILD/tests/[a-z0-9/-]*[a-z0-9]' -r tests |
    sed -e 's,^",,' -e 's,\$helpers,tests/e2e,' -e 's,\$BUILD/,,' | sort -u |
    while read -r program; do
	[ -e "build/$program" ] || echo "$program"
done >"$T/missing"
cd - >/dev/null || exit 1
same "every program that they run is installed" "" "$(cat "$T/missing")"
refute "no such row" selftest 99
like "that is said" "no such row: 99" "$(cat "$T/err")"
refute "seconds are a number" selftest -t soon
refute "of a user" as_user "$user" "$privctl" selftest -x
as_user "$user" "$privctl" selftest 2.1 >"$T/out" 2>&1
same "a user is told whose it is" "needs root" \
    "$(sed -n 's,^SKIP  2.1/root .*: \(.*\)$,\1,p' "$T/out")"

# What of its caller's the scripts have.
printf '#!/bin/sh\nls /proc/self/fd >%s\numask >>%s\necho 1..0\n' "$T/has" "$T/has" \
    >"$T/runner"
chmod 755 "$T/runner"
mount --bind "$T/runner" "$runner"
(
	umask 0
	exec 9<"$T/runner"
	selftest
)
umount "$runner"
same "none of its descriptors, nor its mask" "0 1 2 3 0022" \
    "$(tr '\n' ' ' <"$T/has" | sed 's/ $//')"

# What it does with results: a runner that gives them.
results() {
	printf '#!/bin/sh\n' >"$T/runner"
	printf '%s\n' "$@" >>"$T/runner"
	chmod 755 "$T/runner"
	mount --bind "$T/runner" "$runner"
	selftest
	status=$?
	umount "$runner"
}
results "echo 1..3" "echo 'ok 1 - 1.1/root: good'" \
    "echo 'not ok 2 - 1.2/root: bad'" "printf '#   it said \\\\033[31m\\n'" \
    "echo 'ok 3 - 1.3/root: none # SKIP no FUSE'" "exit 1"
same "with one that fails it fails" 1 $status
same "each has its line" "PASS  1.1/root     good
FAIL  1.2/root     bad
      it said \\033[31m
SKIP  1.3/root     none: no FUSE

1 passed, 1 failed, 1 skipped" "$(sed '1,/^$/d' "$T/out")"
answer=$(mount --bind "$T/runner" "$runner" &&
    "$privctl" selftest --json 2>/dev/null
    umount "$runner")
printf '%s\n' "$answer" >"$T/out"
check "as JSON that is an object, too" "$helpers/json" <"$T/out"
like "with what was said" '"result":"FAIL","what":"bad","said":\["it said' \
    "$(cat "$T/out")"
results "echo 1..2" "echo 'ok 1 - 1.1/root: good'" "exit 0"
same "a row that is missing is no success" 1 $status
like "and is told" "ended before all was tried" "$(cat "$T/err")"
results "echo 1..1" "echo 'ok 1 - 1.1/root: good'" "exit 3"
same "nor is a runner's failure" 1 $status
results "echo 1..1" "echo 'ok 1 - 1.1/root: good'" 'kill -KILL $$'
same "nor its death" 1 $status
results 'echo 1..1' "echo \"ok 1 - 1.1/root: \$(env | sed 's/=.*//' | sort |" \
    "    tr '\\n' ' ')\""
like "nothing of the caller's environment" \
    "ATTACK_INSTALLED ATTACK_MACHINE ATTACK_OPENS ATTACK_SENDS BUILD LC_ALL PATH PWD RACE_SECONDS $" \
    "$(cat "$T/out")"

"$privctl" selftest --json 2.1 >"$T/out" 2>&1
check "as JSON it is an object" "$helpers/json" <"$T/out"
like "with all that" \
    '"features":{.*"Landlock":.*"rows":\[{"row":"2.1/.*"result":"PASS".*"passed":2,"failed":0,"skipped":0,"whole":true}' \
    "$(cat "$T/out")"
done_testing
