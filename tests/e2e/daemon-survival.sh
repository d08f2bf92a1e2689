#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The daemon's sessions go on as others do when a process of theirs dies; but not
# if their user has changed his own policies meanwhile.
# shellcheck disable=SC2119,SC2154	# what the sourced files set
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/survival.sh
. tests/lib/survival.sh

elevates="	native-open: filename eq \"$T/two\" then permit as root"
daemon_start
mkdir "$user_home/.privd"
printf 'Policy: %s, Emulation: native\n\tDefault: permit\n\tnative-fsread: filename eq "%s" then deny[exdev]\n' \
    "$program" "$T/one" >"$user_home/.privd/steps"
chown -R "$user" "$user_home/.privd"
begin_by_daemon "$elevates times 2
	native-open: filename eq \"$T/four\" then permit as root
	native-bind: sockaddr eq \"/nowhere\" then deny"
for role in judge hand fetcher; do
	step "a hand is used" ok read "$T/four"
	step "and a fetcher" ok bind "$T/made/$role"
	check "the daemon's: the $role is killed" slay $role
	step "his own policy holds still" EXDEV read "$T/one"
done
step "what is elevated" ok read "$T/two"
check "the judge is killed" slay judge
step "a hand is used" ok read "$T/four"
check "the hand is killed" slay hand
step "is counted" ok read "$T/two"
check "the judge is killed" slay judge
step "to its end" EACCES read "$T/two"
end 0 "it ends"

begin_by_daemon "$elevates"
# What has as many letters, and the same filter.
sed "s,$T/one,$T/two," "$user_home/.privd/steps" >"$T/changed"
cp "$T/changed" "$user_home/.privd/steps"
kill -KILL "$(part judge)"
check "policies of his that have changed: the session ends" \
    until_true 10 has_ended "$program_pid"
exec 9>&-
wait $front
check "and its keeper" until_true 10 is_gone "$keeper"

# Nobody answers any more: the program does not go on half.
rm "$user_home/.privd/steps"
begin_by_daemon "$elevates"
kill -KILL "$keeper"
check "its keeper is killed: the program is ended" \
    until_true 10 has_ended "$program_pid"
like "which is said" "the keeper of process $program_pid of uid .* is gone" \
    "$(cat "$daemon_folder/log")"
exec 9>&-
wait $front
begin_by_daemon "$elevates"
kill -KILL "$daemon_pid"
wait "$daemon_pid" 2>/dev/null
forget "$daemon_pid"
daemon_start
check "a successor has it" until_true 10 grep -q '1 sessions go on' \
    "$daemon_folder/log"
kill -KILL "$keeper"
check "its keeper is killed: the program is ended" \
    until_true 10 has_ended "$program_pid"
exec 9>&-
wait $front

# What the program has forked is known to nobody: it goes on, and fails.
begin_by_daemon "$elevates"
step "a child goes on without its parent" ok leave
wait $front
same "which has ended" 0 $?
step "it is judged" ok read "$T/one"
step "and elevated" ok read "$T/two"
keeper_pid=$keeper
kill -KILL "$keeper"
check "its keeper is killed" until_true 10 is_gone "$keeper_pid"
step "what is judged fails" ENOSYS read "$T/one"
step "nothing is elevated" ENOSYS read "$T/two"
check "which is said" until_true 10 grep -q \
    "the keeper of process $program_pid of uid .* is gone: what that has forked fails from now on\$" \
    "$daemon_folder/log"
# To its end it needs nobody.
exec 9>&-

# Who begins with lower limits cannot be told from another.
for limit in rss locks; do
	setpriv --reuid "$user" --regid "$user_gid" --init-groups -- \
	    prlimit --$limit=1000 "$daemon_run" -s "$daemon_socket" "$program" \
	    "$T/out" >"$T/low" 2>&1 </dev/null
	same "a low limit, $limit: nothing is started" 126 $?
	like "and it is said why" 'limits (rss, locks)' "$(cat "$T/low")"
done

# After a reload it is known still where users came.
check "a reload" daemon_reload
daemon_stop
refute "its socket goes with it" test -e "$daemon_socket"
done_testing
