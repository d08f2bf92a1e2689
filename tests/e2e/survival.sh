#!/bin/sh
# SPDX-License-Identifier: ISC
#
# When a process of a session dies, others go on: what was spent, given up or
# chosen stays so, and what was executed is judged as it was.
# shellcheck disable=SC2154	# what the sourced files set
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/survival.sh
. tests/lib/survival.sh

elevates="	native-open: filename eq \"$T/two\" then permit as root"
begin "$elevates times 3
	native-open: filename eq \"$T/three\" then permit as root once
	native-open: filename eq \"$T/four\" then permit as root"
step "a right three times: first" ok read "$T/two"
check "the judge is killed" slay judge
step "second" ok read "$T/two"
check "the hand is killed" slay hand
step "third" ok read "$T/two"
check "the judge is killed" slay judge
step "there is no fourth" EACCES read "$T/two"
step "the hand is used" ok read "$T/four"
check "the hand is killed" slay hand
step "nor a fifth" EACCES read "$T/two"
step "another right is there" ok fork "$T/three"
check "the judge is killed" slay judge
step "and gone" EACCES fork "$T/three"
end 0 "limits: it ends"

rm -f "$T/log"
begin "	native-fsread: filename eq \"$T/one\" then permit log"
step "what is written down" ok read "$T/one"
check "the scribe is killed" slay scribe
step "is made again" ok read "$T/one"
end 0 "the log: it ends"
same "and written by another" 2 \
    "$(grep -c "permit.*filename: $T/one, oflags: ro" "$T/log")"

begin "	native-fsread: filename eq \"$T/one\" then permit times 2
	native-fsread: filename eq \"$T/one\" then deny[exdev]"
step "what is not elevated" ok read "$T/one"
check "the judge is killed" slay judge
step "is counted too" ok read "$T/one"
check "the judge is killed" slay judge
step "to its end" EXDEV read "$T/one"
end 0 "limits: it ends"

begin "	native-open: filename eq \"$T/two\" then permit as root exclusive \"a\"
	native-open: filename eq \"$T/three\" then permit as root exclusive \"a\""
step "one of two" ok read "$T/two"
check "the judge is killed" slay judge
step "the other is barred" EACCES orphan "$T/three"
step "the one is not" ok read "$T/two"
end 0 "choices: it ends"

begin "$elevates"
check "the judge is killed" slay judge
step "elevation is for forks" ok fork "$T/two"
check "the judge is killed" slay judge
step "whoever their parents are" ok orphan "$T/two"
printf '\177ELF' >"$T/broken"
chmod 755 "$T/broken"
step "a program executes what cannot be" ENOEXEC run "$T/broken"
step "and is not elevated any more" EACCES read "$T/two"
check "the judge is killed" slay judge
step "nor by another judge" EACCES read "$T/two"
step "nor are its forks" EACCES fork "$T/two"
end 0 "elevation: it ends"

# An execve that was let go on, and that no judge has seen the outcome of.
cp "$helpers/steps" "$trusted/other"
printf 'Policy: %s, Emulation: native\n\tDefault: permit\nPolicy: %s, Emulation: native\n\tDefault: permit\n\tnative-fsread: filename eq "%s" then deny[exdev]\n' \
    "$program" "$trusted/other" "$T/one" >"$T/policy"
"$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user" \
    "$program" >"$T/out" 2>"$T/err" <"$T/in" &
front=$!
remember $front
exec 9>"$T/in"
wait_for "$T/out" ready
keeper=$(keeper_of $front) answers=1
step "another policy for what it executes" ready run "$trusted/other"
check "the judge is killed" slay judge
step "holds still" EXDEV read "$T/one"
end 0 "it ends"
done_testing
