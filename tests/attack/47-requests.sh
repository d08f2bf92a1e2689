#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 47 in the requests themselves: a judge that somebody has taken over asks
# the hand and the fetcher of a session of the daemon's for what its policy does
# not have, and for what is of processes that are not the session's. Beside each
# lie stands the honest request of the same form, which is answered. (What such a
# judge can call itself: 47-daemon.sh.)
# shellcheck disable=SC2119,SC2154	# what the sourced files set
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
[ "$(uname -m)" = x86_64 ] || skip_all "x86_64 alone"
need_root
need_programs ss
# shellcheck source=tests/lib/survival.sh
. tests/lib/survival.sh

forge=$BUILD/tests/attack/forge
# What is asked of the fetcher is what the judge may not open itself: that of
# programs whose files in /proc are root's.
chmod 711 "$program"
# Of root's, in a folder where its user may look for names, as the judge does.
mkdir -m 755 "$T/tree"
for name in inside.txt outside; do
	echo text >"$T/tree/$name"
	chmod 600 "$T/tree/$name"
done
daemon_start
# The rules' numbers are 0, 1, ...
begin_by_daemon "	native-open: filename eq \"$T/two\" then permit as root
	native-open: filename match \"$T/tree/*.txt\" then permit as root
	native-chmod: filename eq \"$T/three\" then permit as root
	native-fsread: filename eq \"$T/one\" then permit log
	native-fswrite: filename eq \"$T/four\" then permit as root
	native-bind: sockaddr eq \"/nowhere\" then deny"
step "the hand is used" ok read "$T/two"
step "and the fetcher" ok bind "$T/made/socket"
for role in judge hand fetcher; do
	until_true 10 part $role >"$T/pid"
	pid=$(head -n 1 "$T/pid")
	check "the $role is there" test -n "$pid"
	eval "$role=\$pid"
done

# channel PID: the judge's descriptor of its channel to that process
channel() {
	ss -xpH | awk -v judge="pid=$judge,fd=" -v other="pid=$1,fd=" '
	index($0, judge) {
		fd = substr($0, index($0, judge) + length(judge))
		sub(/[^0-9].*/, "", fd)
		number[$6] = fd
	}
	index($0, other) { peers[$8] = 1 }
	END {
		for (inode in peers)
			if (inode in number)
				print number[inode]
	}'
}
to_hand=$(channel "$hand")
to_fetcher=$(channel "$fetcher")
check "one channel leads to the hand" test "$to_hand" -ge 0
check "and one to the fetcher" test "$to_fetcher" -ge 0

# --- the hand: it decides again, by what the kernel says of what it was given

# asks WHAT WANTED RULE CALL HOW PATH [NUMBER]
asks() {
	what=$1 wanted=$2
	shift 2
	same "the hand: $what" "$wanted" \
	    "$("$forge" "$judge" "$to_hand" hand "$@" 2>&1)"
}
asks "a file of its rule" "done $T/tree/inside.txt" \
    1 open object "$T/tree/inside.txt" 0
# Its domain is the folder: Landlock would let it.
asks "one beside, in the rule's folder" EPERM \
    1 open object "$T/tree/outside" 0
asks "root's secrets" EPERM 1 open object /etc/shadow 0
asks "by numbers, those of what the rule names" "done $T/two" \
    0 open numbers "$T/two" 0
asks "by numbers, those of another file" again 0 open numbers "$T/three" 0
asks "by numbers, where the rule has no literal path" again \
    1 open numbers "$T/tree/inside.txt" 0
asks "the other file itself, for a literal path" EPERM \
    0 open object "$T/three" 0
asks "what another rule names" EPERM 1 open object "$T/two" 0
asks "what a rule names that elevates nothing" EPERM \
    3 open object "$T/one" 0
asks "a rule that there is not" EPERM 4711 open object "$T/two" 0
asks "the call of a rule" "done" 2 chmod object "$T/three" 384
asks "that call, by a rule that has another" EPERM \
    0 chmod object "$T/two" 511
asks "that call, on a file of another rule" EPERM 2 chmod object "$T/two" 511
asks "a call of no rule" EPERM 0 truncate object "$T/two" 0
asks "by an alias, to write" "done $T/four" 4 open object "$T/four" 1
# O_WRONLY | O_TRUNC
asks "by an alias, to cut off" EPERM 4 open object "$T/four" 513
same "nothing of it was done" "600 text text" \
    "$(stat -c %a "$T/two") $(cat "$T/two" "$T/four" | paste -sd ' ')"

# --- the fetcher: it looks at the session's processes, while one of them waits

# starts NAME COMMAND ...: $started, of $user's, which reads the fifo $T/NAME.in
starts() {
	name=$1
	shift
	mkfifo "$T/$name.in"
	setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups \
	    --inh-caps=-all -- "$@" <"$T/$name.in" >"$T/$name" \
	    2>"$T/$name.err" 7>&- 8>&- 9>&- &
	started=$!
	remember $started
}
starts second "$daemon_run" -s "$daemon_socket" "$program"
second=$started
exec 8>"$T/second.in"
check "another session of his, by the same rules" wait_for "$T/second" ready
starts plain sh -c 'echo ready; read -r end'
plain=$started
exec 7>"$T/plain.in"
check "what is in no session" wait_for "$T/plain" ready
own=$user
make_user
starts third "$daemon_run" -s "$daemon_socket" "$program"
third=$started
exec 6>"$T/third.in"
check "another user's session" wait_for "$T/third" ready
user=$own

# fetches WHAT WANTED PART PROCESS NUMBER: while the program waits in an open,
# which is refused then, as the judge would
fetches() {
	what=$1 wanted=$2
	shift 2
	answers=$((answers + 1))
	same "the fetcher: $what" "$wanted" \
	    "$("$forge" "$judge" "$to_fetcher" fetcher "$@" \
	    "$T/in" read "$T/two" 2>&1)"
	until_true 20 has_answered "$answers"
	[ "$(sed -n "${answers}p" "$T/out")" = EACCES ] ||
	    ok 1 "which the program waits for"
}
# where PID: an address of its that is written to
where() {
	echo "0x$(sed -n 's/-.*\[stack\]$//p' "/proc/$1/maps")"
}
fetches "the program's memory" "done /proc/$program_pid/mem" \
    mem "$program_pid" 0
fetches "its maps" "done /proc/$program_pid/maps" maps "$program_pid" 0
fetches "its root" "done /" root "$program_pid" 0
fetches "its descriptor" "done $(readlink "/proc/$program_pid/fd/1")" \
    take "$program_pid" 1
fetches "the file of a descriptor" \
    "done $(readlink "/proc/$program_pid/fd/1")" fd "$program_pid" 1
fetches "writing to it" "done" write "$program_pid" "$(where "$program_pid")"
for whom in "$second another session's program" \
    "$plain a process in no session" "$third another user's program" \
    "1 root's" "$judge the judge itself" "$hand the hand" \
    "$keeper the keeper" "$daemon_pid the monitor"; do
	pid=${whom%% *}
	whom=${whom#* }
	for part in mem maps root cwd exe fd take; do
		fetches "$part of $whom" EPERM $part "$pid" 1
	done
	fetches "writing to $whom" EPERM write "$pid" \
	    "$(where "$program_pid")"
done
for part in mem root take; do
	fetches "$part of the program, for a call that is over" EPERM \
	    late-$part "$program_pid" 1
done

# And all of them live, and do what they are for.
step "the session goes on" ok read "$T/two"
for role in judge hand fetcher; do
	eval "was=\$$role"
	same "the $role is the same" "$was" "$(part $role)"
done

# What is no request at all nobody sends but who has been taken over: the hand ends,
# and all of them with it, as when one is killed.
"$forge" "$judge" "$to_hand" hand 0 open cut "$T/two" >"$T/cut" 2>&1
check "of what is no request the hand dies" until_true 10 is_gone "$hand"
check "and there is another judge" until_true 10 is_other judge "$judge"
step "with whom the session goes on" ok read "$T/two"
exec 6>&- 7>&- 8>&-
for other in $second $third; do
	wait "$other"
	same "another session ends well" 0 $?
	forget "$other"
done
wait $plain
forget $plain
end 0 "it ends"
check "with its keeper" until_true 10 is_gone "$keeper"
daemon_stop
done_testing
