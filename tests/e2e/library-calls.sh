#!/bin/sh
# SPDX-License-Identifier: ISC
# A program that is written for privd: the example of libprivd(3), built as
# pkg-config says. An ordinary user's session gives it what its policy names;
# run otherwise, by root as well, it is told that it is in no session, and has
# opened nothing. Its descriptors are not its children's.
# shellcheck disable=SC2317,SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/halt.sh
. tests/lib/halt.sh

own_netns "$0" "$@"
need_programs cc pkg-config
nm -D "$BUILD/libprivd.so" | grep -q 'U __[au].*san' &&
    skip_all "the library is built with a sanitizer"
need_daemon
make_user
given=$daemon_folder/given
key=$daemon_folder/key

# example NAME: of the manual, with places of the test's own
example() {
	awk -v name="$1" '
	$1 == ".\\\"" && $2 == "example:" { found = $4 == name }
	/^\.Ed/ { found = inside = 0 }
	inside { gsub(/\\e/, "\\"); print }
	/^\.Bd/ { inside = found }' man/libprivd.3 |
	    sed -e "s,/etc/given.key,$key,g" -e "s,/usr/local/bin/given,$given,g"
}

PKG_CONFIG_PATH=$BUILD/instance/lib/pkgconfig
export PKG_CONFIG_PATH
flags=$(pkg-config --cflags --libs privd)
# The loader looks nowhere else for a guarded program.
rpath=-Wl,-rpath,$(pkg-config --variable=libdir privd)
# build FILE: beside its source
build() {
	# shellcheck disable=SC2086 # a list of words
	cc -Wall -Wextra -Werror -o "$daemon_folder/${1%.c}" "$T/$1" $flags \
	    "$rpath"
}

echo secret >"$key"
chmod 600 "$key"
example given.c >"$T/given.c"
check "the example is built" build given.c
example given.policy >"$daemon_policies/given"
daemon_start
privctl() {
	"$BUILD/instance/bin/privctl" -s "$daemon_socket" "$@"
}
reload() {
	privctl reload
}
# A policy that elevates nothing.
cat >"$T/plain.policy" <<END
Policy: $given, Emulation: native
	Default: permit
	native-execve: deny log
END

told="given: the key: Transport endpoint is not connected"
same "its errors are those of the manual" "$told" \
    "$(example given.run | sed -n '$p')"
by_daemon "$user" -f "$T/plain.policy" "$given" >"$T/out" 2>&1
like "without mark it runs without elevation" 'privctl mark' "$(cat "$T/out")"
same "and knows" "$told" "$(grep '^given:' "$T/out")"
setcap cap_block_suspend=i "$given"
same "marked and in a session: it is given all" \
    "$(example given.run | grep ': given$')" "$(by_daemon "$user" "$given" 2>&1)"
# plainly NAME COMMAND ...
plainly() {
	what=$1
	shift
	same "$what: nothing" "$told" "$("$@" 2>&1)"
}
plainly "run plainly" as_user "$user" "$given"
plainly "by root, who could open it" "$given"
plainly "with the guard alone" setpriv --reuid "$user" --regid "$user_gid" \
    --clear-groups --inh-caps -all,+block_suspend "$given"
# Who has all capabilities and a filter, as a service of root's may.
plainly "by root under a filter" "$privrun" -f "$T/plain.policy" "$given"
plainly "in the user's own session" as_user "$user" "$privrun" \
    -f "$T/plain.policy" "$given"

# --- a session that root starts for somebody
root_gives() {
	"$privrun" -f "$daemon_policies/given" -c "$user" "$given" 2>&1
}
same "by root for the user: it is given all" \
    "$(example given.run | grep ': given$')" "$(root_gives)"

# --- what else there is to them
cat >"$T/more.c" <<'END'
#include <sys/socket.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <privd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
handle(int sig)
{
	(void)sig;
	(void)!write(STDOUT_FILENO, "signal\n", 7);
}

static void
tell(const char *what, int fd)
{
	printf("%s: %s\n", what, fd == -1 ? strerror(errno) : "given");
	fflush(stdout);
}

static int
is_private(int fd)
{
	return fd != -1 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

/* When told to, the same file twice; what becomes of the calls. */
static void
call_twice(const char *path, const char *fifo)
{
	int told = open(fifo, O_RDONLY);
	struct sigaction sa;
	char byte;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = handle;
	sigaction(SIGUSR1, &sa, NULL);
	if (read(told, &byte, 1) == 1)
		tell("plainly", open(path, O_RDONLY));
	if (read(told, &byte, 1) == 1)
		tell("again", privd_open(path, O_RDONLY, 0));
	(void)!read(told, &byte, 1);
}

int
main(int argc, char *argv[])
{
	int guarded = privd_guarded();
	int fd = privd_open(argv[1], O_RDONLY, 0);
	int sock = privd_socket(AF_PACKET, SOCK_DGRAM, 0);
	int status = 0;

	printf("guarded: %d, private: %d %d\n", guarded, is_private(fd),
	    is_private(sock));
	fflush(stdout);
	if (fork() == 0)
		_exit(privd_guarded());
	wait(&status);
	printf("its child: %d\n", WEXITSTATUS(status));
	fflush(stdout);
	if (argc > 2)
		call_twice(argv[1], argv[2]);
	return 0;
}
END
check "another program is built" build more.c
setcap cap_block_suspend=i "$daemon_folder/more"
cat >"$daemon_policies/more" <<END
Policy: $daemon_folder/more, Emulation: native
	Default: permit
	native-fsread: filename eq "$key" then permit as root
	native-socket: sockdom eq "AF_PACKET" then permit with cap_net_raw
END
check "its policy is in force" reload
by_daemon "$user" "$daemon_folder/more" "$key" >"$T/out" 2>&1
same "descriptors are its own; its forks are guarded as well" \
    "guarded: 1, private: 1 1
its child: 1" "$(cat "$T/out")"

# A signal comes while nobody has received the call.
mkfifo -m 644 "$T/in"
in_background "$user" "$T/out" "$daemon_folder/more" "$key" "$T/in"
exec 9>"$T/in"
wait_for "$T/out" 'its child'
keeper=$(daemon_children)
# the number of the call that it is in
call_of() {
	cut -d ' ' -f 1 "/proc/$started/syscall"
}
is_in() {
	[ "$(call_of)" = "$1" ]
}
is_calling() {
	! is_in running && ! is_in "$reading"
}
has_handled() {
	[ "$(lines "$T/out" signal)" -eq "$1" ]
}
# interrupt N: its next call, by the Nth signal
interrupt() {
	until_true 10 is_in "$reading" || return 1
	# shellcheck disable=SC2046 # a list
	set -- "$1" "$keeper" $(children_of "$keeper")
	n=$1
	shift
	halt "$@" && echo >&9 &&
	    until_true 10 is_calling && kill -USR1 "$started" &&
	    until_true 10 has_handled "$n"
	result=$?
	resume
	return "$result"
}
reading=$(privctl calls | awk -F '\t' '$1 == "read" { print $2 }')
check "a call that was not received is interrupted" interrupt 1
check "which says so" wait_for "$T/out" '^plainly: Interrupted'
check "so is one of ours" interrupt 2
check "which is made again" wait_for "$T/out" '^again: given'
exec 9>&-
wait "$started"
forget "$started"

# A policy that denies all but what it names, and does not name prctl.
cat >"$daemon_policies/more" <<END
Policy: $daemon_folder/more, Emulation: native
	Include: "dynamic"
	Include: "stdio"
	Include: "process"
	native-fsread: filename match "$BUILD/instance/lib" then permit
	native-fsread: filename eq "$key" then permit as root
	native-socket: sockdom eq "AF_PACKET" then permit with cap_net_raw
END
check "a strict policy is in force" reload
by_daemon "$user" "$daemon_folder/more" "$key" >"$T/out" 2>&1
same "there as well" "guarded: 1, private: 1 1
its child: 1" "$(cat "$T/out")"

# --- elevation ends at an exec: what a marked child calls for it gets as the
# user, which for a file of root's is nothing.
cat >"$T/starts.c" <<'END'
#include <stdio.h>
#include <unistd.h>
int
main(int argc, char *argv[])
{
	(void)argc;
	execv(argv[1], argv + 1);
	perror("execv");
	return 1;
}
END
check "one that executes is built" build starts.c
setcap cap_block_suspend=i "$daemon_folder/starts"
starts=$daemon_folder/starts
cat >"$daemon_policies/starts" <<END
Policy: $starts, Emulation: native
	Default: permit
	native-acct: permit as root
END
check "with its policy" reload
by_daemon "$user" "$starts" "$given" >"$T/out" 2>&1
same "a marked program that it executes is given nothing" \
    "given: the key: Permission denied" "$(grep '^given:' "$T/out")"
done_testing
