# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154,SC2317
# Sessions of tests/e2e/steps.c whose processes are killed. After
# tests/lib/daemon.sh.
need_daemon
make_user
chmod 755 "$T"
marked "$helpers/steps"
for name in one two three four; do
	echo text >"$T/$name"
done
chmod 600 "$T/two" "$T/three" "$T/four"
mkfifo "$T/in"
mkdir -m 777 "$T/made"

# --- one session: $front, its $program_pid, its $keeper

# begin POLICY-LINES [OPTION ...]: root's embedded session for the user
begin() {
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n%s\n' \
	    "$program" "$1" >"$T/policy"
	shift
	: >"$T/out"
	"$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user" "$@" \
	    "$program" >"$T/out" 2>"$T/err" <"$T/in" &
	front=$!
	remember $front
	exec 9>"$T/in"
	wait_for "$T/out" ready || show "$T/err"
	program_pid=$(program_of $front)
	keeper=$(keeper_of $front)
	answers=1
}

# The daemon's child that has some of its own: the other one, its logger, has
# none.
find_keeper() {
	for keeper in $(children_of "$daemon_pid"); do
		[ -z "$(children_of "$keeper")" ] || break
	done
}

# begin_by_daemon POLICY-LINES
begin_by_daemon() {
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n%s\n' \
	    "$program" "$1" >"$daemon_policies/steps"
	daemon_reload
	: >"$T/out"
	setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups \
	    --inh-caps=-all -- "$daemon_run" -s "$daemon_socket" \
	    "$program" >"$T/out" 2>"$T/err" <"$T/in" &
	front=$!
	remember $front
	exec 9>"$T/in"
	wait_for "$T/out" ready || show "$T/err" "$daemon_folder/log"
	program_pid=$front
	find_keeper
	answers=1
}

# begin_all_by_daemon: each process that a session can have is there, and used
begin_all_by_daemon() {
	begin_by_daemon "	native-open: filename eq \"$T/two\" then permit as root
	native-fsread: filename eq \"$T/one\" then permit log
	native-bind: sockaddr eq \"/nowhere\" then deny
	native-connect: sockaddr eq \"/nowhere\" then deny"
	step "the hand is used" ok read "$T/two"
	step "and the scribe" ok read "$T/one"
	step "and the fetcher" ok bind "$T/made/socket"
	step "and the double" ok connect "$T/made/socket"
}

# end STATUS DESCRIPTION
end() {
	exec 9>&-
	wait $front
	same "$2" "$1" $?
	forget $front
}

# Its standard output has that many lines.
has_answered() {
	[ "$(grep -c . "$T/out")" -ge "$1" ]
}

# tell WHAT ...: $answer is what it got
tell() {
	answers=$((answers + 1))
	echo "$*" >&9
	until_true 20 has_answered "$answers"
	answer=$(sed -n "${answers}p" "$T/out")
}

# step DESCRIPTION EXPECTED WHAT ...
step() {
	what=$1 expected=$2
	shift 2
	tell "$@"
	same "$what" "$expected" "$answer"
}

# part ROLE: that process of the session; false if it is not there (yet)
part() {
	for child in $(children_of "$keeper" 2>/dev/null); do
		cat "/proc/$child/status" >"$T/status" 2>/dev/null || continue
		grep -q "^Name:	privd-$1\$" "$T/status" &&
		    grep -q '^Seccomp:	2' "$T/status" &&
		    echo "$child" && return
	done
	return 1
}

is_other() {
	now=$(part "$1") && [ "$now" != "$2" ]
}

# slay ROLE: kills it; true when there is another judge, for all are ended then:
# who else was there is again with its next use
slay() {
	until_true 10 part judge >"$T/judge" || return 1
	until_true 10 part "$1" >"$T/victim" || return 1
	kill -KILL "$(head -n 1 "$T/victim")"
	until_true 10 is_other judge "$(head -n 1 "$T/judge")"
}
