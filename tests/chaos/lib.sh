# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154,SC2119
# What chaos is made of: after tests/lib/daemon.sh, in spaces of its own. $place
# is the folder of tests/chaos/load.c, $load that program with its policy.
[ "$(uname -m)" = x86_64 ] || skip_all "x86_64 alone"
chaos=$BUILD/tests/chaos
privctl=$BUILD/instance/bin/privctl
# What is registered there is of no other instance.
mkdir -p "$BUILD/instance/run"
mount -t tmpfs -o mode=755 tmpfs "$BUILD/instance/run"
register=$BUILD/instance/run/privd/sessions
need_daemon
make_user
chmod 755 "$T"
place=$daemon_folder
marked "$chaos/load"
load=$program
mkdir -m 700 "$place/root" "$place/root/made"
mkdir -m 755 "$place/made" "$place/disk"
ln -s "$register" "$place/register"
for name in own denied root/secret root/other; do
	echo "${name##*/}" >"$place/$name"
	chmod 600 "$place/$name"
done
chown "$user:$user" "$place/own" "$place/denied" "$place/made"

# policy [LINE ...]: what is in force for it, and more
policy() {
	cat >"$place/policy" <<-END
	Policy: $load, Emulation: native
		Default: permit
		native-fsread: filename eq "$place/own" then permit log
		native-fsread: filename eq "$place/denied" then deny[exdev]
		native-open: filename eq "$place/root/secret" then permit as root
		native-open: filename match "$place/root/made/*" then permit as root
		native-bind: sockaddr eq "/nowhere" then deny
		native-connect: sockaddr eq "/nowhere" then deny
	END
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$place/policy"
	mv "$place/policy" "$daemon_policies/load"
}
policy

limits="max-connections-per-second 100000
max-connections-per-second-in-all 100000"

# --- calls that fail: tests/chaos/fault.c

# faults_of WHAT OPTION ...
faults_of() {
	what=$1
	shift
	daemon_configure "$limits"
	"$chaos/fault" "$@" "$place" "$daemon" "$daemon_run" "$privctl" \
	    "$load" "$user_uid" >"$T/faults" 2>&1
	ok $? "$what: nothing came of it"
	show "$T/faults"
}

# --- torments: each for some seconds, while three programs work

torments="kill stop keepers programs points any reload monitor clock disk"
strike=0

# Of seconds: a session's, two of which it works; and of what it does in a
# torment at least, sessions that began and calls that were made.
most=60
least_sessions=3 least_calls=20

# In milliseconds: a torment of one second that is told by whole ones may be over
# before it has begun.
moment() {
	date +%s%3N
}

# A session that ends begins again.
work() {
	until=$(($(moment) + $2 * 1000))
	while [ "$(moment)" -lt "$until" ]; do
		echo session
		begun=$(date +%s)
		timeout -s KILL $most setpriv --reuid "$user" --regid "$user_gid" \
		    --init-groups --inh-caps=-all -- "$daemon_run" -s \
		    "$daemon_socket" "$load" "$place" $(($2 < 2 ? $2 : 2))
		# timeout ends as what it has killed does: whether it was that or
		# a torment is told by the time
		status=$?
		took=$(($(date +%s) - begun))
		if [ $took -ge $most ]; then
			echo "violation: a session has not ended in $most s"
		elif [ $status -eq 137 ] && [ ! -s "$T/torn" ]; then
			echo "violation: a session was killed"
		fi
	done >"$T/work.$1" 2>"$T/work.$1.err" </dev/null
}

one_honest() {
	timeout 60 setpriv --reuid "$user" --regid "$user_gid" --init-groups \
	    --inh-caps=-all -- "$daemon_run" -s "$daemon_socket" "$load" \
	    "$place" 0 strictly >"$T/honest" 2>"$T/honest.err" </dev/null
}
is_honest() {
	one_honest && ! grep -q violation "$T/honest" &&
	    grep -q '^calls .* 0 failed' "$T/honest"
}

# Processes of privd's, whoever is their parent, but the daemon and its logger.
left_over() {
	logger=$(daemon_logger)
	for folder in /proc/[0-9]*; do
		pid=${folder#/proc/}
		case $(readlink "$folder/exe" 2>/dev/null) in
		"$daemon"*)
			[ "$pid" = "$daemon_pid" ] || [ "$pid" = "$logger" ] ||
			    echo "$pid" ;;
		esac
	done
}
state() {
	echo "descriptors: $(daemon_descriptors)"
	echo "processes: $(left_over | wc -l)"
	echo "programs: $(pgrep -c -u "$user")"
	echo "registered: $(find "$register" -type f | wc -l)"
}
is_as_before() {
	no_more_than "$T/before" state
}

# What programs said that they had made is there, and nothing else is.
look_at_made() {
	cat "$T"/work.[123] | while read -r what path; do
		case $what in
		made)	[ -e "$path" ] || echo "$path was made, and is not there" ;;
		not)	[ ! -e "$path" ] || echo "$path was not made, and is there" ;;
		esac
	done
	rm -rf "$place"/made/* "$place"/root/made/*
}

# "sessions calls failures": a session that was killed has not said how many
# calls it made, but which files.
worked() {
	awk 'function end() { calls += made; made = 0 }
	    /^session/ { end(); sessions++ }
	    /^(made|not) / { made++ }
	    /^calls/ { made = 0; calls += $2; failed += $3 }
	    END { end(); print sessions + 0, calls + 0, failed + 0 }' "$T"/work.[123]
}
has_worked() {
	[ "$1" -ge $least_sessions ] && [ "$2" -ge $least_calls ] &&
	    [ "$3" -lt "$2" ]
}

# at random: what tests/chaos/torment.c does
blows() {
	"$chaos/torment" "$((seed * 100 + strike))" "$@"
}

# at_stage PID N: killed in the Nth stage of what it does once it has received
# something, or somebody (tests/attack/at-stage.c), if it comes to that; true if it
# was.
at_stage() {
	timeout 2 "$BUILD/tests/attack/at-stage" "$@" >"$T/stage" 2>/dev/null
	grep -e '^entry' -e '^end' "$T/stage" >>"$T/points"
}

# Keepers as well as the parts of sessions.
points() {
	until=$(($(moment) + $1 * 1000))
	n=0
	while [ "$(moment)" -lt "$until" ]; do
		n=$((n + 1))
		for keeper in $(daemon_children); do
			parts="$(children_of "$keeper" 2>/dev/null)
$keeper"
			count=$(echo "$parts" | grep -c .)
			victim=$(echo "$parts" | grep . |
			    sed -n "$(((seed + n) % count + 1))p")
			at_stage "$victim" $(((seed * 7 + n * 13) % 90 + 1))
		done
	done
	echo "$n rounds: $(grep -c . "$T/points") killed"
}

# Policies that change, broken ones among them; never what is forbidden.
reloads() {
	until=$(($(moment) + $1 * 1000))
	n=0
	while [ "$(moment)" -lt "$until" ]; do
		n=$((n + 1))
		case $((n % 5)) in
		0)	policy "	native-fswrite: filename eq \"$place/own\" then deny" ;;
		1)	policy "	this is no rule" ;;
		2)	sed '/secret/d' "$daemon_policies/load" >"$place/less" &&
			    mv "$place/less" "$daemon_policies/load" ;;
		3)	rm -f "$daemon_policies/load" ;;
		4)	policy ;;
		esac
		kill -HUP "$daemon_pid"
		[ $((n % 7)) -ne 0 ] ||
		    "$privctl" -s "$daemon_socket" reload >/dev/null 2>&1
	done
	policy
	daemon_reload
	echo "$n reloads"
}

# As a service manager does, again and again. It is killed whatever it is at, and
# in a stage of what it does when somebody comes.
monitors() {
	until=$(($(moment) + $1 * 1000))
	n=0
	while [ "$(moment)" -lt "$until" ]; do
		n=$((n + 1))
		dies=false
		case $((n % 4)) in
		0)	kill -USR2 "$daemon_pid" ;;	# itself anew
		1)	kill -STOP "$daemon_pid"
			sleep 0.1	# a moment in which it does nothing
			kill -CONT "$daemon_pid" ;;
		2)	kill -KILL "$daemon_pid" && dies=true ;;
		3)	# of what it does when somebody comes
			"$privctl" -s "$daemon_socket" sessions >/dev/null 2>&1 &
			asks=$!
			at_stage "$daemon_pid" \
			    $(((seed * 7 + n * 5) % 16 + 1)) && dies=true
			wait $asks ;;
		esac
		if $dies; then
			wait "$daemon_pid" 2>/dev/null
			forget "$daemon_pid"
			daemon_start "$limits"
		fi
		sleep 0.2	# in which there are sessions
	done
	echo "$n times, $(grep -c . "$T/points") killed in stages"
}

# No room for the log, but for moments.
fill_disk() {
	until=$(($(moment) + $1 * 1000))
	n=0
	while [ "$(moment)" -lt "$until" ]; do
		n=$((n + 1))
		head -c 1000000 /dev/zero >"$place/disk/full" 2>/dev/null
		kill -USR1 "$daemon_pid"
		sleep 0.2	# in which it is full
		: >"$place/disk/full"
	done
	echo "$n times full"
}

# begin_daemon NAME
begin_daemon() {
	lines=$limits
	case $1 in
	disk)	mount -t tmpfs -o size=64k,mode=755 tmpfs "$place/disk"
		lines="$limits
log file \"$place/disk/log\"" ;;
	clock)	head -c 8 /dev/zero >"$place/offset"
		LD_PRELOAD=$chaos/clock.so CHAOS_CLOCK=$place/offset
		export LD_PRELOAD CHAOS_CLOCK ;;
	esac
	daemon_start "$lines"
	unset LD_PRELOAD CHAOS_CLOCK
	n=0
	while [ $n -lt 5 ]; do	# it has grown to what it is
		n=$((n + 1))
		one_honest
	done
	until_true 10 test -z "$(left_over)"
	state | sed 's/^\(p[a-z]*\|registered\): .*/\1: 0/' >"$T/before"
	before_kb=$(daemon_memory)
}

# torment NAME SECONDS
torment() {
	strike=$((strike + 1))
	rm -rf "$place"/made/* "$place"/root/made/*
	: >"$T/points"
	: >"$T/torn"
	begin_daemon "$1"
	workers=
	case $1 in
	programs|any|keepers|kill|points|monitor)
		echo "killed programs are no news" >"$T/torn" ;;
	esac
	for n in 1 2 3; do
		work $n "$2" &
		workers="$workers $!"
		remember $!
	done
	case $1 in
	kill)		blows "$2" "$daemon_pid" "$user_uid" kill parts ;;
	stop)		blows "$2" "$daemon_pid" "$user_uid" stop any ;;
	keepers)	blows "$2" "$daemon_pid" "$user_uid" any keepers ;;
	programs)	blows "$2" "$daemon_pid" "$user_uid" any programs ;;
	any)		blows "$2" "$daemon_pid" "$user_uid" any any ;;
	points)		points "$2" ;;
	reload)		reloads "$2" ;;
	monitor)	monitors "$2" ;;
	clock)		blows "$2" clock "$place/offset" ;;
	disk)		fill_disk "$2" ;;
	esac >"$T/blows"
	check "$1: there was some" test -s "$T/blows"
	for worker in $workers; do
		until_true 70 has_ended "$worker"
		ok $? "$1: the programs end"
		wait "$worker"
		forget "$worker"
	done
	# shellcheck disable=SC2046	# three words
	set -- "$1" "$2" $(worked)
	check "$1: there were $3 sessions with $4 calls" has_worked "$3" "$4" "$5"
	same "$1: nothing is allowed or reported that should not be" "" \
	    "$(grep -h violation "$T"/work.[123] | sort | uniq -c; look_at_made)"
	refute "$1: the monitor lives" has_ended "$daemon_pid"
	check "$1: who comes later is served" until_true 20 is_honest
	check "$1: nothing is left over" until_true 30 is_as_before
	is_as_before || show "$T/before" "$T/now"
	after_kb=$(daemon_memory)
	check "$1: the monitor's memory: $before_kb kB, $after_kb kB" \
	    test $((after_kb - before_kb)) -le 512
	echo "# $1: $(cat "$T/blows"); $3 sessions, $4 calls, $5 failed; seed $seed"
	daemon_stop
	mountpoint -q "$place/disk" && umount "$place/disk"
	return 0
}
