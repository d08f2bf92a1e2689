#!/bin/sh
# SPDX-License-Identifier: ISC
# Attacks 20 and 42: a user who speaks the daemon's protocol himself: messages
# that are wrong in one thing each, a hello as it should be from who is not
# privrun, a listener of his own, a hello by who then becomes privrun, many
# connections. Nothing is launched on such words, and the daemon lives.
# shellcheck disable=SC2317,SC2012	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/secret.sh
. tests/lib/secret.sh

attacker speak
speak=$attacker
daemon_start "max-connections-per-second 200" "max-sessions-per-user 20"

speaks() {
	as_user "$user" timeout 60 "$speak" "$daemon_socket" "$@"
}
no_child() {
	[ -z "$(daemon_children)" ]
}
same "privrun's words are heard" secret \
    "$(by_daemon "$user" "$program" "$secret")"
until_true 10 no_child
before=$(ls "/proc/$daemon_pid/fd" | wc -l)
# Which files its first three are.
standard() {
	for fd in 0 1 2; do
		stat -L -c '%d %i %t %T' "/proc/$daemon_pid/fd/$fd"
		readlink "/proc/$daemon_pid/fd/$fd"
		sed -n '/^flags/p' "/proc/$daemon_pid/fdinfo/$fd"
	done
}
standard >"$T/standard"
for what in magic version type ready-first short long left-over empty \
    half-header huge-string flags big no-descriptor two-descriptors truncated; do
	same "$what: not answered" closed "$(speaks $what "$program" 2>&1)"
done
same "a good hello of another: nothing is elevated" "outcome 1" \
    "$(speaks plan "$program")"
same "nor for a listener of its own" "outcome 1
then -1" "$(speaks listener "$program")"
for what in socket fifo folder folder-path link-path device process; do
	same "no program but a $what: not answered" "outcome -1" \
	    "$(speaks kind=$what "$program")"
done
for what in memory memory-named other; do
	same "another file, by $what: refused" "outcome 2" \
	    "$(speaks kind=$what "$program")"
done

# Who says hello and becomes privrun has one session at most, and not by that
# word: the second hello of the same process is refused. privd hears the first
# one when its sender is privrun already.
is_launcher() {
	for one in "$1" $(children_of "$1"); do
		[ "$(readlink "/proc/$one/exe")" != "$daemon_run" ] || return 0
	done
	return 1
}
kill -STOP "$daemon_pid"
as_user "$user" "$speak" "$daemon_socket" exec "$program" "$daemon_run" \
    -s "$daemon_socket" "$program" "$secret" >"$T/out" 2>&1 &
remember $!
check "a hello: its sender becomes privrun" until_true 20 is_launcher $!
kill -CONT "$daemon_pid"
check "it ends" until_true 60 has_ended $!
refute "a hello before privrun's own gives nothing" \
    grep -q '^secret' "$T/out"
like "it is said why" "it has a session, or asks for one" "$(cat "$T/out")"

# Another user's process, whose listener has come to an attacker: he offers it,
# as himself, and as the launcher, which is stopped before it says a word.
good=$user
make_user
other=$user_uid
user=$good
cp "$BUILD/tests/attack/filtered" "$daemon_folder"
# foreign WHAT: what its call is, and privd's answers
foreign() {
	timeout 60 "$daemon_folder/filtered" "$other" 30 \
	    "$(command -v setpriv)" --reuid "$user" --regid "$(id -g "$user")" \
	    --init-groups --inh-caps=-all -- "$(command -v env)" "$speak" \
	    "$daemon_socket" "$1=30" "$program" "$daemon_run" \
	    -s "$daemon_socket" "$program" "$secret" >"$T/out" 2>&1
	until_true 10 grep -q '^its call' "$T/out"
	grep -e '^its call' -e '^outcome' -e '^then' "$T/out" | sort
}
same "another's listener: not asked for" "its call: ENOSYS
outcome 1
then -1" "$(foreign number)"
# Sometimes it has spoken for itself before it is stopped: then once more.
is_spoken_for() {
	(foreign puppet) >"$T/foreign"
	grep -q '^outcome' "$T/foreign"
}
until_true 20 is_spoken_for
same "another's listener in privrun: not listened to" "its call: ENOSYS
outcome 0
then -1" "$(cat "$T/foreign")"
until_true 10 no_child
like "and it is said why" "no session: " \
    "$(cat "$daemon_folder/log")"

# Ten thousand are too many; who comes afterwards is served.
many=${ATTACK_CONNECTIONS:-10000}
served() {
	[ "$(by_daemon "$user" "$program" "$secret" 2>/dev/null)" \
	    = secret ]
}
like "$many connections say something wrong" "said $many" \
    "$(as_user "$user" timeout 300 "$speak" "$daemon_socket" "many=$many" \
    "$program" 2>"$T/err")"
check "after $many of them the next is served" until_true 20 served
refute "the daemon lives" has_ended "$daemon_pid"
check "and keeps nothing of them" until_true 20 no_child
same "nor a descriptor" "$before" "$(ls "/proc/$daemon_pid/fd" | wc -l)"
same "its own 0 to 2 are what they were" "$(cat "$T/standard")" "$(standard)"

# Who is refused anyway takes no room from others.
daemon_stop
good=$user
make_user
daemon_start "max-sessions 2" "max-connections-per-second 200" \
    "deny-group $user"
mkfifo "$T/stop"
as_user "$user" timeout 60 "$speak" "$daemon_socket" hold 100 \
    <"$T/stop" >"$T/held" 2>&1 &
holder=$!
remember $holder
exec 9>"$T/stop"
check "a hundred connections are held" until_true 10 grep -q held "$T/held"
user=$good
check "and somebody else is served meanwhile" served
exec 9>&-
wait $holder

# Nor who has made himself many users, in a namespace of his own.
crowd() {
	cat >"$T/crowd" <<'EOF'
echo $$ >"$1/ns"
until [ -e "$1/mapped" ]; do sleep 0.1; done
n=0
while [ $n -lt 8 ]; do
	n=$((n + 1))
	setpriv --reuid $n --clear-groups "$2" "$3" hold 1 <"$1/stop" \
	    >"$1/crowd.$n" 2>&1 &
done
wait
EOF
	as_user "$user" timeout 60 unshare -U sh "$T/crowd" "$T" "$speak" \
	    "$daemon_socket" >"$T/crowd.out" 2>&1 &
	holder=$!
	remember $holder
	until_true 10 test -s "$T/ns"
	# As newuidmap(1) does for whoever is in subuid(5).
	printf '0 %d 1\n1 3000000000 100\n' "$(id -u "$user")" \
	    >"/proc/$(cat "$T/ns")/uid_map" &&
	    printf '0 %d 1\n' "$(id -g "$user")" \
	    >"/proc/$(cat "$T/ns")/gid_map" && : >"$T/mapped"
}
all_held() {
	[ "$(cat "$T"/crowd.[1-8] | grep -c held)" -eq 8 ]
}
daemon_stop
make_user
daemon_start "max-sessions 4"
chmod 777 "$T"
if unshare -U true 2>/dev/null && crowd; then
	exec 9>"$T/stop"
	check "eight users of one's own making hold connections" \
	    until_true 10 all_held
	user=$good
	check "and somebody else is served meanwhile" served
	exec 9>&-
	wait $holder
else
	skip 2 "no namespaces of users here"
fi

# Nor a judge in somebody's hands, which has an id that nobody else has.
daemon_stop
daemon_start "max-sessions 4" "uid-range 3100000000 3100100000"
rm -f "$T"/crowd.*
holders=
for n in 1 2 3 4 5 6 7 8; do
	: >"$T/crowd.$n"
	setpriv --reuid $((3100000000 + 100 * n)) --regid $((3100000000 + n)) \
	    --clear-groups timeout 60 "$speak" "$daemon_socket" hold 1 \
	    <"$T/stop" >"$T/crowd.$n" 2>&1 &
	holders="$holders $!"
	remember $!
done
exec 9>"$T/stop"
check "eight judges hold connections" until_true 10 all_held
user=$good
check "and users are served meanwhile" served
exec 9>&-
# shellcheck disable=SC2086 # a list of numbers
wait $holders
done_testing
