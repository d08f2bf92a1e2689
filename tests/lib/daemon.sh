# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
# A daemon of the test's own, beside any other. After tests/lib/e2e.sh:
#	daemon_start [LINE ...]	with these lines in its configuration; policies
#				are in $daemon_policies, of root's
#	daemon_stop
#	marked PROGRAM		a copy of it that carries the mark: $program
#	elevated PROGRAM	the same, with a policy that lets it read $secret
#	no_more_than FILE COMMAND	see there
#	by_daemon, in_background USER ...	as the user's login would run it
daemon=$(readlink -f "$BUILD/instance/sbin/privd")	# as /proc names it
daemon_run=$(readlink -f "$BUILD/instance/bin/privrun")
daemon_folder=
daemon_pid=

# Users reach it, and nobody else than root can write on the way.
need_daemon() {
	need_root
	need_programs setpriv setcap getcap
	getcap "$daemon_run" | grep -q cap_block_suspend ||
	    skip_all "privrun could not be given the guard here"
	[ -n "$trusted" ] || trusted_folder
	daemon_folder=$trusted
	daemon_policies=$daemon_folder/policies
	daemon_socket=$daemon_folder/run/privd.sock
	mkdir "$daemon_policies"
}

daemon_configure() {
	{
		echo "policies \"$daemon_policies\""
		echo "templates \"$PWD/policies/templates\""
		echo "socket \"$daemon_socket\""
		printf '%s\n' "$@"
	} >"$daemon_folder/privd.conf"
}

daemon_start() {
	daemon_configure "$@"
	"$daemon" -d -f "$daemon_folder/privd.conf" \
	    >"$daemon_folder/log" 2>&1 </dev/null &
	daemon_pid=$!
	remember $daemon_pid
	until_true 10 test -S "$daemon_socket"
}

daemon_stop() {
	kill -TERM "$daemon_pid"
	wait "$daemon_pid" 2>/dev/null
	forget "$daemon_pid"
	daemon_pid=
}

# A new configuration; true when the daemon has said what came of it.
daemon_reload() {
	before=$(grep -c 'in force' "$daemon_folder/log")
	kill -HUP "$daemon_pid"
	until_true 10 sh -c "[ \$(grep -c 'in force' '$daemon_folder/log') \
	    -gt $before ]"
}

# The daemon's child of root's ids that is locked in: its logger.
daemon_logger() {
	for child in $(children_of "$daemon_pid"); do
		awk '$1 == "Uid:" { root = $2 == 0 }
		    $1 == "Seccomp:" { locked = $2 == 2 }
		    END { exit !(root && locked) }' "/proc/$child/status" \
		    2>/dev/null && echo "$child"
	done
}

# Its processes but that one, which it always has.
daemon_children() {
	logger=$(daemon_logger)
	for child in $(children_of "$daemon_pid"); do
		[ "$child" = "$logger" ] || echo "$child"
	done
}

# The monitor's descriptors, but the refusals of a few past sessions, which it
# keeps; and its memory, in kB.
daemon_descriptors() {
	find "/proc/$daemon_pid/fd" -type l ! -lname '*memfd:privd*' | wc -l
}
daemon_memory() {
	status_of "$daemon_pid" RssAnon | cut -d ' ' -f 1
}

# no_more_than FILE COMMAND: it prints "what: number"; none is more than in the
# file. What there is now is in $T/now.
no_more_than() {
	"$2" >"$T/now"
	awk 'NR == FNR { was[$1] = $2; next } $2 > was[$1] { more = 1 }
	    END { exit more }' "$1" "$T/now"
}

# elevated PROGRAM: marked, and elevated to read $secret, which is root's
elevated() {
	marked "$1"
	secret=$daemon_folder/secret
	echo secret >"$secret"
	chmod 600 "$secret"
	cat >"$daemon_policies/${program##*/}" <<-EOF
	Policy: $program, Emulation: native
		Default: permit
		native-open: filename eq "$secret" then permit as root
	EOF
}

marked() {
	program=$daemon_folder/${1##*/}
	cp "$(command -v "$1")" "$program"
	chmod 755 "$program"
	setcap cap_block_suspend=i "$program"
}

# setpriv has its capabilities until it executes something, and a user has none:
# what privrun gains is asked for by what it did not have before.
by_daemon() {
	peer=$1
	shift
	as_user "$peer" env "$daemon_run" -s "$daemon_socket" "$@"
}

# in_background USER FILE [OPTION ...] COMMAND ...: $started is the process that
# becomes the program; it writes to FILE and FILE.err.
in_background() {
	peer=$1 output=$2
	shift 2
	# Nobody reads there what another one has written.
	: >"$output"
	: >"$output.err"
	setpriv --reuid "$peer" --regid "$(id -g "$peer")" --init-groups \
	    --inh-caps=-all -- env "$daemon_run" -s "$daemon_socket" "$@" \
	    >"$output" 2>"$output.err" </dev/null &
	started=$!
	remember $started
}
