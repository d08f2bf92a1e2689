#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 17 where the user himself executes privrun: with variables that make
# loaders take libraries of his, thousands of them, none; without argv[0], with
# closed descriptors, small limits, ignored and blocked signals, odd masks, in a
# folder that is gone. No code of his is loaded into privrun, which gains the
# guard, nor into the program; and what cannot be started says so and is not
# elevated by half. (Root's embedded sessions: 17-environment.sh.)
# shellcheck disable=SC2317,SC2119,SC2154	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/secret.sh
. tests/lib/secret.sh
# shellcheck source=tests/lib/environment.sh
. tests/lib/environment.sh

cat_program=$program
start=$daemon_folder/starter
cp "$BUILD/tests/attack/start" "$start"
elevated "$BUILD/tests/attack/start"
daemon_start "max-connections-per-second 200"

# as_started HOW [OPTION ...]: privrun, started so
as_started() {
	how=$1
	shift
	as_user "$user" "$start" as "$how" "$daemon_run" -s "$daemon_socket" \
	    "$@" "$program" show "$secret"
}
is_elevated() {
	grep -q '^elevated opened' "$T/out"
}

# --- variables
bad=$user_home/evil
# shellcheck disable=SC2046
as_user "$user" env $(for name in $unsafe; do echo "$name=$bad"; done) \
    LC_TIME=kept "$daemon_run" -s "$daemon_socket" "$program" show "$secret" \
    >"$T/out" 2>&1
check "the program is elevated" is_elevated
refute "none of $(echo "$unsafe" | wc -w) unsafe variables" \
    grep -q "^env .*$bad" "$T/out"
for name in $unsafe; do
	refute "$name is not there" grep -q "^env $name=$bad" "$T/out"
done
check "what leads nowhere is kept" grep -q '^env LC_TIME=kept' "$T/out"
check "no core dumps, nor can they be had" grep -q '^core 0 0' "$T/out"
check "no new privileges" grep -q '^no_new_privs 1' "$T/out"
as_user "$user" env -i "$daemon_run" -s "$daemon_socket" "$program" show \
    "$secret" >"$T/out" 2>&1
check "no variables at all" is_elevated
as_started vars >"$T/out" 2>&1
check "10,000 variables" is_elevated
check "10,000 variables are all there" grep -q '^variables 100[0-9][0-9]' "$T/out"
refute "10,000 variables hide none" grep -q '^env SOMETHING_NEW' "$T/out"

# --- a library of the user's, which leaves a trace where it is loaded
trace=$user_home/trace
if command -v cc >/dev/null; then
	cat >"$T/trace.c" <<'END'
#include <fcntl.h>
#include <unistd.h>
unsigned int la_version(unsigned int version) { return version; }
static void __attribute__((constructor)) leave(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	int fd = open(TRACE, O_WRONLY | O_CREAT | O_APPEND, 0666);

	path[n] = '\n';
	if (write(fd, path, n + 1) == -1)
		_exit(9);
	close(fd);
}
END
	cc -shared -fPIC -DTRACE="\"$trace\"" -o "$user_home/evil.so" \
	    "$T/trace.c"
	chown "$user" "$user_home/evil.so"
	evil=$user_home/evil.so
	mkdir "$user_home/lib"
	# In the place of each library that they need.
	for name in $({
		ldd "$daemon_run"
		ldd "$program"
	} | sed -n 's/^[[:space:]]*\([^ ]*\) => .*/\1/p' | sort -u); do
		cp "$evil" "$user_home/lib/$name"
	done
	for setting in LD_PRELOAD="$evil" LD_AUDIT="$evil" \
	    LD_PRELOAD=evil.so\ LD_LIBRARY_PATH="$user_home" \
	    LD_LIBRARY_PATH="$user_home/lib" \
	    GLIBC_TUNABLES=glibc.rtld.enable_secure=0\ LD_PRELOAD="$evil"; do
		rm -f "$trace"
		# shellcheck disable=SC2086 # more than one
		as_user "$user" env $setting "$daemon_run" \
		    -s "$daemon_socket" "$program" show "$secret" \
		    >"$T/out" 2>&1
		check "${setting%%=*}: the program is elevated" is_elevated
		refute "${setting%%=*}: nothing of the user's is loaded" \
		    test -e "$trace"
	done
	for setting in LD_PRELOAD="$evil" LD_AUDIT="$evil"; do
		rm -f "$trace"
		as_user "$user" env "$setting" "$program" show "$secret" \
		    >"$T/out" 2>&1
		same "$setting: without privrun it is" "$program" \
		    "$(sort -u "$trace")"
	done
	# A privrun that gains nothing, for it is a copy.
	cp "$daemon_run" "$daemon_folder/copy"
	rm -f "$trace"
	as_user "$user" env LD_PRELOAD="$evil" "$daemon_folder/copy" \
	    -s "$daemon_socket" "$program" show "$secret" >"$T/out" 2>&1
	check "into a copy of privrun it is" grep -q copy "$trace"
	refute "and nothing is elevated" is_elevated
else
	skip 14 "no compiler"
fi

# --- arguments and descriptors
as_user "$user" "$start" as noargv "$daemon_run" >"$T/out" 2>&1
same "no argv[0]: usage" 2 $?
refute "and nothing is started" is_elevated
as_started closed
same "descriptors 0 to 2 closed" 0 $?
# What writes to them fails, as if they were closed, and to nothing else.
as_user "$user" "$start" as closed "$(command -v cat)" /dev/null /etc/passwd
plainly=$?
as_user "$user" "$start" as closed "$daemon_run" -s "$daemon_socket" \
    "$cat_program" "$secret"
same "one that writes ends as without a session" $plainly $?

# --- limits: it runs as it should, or does not, and then it is said
limited() {
	as_started "$1" >"$T/out" 2>"$T/err"
	status=$?
	if [ $status -eq 0 ]; then
		check "$1: it runs" \
		    grep -Eq '^elevated (opened|EMFILE)' "$T/out"
	else
		refute "$1: it does not run, $status" is_elevated
		check "$1: it was killed, or it is said" \
		    test $status -gt 128 -o -s "$T/err"
	fi
}
for n in $descriptor_limits; do
	limited "nofile=$n"
done
for n in 1000000 4000000 8000000 16000000 64000000; do
	limited "as=$n"
done
for n in 8192 65536 200000; do
	limited "stack=$n"
done
for n in cpu=1 memlock=0 nproc=0 core=0; do
	as_started $n >"$T/out" 2>&1
	check "$n: it runs" is_elevated
done
as_started fsize=0 2>&1 | cat >"$T/out"
check "no file may grow" is_elevated
: >"$T/log"
chown "$user" "$T/log"
as_started nproc=0 -E "$T/log" >"$T/out" 2>&1
refute "nobody can read the log: it does not run" is_elevated
check "and says why" grep -q '^privrun: the log: ' "$T/out"
as_started fsize=0 -E "$T/log" 2>&1 | cat >"$T/out"
check "no file may grow, nor the log: it runs" is_elevated
as_started nosigchld -E "$T/log" >"$T/out" 2>&1
check "SIGCHLD ignored, and the log read: it runs" is_elevated

# --- signals, masks, folders
as_started nosigchld,blocked >"$T/out" 2>&1
same "SIGCHLD ignored, all signals blocked: the status is the program's" 0 $?
check "and it is elevated" is_elevated
(umask 777 && as_started blocked) >"$T/out" 2>&1
check "umask 777 is the program's" grep -q '^umask 777' "$T/out"
check "and it is elevated" is_elevated
mkdir "$user_home/gone"
(cd "$user_home/gone" && rmdir "$user_home/gone" && as_started blocked) \
    >"$T/out" 2>&1
check "in a folder that is gone" grep -q '^cwd ENOENT' "$T/out"
check "it is elevated all the same" is_elevated

refute "the daemon lives" has_ended "$daemon_pid"
same "and serves the next" secret "$(by_daemon "$user" "$cat_program" "$secret")"
done_testing
