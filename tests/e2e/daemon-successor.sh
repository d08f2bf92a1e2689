#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The monitor dies, or executes itself anew: sessions go on, whoever comes next
# counts them, gives nobody their ids, and is rid of them when they end. What
# their register says that cannot be loses no session and gives nothing.
# shellcheck disable=SC2317,SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

need_daemon
make_user
one=$user one_id=$user_uid
make_user
two=$user
chmod 755 "$T"
register=$BUILD/instance/run/privd/sessions
# A file of its own, which can be replaced.
cp "$daemon" "$daemon_folder/privd"
daemon=$daemon_folder/privd
echo secret >"$daemon_folder/secret"
chmod 600 "$daemon_folder/secret"
marked "$helpers/steps"
cat >"$daemon_policies/steps" <<EOF
Policy: $program, Emulation: native
	Default: permit
	native-open: filename eq "$daemon_folder/secret" then permit as root times 3
EOF
limits="max-sessions-per-user 2"
daemon_start "$limits"

# session NAME USER: $started is its program; it listens to $T/NAME.in
session() {
	mkfifo "$T/$1.in"
	chmod 666 "$T/$1.in"
	setpriv --reuid "$2" --regid "$(id -g "$2")" --init-groups \
	    --inh-caps=-all -- "$daemon_run" -s "$daemon_socket" \
	    "$program" >"$T/$1" 2>"$T/$1.err" <"$T/$1.in" &
	started=$!
	remember $started
}

# step DESCRIPTION EXPECTED NAME DESCRIPTOR WHAT ...
step() {
	what=$1 expected=$2 name=$3 to=$4
	shift 4
	before=$(grep -c . "$T/$name")
	echo "$*" >&"$to"
	until_true 20 has_more "$T/$name" "$before"
	same "$what" "$expected" "$(tail -n 1 "$T/$name")"
}

has_more() {
	[ "$(grep -c . "$1")" -gt "$2" ]
}

# What one more of a user's is told.
asks() {
	by_daemon "$1" "$program" </dev/null 2>&1 | tail -n 1
}

# registered PROGRAM: the first id of its session
registered() {
	grep -l -s ": $one_id $1 " "$register"/* | sed 's,.*/,,'
}

is_unregistered() {
	[ -z "$(registered "$1")" ]
}

monitor_dies() {
	kill -KILL "$daemon_pid"
	wait "$daemon_pid" 2>/dev/null
	forget "$daemon_pid"
	rm -f "$daemon_socket"
}

is_halted() {
	[ "$(status_of "$keeper" State | cut -c 1)" = T ]
}

session first "$one"
first=$started
exec 7>"$T/first.in"
check "a session" wait_for "$T/first" ready
step "elevated" ok first 7 read "$daemon_folder/secret"
ids=$(registered "$first")
check "it is in the register" test -n "$ids"
same "which is root's alone" "0 700" "$(stat -c '%u %a' "$register")"

# --- the monitor dies

keeper=$(daemon_children)
monitor_dies
step "without a monitor it goes on" ok first 7 read "$daemon_folder/secret"
# Who is no child of the next monitor's is not seen by it when he is stopped.
same "its keeper is root's: no user stops it" "0 0 0 0" \
    "$(status_of "$keeper" Uid | tr '\t' ' ')"
as_user "$one" kill -STOP "$keeper" 2>"$T/kill"
refute "who tries cannot" is_halted
kill -STOP "$keeper"
check "root stops it" until_true 10 is_halted
daemon_start "$limits"
check "another monitor finds it" wait_for "$daemon_folder/log" \
    '1 sessions go on'
refute "and has its keeper go on" is_halted
like "and tells of it" "$program" \
    "$("$BUILD/instance/bin/privctl" -s "$daemon_socket" sessions 2>&1)"
session second "$one"
second=$started
exec 8>"$T/second.in"
check "a second session" wait_for "$T/second" ready
refute "has other ids" test "$(registered "$second")" = "$ids"
like "a third is one too many of the user" \
    'too many sessions of this user' "$(asks "$one")"
same "not of another" ready "$(asks "$two")"
step "the first goes on, and counts" ok first 7 read "$daemon_folder/secret"
step "what was spent" EACCES first 7 read "$daemon_folder/secret"

# --- an upgrade

upgraded() {
	[ "$(grep -c 'ready at' "$daemon_folder/log")" -gt "$1" ]
}

upgrade() {
	before=$(grep -c 'ready at' "$daemon_folder/log")
	cp "$daemon" "$daemon.new"
	mv "$daemon.new" "$daemon"
	kill -USR2 "$daemon_pid"
	until_true 10 upgraded "$before"
}

runs_file() {
	[ "$(stat -L -c %i "/proc/$daemon_pid/exe")" = \
	    "$(stat -c %i "$daemon")" ]
}

socket=$(stat -c %i "$daemon_socket")
check "it runs its file" runs_file
check "an upgrade" upgrade
check "the same process runs another file" runs_file
same "listening at the same socket" "$socket" "$(stat -c %i "$daemon_socket")"
check "with both sessions" wait_for "$daemon_folder/log" '2 sessions go on'
like "which count" 'too many sessions of this user' "$(asks "$one")"
step "and go on" ok second 8 read "$daemon_folder/secret"
refute "nothing of it shows in an environment" grep -q -s PRIVD_LISTENER \
    "/proc/$second/environ"

# What does not run, or has errors, is not executed.
mv "$daemon" "$daemon.good"
printf '#!/bin/sh\nexit 1\n' >"$daemon"
chmod 755 "$daemon"
kill -USR2 "$daemon_pid"
check "a file that does not run: no upgrade" wait_for "$daemon_folder/log" \
    'no upgrade'
mv "$daemon.good" "$daemon"
check "and nothing is changed" runs_file
daemon_configure "$limits" "nonsense"
kill -USR2 "$daemon_pid"
check "an error in the configuration: no upgrade" until_true 10 \
    sh -c "[ \$(grep -c 'no upgrade' '$daemon_folder/log') -eq 2 ]"
daemon_configure "$limits"
like "sessions count as before" 'too many sessions of this user' \
    "$(asks "$one")"

# --- they end, and are forgotten

echo end >&8
wait "$second"
same "one ends by itself" 0 $?
forget "$second"
check "and its ids are free" until_true 10 is_unregistered "$second"
is_ready() {
	[ "$(asks "$1")" = ready ]
}
check "there is room for another" until_true 10 is_ready "$one"

# --- what the register says

monitor_dies
printf 'privd session 1: 0 1 x\n' >"$register/1879048192"
printf 'x' >"$register/nonsense"
ln -s /etc/passwd "$register/1879048208"
printf 'privd session 9: what' >"$T/other"
dd if="$T/other" of="$register/$ids" conv=notrunc 2>"$T/dd"
daemon_start "max-sessions 1" "max-sessions-per-user 1"
check "a session whose file says nothing is one" wait_for \
    "$daemon_folder/log" '1 sessions go on'
like "it counts" 'too many sessions' "$(asks "$two")"
check "files of nobody are gone" test ! -e "$register/1879048192" -a \
    ! -e "$register/nonsense"
check "and nothing else is" test -s /etc/passwd
rm -f "$register/1879048208"
echo end >&7
wait "$first"
same "the first session ends by itself" 0 $?
forget "$first"
check "and makes room" until_true 10 is_ready "$two"
daemon_stop
chmod 755 "$register"
timeout 10 "$daemon" -d -f "$daemon_folder/privd.conf" >"$T/log" 2>&1 </dev/null
same "a register that others can read: no start" 1 $?
chmod 700 "$register"
done_testing
