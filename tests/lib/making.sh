# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154,SC2317
# In each stage of a call that makes something, in one of the session's
# processes, something happens, and then that goes on: what came of it? After
# tests/lib/stages.sh: walk. Sessions are the daemon's, of the user's own launch.
marked "$BUILD/tests/attack/makes"
meddle="$BUILD/tests/attack/meddle $user_uid $user_gid"
places=$T/places
STRIDE=${ATTACK_STRIDE:-5}
mkdir -m 700 "$T/roots"
daemon_start
cat >"$daemon_policies/makes" <<END
Policy: $program, Emulation: native
	Default: permit
	native-open: filename match "$T/roots/*" then permit as root
	native-mkdir: filename match "$T/roots/*" then permit log as root
	native-rename: filename[0] match "$T/roots/*" and \
	    filename[1] match "$T/roots/*" then permit as root
	native-bind: sockaddr match "$T/roots/*" then permit as root
	native-connect: sockaddr eq "/nowhere" then deny
END
daemon_reload

# (Its output goes through a pipe, which has no size that is limited.)
begin_making() {
	rm -f "$T/pipe"
	mkfifo "$T/pipe"
	: >"$T/out"
	cat <"$T/pipe" >>"$T/out" &
	remember $!
	setpriv --reuid "$user" --regid "$user_gid" --init-groups \
	    --inh-caps=-all -- "$daemon_run" -s "$daemon_socket" \
	    "$program" >"$T/pipe" 2>"$T/err" <"$T/in" &
	front=$!
	program_pid=$front
	remember $front
	exec 9>"$T/in"
	wait_for "$T/out" ready || show "$T/err" "$daemon_folder/log"
	find_keeper
	answers=1
}

# What happens in a stage, as a command.
write_command() {
	case $how in
	all)	does="$meddle all $daemon_pid $keeper" ;;
	halt)	does="kill -STOP $(part "$role")" ;;
	*)	does="$meddle $how $program_pid" ;;
	esac
	printf '#!/bin/sh\nexec %s >>%s\n' "$does" "$T/meddled" >"$T/does"
	chmod 755 "$T/does"
}

# What a call was answered with is its last; of a killed one there is none.
has_answered_or_died() {
	has_answered "$1" || has_ended "$program_pid"
}
ask() {
	has_ended "$program_pid" && return
	rm -rf "$T/roots/new" "$T/roots/new.old"
	[ "$thing" != rename ] || : >"$T/roots/new.old"
	$meddle raise "$program_pid" >"$T/raised" || show "$T/raised"
	answers=$((answers + 1))
	before=$(grep -c 'not delivered' "$daemon_folder/log")
	echo "$thing $T/roots/new" >&9
	until_true 20 has_answered_or_died "$answers"
	answer=$(sed -n "${answers}p" "$T/out")
}

is_there() {
	case $thing in
	file)	[ -f "$T/roots/new" ] && [ ! -s "$T/roots/new" ] ;;
	folder)	[ -d "$T/roots/new" ] ;;
	rename)	[ -f "$T/roots/new" ] && [ ! -e "$T/roots/new.old" ] ;;
	socket)	[ -S "$T/roots/new" ] ;;
	esac
}
is_not_there() {
	[ ! -e "$T/roots/new" ] && { [ "$thing" != rename ] ||
	    [ -f "$T/roots/new.old" ]; }
}
is_told() {
	[ "$(grep -c 'not delivered' "$daemon_folder/log")" -gt "$before" ]
}

# What came of the call, and of its effect: of these no other.
outcome() {
	unknown=
	if is_there; then
		[ "$thing" != file ] || [ "$answer" = made ] || given ||
		    until_true 5 is_told || unknown=" and nobody knows"
		echo "${answer:-dead}, made$unknown"
	elif is_not_there; then
		echo "${answer:-dead}, not made"
	else
		echo "${answer:-dead}, half made"
	fi
}
# Was the judge at its answer by then? Whom it asks has answered before.
given() {
	answered="end sendmsg"
	[ "$role" != judge ] || answered="end send"
	[ "$place" = over ] || [ "$place" = "$answered" ] ||
	    grep -qx "$answered" "$places"
}
descriptors_of() {
	find "/proc/$1/fd" -type l 2>/dev/null | wc -l
}

finish_making() {
	exec 9>&-
	# It would wait for ever where nobody answers.
	until_true 20 has_ended $front || kill -KILL $front
	wait $front
	status=$?
	forget $front
	until_true 10 has_ended "$keeper"
	gone=$?
}

# walk WHAT ROLE HOW: in each stage of a call in that role; outcomes are in
# $T/outcomes, how sessions ended in $T/ends. (The end of one system call and the
# entry of the next are one stage unless ATTACK_STRIDE is 1.)
walk() {
	thing=$1 role=$2 how=$3
	: >"$places"
	: >"$T/outcomes"
	: >"$T/ends"
	: >"$T/meddled"
	begin_again "$thing"
	n=1
	while [ $n -le $STAGES_MAX ]; do
		in_stage $n "$T/does" || break
		outcome >>"$T/outcomes"
		[ "$place" != over ] || break
		# Not again and again, if nobody answers at all.
		[ -n "$answer" ] || has_ended "$program_pid" || break
		echo "$place" >>"$places"
		if has_ended "$program_pid"; then
			finish_making
			echo "$status $gone" >>"$T/ends"
			begin_again "$thing"
		fi
		n=$((n + STRIDE))
	done
	left=$(descriptors_of "$(part hand)")
	finish_making
	same "$thing, $role, $how: after $((n - 1)) stages it ends by itself" \
	    "over 0 0" "$place $status $gone"
	echo "# $(sort "$T/outcomes" | uniq -c | tr -s '\n ' ' ')"
}
begin_again() {
	begin_making
	# Each of its processes is there once it was used.
	for thing in folder socket "$1"; do
		ask
	done
	until_true 10 part scribe >"$T/scribe"
	write_command
	had=$(descriptors_of "$(part hand)")
}
