#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 44: a guarded program dies of a signal that dumps its memory, after its
# user has tried to raise its limit: into a file where the user can read it,
# through a pipe (whose program keeps what limits permit, as systemd-coredump
# does), and with suid_dumpable set. No byte of it reaches the user.
#
# The settings are the machine's: one test at a time, and they are put back.
# shellcheck disable=SC2119,SC2317	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
if [ "${ATTACK_CORES-}" != 1 ]; then
	command -v flock >/dev/null || { echo "1..0 # SKIP no flock"; exit 0; }
	ATTACK_CORES=1 exec flock -o /proc/sys/kernel/core_pattern sh "$0"
fi
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

[ "${ATTACK_MACHINE-}" != no ] ||
    skip_all "it changes the machine's core_pattern for a while: selftest -m"
need_daemon
need_programs prlimit
make_user
chmod 755 "$T"
pattern=$(cat /proc/sys/kernel/core_pattern)
dumpable=$(cat /proc/sys/fs/suid_dumpable)
put_back() {
	printf '%s\n' "$pattern" >/proc/sys/kernel/core_pattern
	echo "$dumpable" >/proc/sys/fs/suid_dumpable
}
trap 'put_back; clean_up' EXIT
trap 'put_back; clean_up; exit 1' INT TERM HUP PIPE

marked sh
guarded=$program
secret=$daemon_folder/secret
word=xyzzy$$
echo "$word" >"$secret"
chmod 600 "$secret"
cp "$guarded" "$daemon_folder/closed"
chmod 711 "$daemon_folder/closed"
setcap cap_block_suspend=i "$daemon_folder/closed"
for name in "$guarded" "$daemon_folder/closed"; do
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n' "$name"
	printf '\tnative-open: filename eq "%s" then permit as root\n' \
	    "$secret"
done >"$daemon_policies/all"
cp "$daemon_policies/all" "$T/policy"

# What has the word in its memory, tries to raise its own limit, and waits.
cat >"$T/holds" <<'END'
read -r line <"$1"
ulimit -c unlimited 2>/dev/null && echo raised
echo ready
read -r more
END
mkfifo "$T/in"
chmod 666 "$T/in"
cores=$T/cores
mkdir "$cores"
chown "$user" "$cores"
kept=$T/kept
cat >"$daemon_folder/keeps" <<END
#!/bin/sh
# PID LIMIT MODE
echo "\$1 \$2 \$3" >>"$kept"
[ "\$2" -eq 0 ] || cat >"$cores/pipe.\$1"
END
chmod 755 "$daemon_folder/keeps"
daemon_start

# by_user: of whom no limit keeps a core; $started is the program
by_user() {
	: >"$T/out"
	prlimit --core=unlimited setpriv --reuid "$user" --regid "$user_gid" \
	    --init-groups --inh-caps=-all -- "$@" \
	    >"$T/out" 2>&1 <"$T/in" &
	started=$!
	remember $started
	exec 9>"$T/in"
	wait_for "$T/out" ready || show "$T/out"
}

# Its memory is dumped, if it can be: $1 is the program, whoever started it.
dies() {
	as_user "$user" prlimit --pid "$1" --core=unlimited >"$T/prlimit" 2>&1
	raised=$?
	as_user "$user" sh -c "echo 0xff >/proc/$1/coredump_filter" 2>/dev/null
	as_user "$user" kill -SEGV "$1"
	wait "$started"
	forget "$started"
	exec 9>&-
}

# held DESCRIPTION: of which nothing is kept
held() {
	refute "$1: its limit is not raised" test $raised -eq 0
	refute "$1: nor by itself" grep -q raised "$T/out"
	same "$1: no core" "" "$(ls -A "$cores")"
	refute "$1: no byte of it" grep -q -r -a "$word" "$cores"
	find "$cores" -type f -delete
}

settings() {
	printf '%s\n' "$1" >/proc/sys/kernel/core_pattern
	echo "$2" >/proc/sys/fs/suid_dumpable
}

# Who has no guard: what it is that must not be had.
plain() {
	cp "$secret" "$user_home/word"
	chown "$user" "$user_home/word"
	by_user "$(command -v sh)" "$T/holds" "$user_home/word"
	dies "$started"
	until_true 10 grep -q -r -a "$word" "$cores"
	ok $? "$1: of an unguarded program it is had"
	find "$cores" -type f -delete
}

# guarded DESCRIPTION PROGRAM: by the daemon
guarded() {
	by_user "$daemon_run" -s "$daemon_socket" "$2" "$T/holds" "$secret"
	dies "$started"
	held "$1"
}

settings "$cores/core.%p" 0
plain "a file"
guarded "a file" "$guarded"
settings "$cores/core.%p" 1
guarded "a file, suid_dumpable" "$guarded"
guarded "a file, suid_dumpable, of mode 0711" "$daemon_folder/closed"
"$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user" "$guarded" \
    "$T/holds" "$secret" >"$T/out" 2>&1 <"$T/in" &
started=$!
remember $started
exec 9>"$T/in"
wait_for "$T/out" ready || show "$T/out"
dies "$(program_of $started)"
held "a file, suid_dumpable, root's embedded session"

told() {
	grep -q "^$1 " "$kept" 2>/dev/null
}
settings "|$daemon_folder/keeps %P %c %d" 1
plain "a pipe"
guarded "a pipe" "$guarded"
check "which the kernel calls whatever the limit is" until_true 10 \
    told "$started"
same "is told the limit" "$started 0" \
    "$(grep "^$started " "$kept" | cut -d ' ' -f 1,2)"
held "a pipe, afterwards"
settings "|$daemon_folder/keeps %P %c %d" 0
guarded "a pipe, of mode 0711" "$daemon_folder/closed"
last=$started
# By then it would have been called.
plain "a pipe, again"
refute "of mode 0711: not even the pipe is given anything" told "$last"
put_back
same "the settings are as they were" "$pattern $dumpable" \
    "$(cat /proc/sys/kernel/core_pattern) $(cat /proc/sys/fs/suid_dumpable)"
daemon_stop
done_testing
