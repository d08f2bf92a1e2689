#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A thousand sessions at once (CROWD: another number). A hundred judges and a
# hundred hands are killed, then the monitor, and another is started: no session
# is lost, each still gets what its policy gives, no listener is left over.
# What they need of memory and of time is told, and not judged here.
# shellcheck disable=SC2317,SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

many=${CROWD:-1000}
few=$((many / 10))
need_daemon
make_user
chmod 755 "$T"
elevated "$helpers/steps"
limits="max-sessions $((many * 2))
max-sessions-per-user $((many * 2))
max-connections-per-second 100000"
daemon_start "$limits"

mkfifo "$T/in"
setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups \
    --inh-caps=-all -- "$helpers/crowd" "$many" "$daemon_run" \
    -s "$daemon_socket" "$program" <"$T/in" >"$T/out" 2>"$T/err" &
crowd=$!
remember $crowd
exec 9>"$T/in"
all_started() {
	grep -q '^started' "$T/out" || is_gone "$crowd"
}
until_true 300 all_started
check "$many sessions are started" grep '^started' "$T/out"
show "$T/err"

has_answered() {
	[ "$(grep -c . "$T/out")" -gt "$lines" ] || is_gone "$crowd"
}
# each DESCRIPTION: each of them opens what it may open by its policy alone
each() {
	lines=$(grep -c . "$T/out")
	echo "read $secret" >&9
	until_true 120 has_answered
	same "$1" "$many ok" "$(tail -n 1 "$T/out")"
}
each "each opens by its hand"

# named [NAME]: the processes of the sessions that have that name, or all but the
# keepers. They are looked at together: a program for each of thousands would take
# longer than what is tried here.
named() {
	cat /proc/[0-9]*/status 2>/dev/null | awk -v name="${1-}" '
	NR == FNR { keeper[$1] = 1; next }
	$1 == "Name:" { is = name == "" || $2 == name }
	$1 == "Pid:" { pid = $2 }
	$1 == "PPid:" && is && $2 in keeper { print pid }' "$T/keepers" -
}
find_keepers() {
	logger=$(daemon_logger)
	keepers=$(children_of "$daemon_pid" | tr ' ' '\n' | grep -vx "$logger")
	echo "$keepers" >"$T/keepers"
}
find_keepers
same "each has a keeper" "$many" "$(echo "$keepers" | wc -l)"
named privd-judge >"$T/judges"
same "and a judge" "$many" "$(grep -c . "$T/judges")"

# In KiB: what is nobody else's, of a session's own processes.
{
	cat "$T/keepers"
	named
} | sed 's,.*,/proc/&/smaps_rollup,' | xargs cat >"$T/memory"
echo "# private memory of a session: $(awk -v n="$many" \
    '/^Private/ { sum += $2 } END { printf "%.0f", sum / n }' \
    "$T/memory") KiB in $(($(grep -c Rss "$T/memory") / many)) processes"
echo "# a start took, us, among the first and the last tenth:" \
    "$(sed -n 's/^started //p' "$T/out")"

head -n "$few" "$T/judges" >"$T/victims"
xargs kill -KILL <"$T/victims"
each "$few judges are killed: no session is lost"
named privd-hand | tail -n "$few" >"$T/victims"
same "there are hands to be killed" "$few" "$(grep -c . "$T/victims")"
xargs kill -KILL <"$T/victims"
each "$few hands are killed: no session is lost"

kill -KILL "$daemon_pid"
wait "$daemon_pid" 2>/dev/null
forget "$daemon_pid"
each "the monitor is killed: no session is lost"
daemon_start "$limits"
each "another is started: no session is lost"
known() {
	[ "$("$daemon_ctl" -s "$daemon_socket" sessions --json |
	    grep -o '"pid":' | wc -l)" -eq "$many" ]
}
daemon_ctl=$BUILD/instance/bin/privctl
check "it knows all of them" until_true 20 known

echo end >&9
wait $crowd
same "they end" 0 $?
exec 9>&-
forget $crowd
none_left() {
	for keeper in $keepers; do
		is_gone "$keeper" || return 1
	done
}
check "and so does whatever served them" until_true 60 none_left
none_known() {
	[ "$(find "$BUILD/instance/run/privd/sessions" -type f | wc -l)" -eq 0 ]
}
check "nothing is left in the register" until_true 60 none_known
daemon_stop
done_testing
