#!/bin/sh
# SPDX-License-Identifier: ISC
# Under a shell with job control, on a terminal: ^C, ^Z and fg, bg, the size of
# the terminal and its change, and its foreground group are for the program,
# as without privrun.
# shellcheck disable=SC2317	# until_true and check call functions
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv stty
make_user
cat >"$T/policy" <<'EOF'
Policy: */dash, Emulation: native
	Default: permit
	native-execve: permit[inherit]
	native-fsread: filename eq "/nothing" then permit log

Policy: */bash, Emulation: native
	Default: permit
	native-execve: permit[inherit]

Policy: */cat, Emulation: native
	Default: permit
	native-fsread: filename eq "/nothing" then permit log

Policy: */stty, Emulation: native
	Default: permit
EOF

# start_shell FOLDER COMMAND ...: the shell runs by that command
start_shell() {
	out=$1
	shift
	mkfifo "$out/keys"
	"$helpers/pty" -s 24x80 "$@" env PS1='ready> ' ENV= \
	    sh -i -m <"$out/keys" >"$out/screen" 2>&1 &
	pid=$!
	remember $pid
	exec 9>"$out/keys"
	until_true 10 is_ready 0
	size=0
	keys 'stty -echo\n'
}

screen_size() {
	wc -c <"$out/screen"
}

# The shell asks for a command, and has written since.
is_ready() {
	[ "$(screen_size)" -gt "$1" ] &&
	    [ "$(tail -c 7 "$out/screen")" = 'ready> ' ]
}

keys() {
	size=$(screen_size)
	printf '%b' "$1" >&9
}

# At the shell's next prompt.
enter() {
	if ! until_true 10 is_ready "$size"; then
		echo "# no prompt before: $1"
		show "$out/screen"
	fi
	keys "$1\n"
}

is_shown() {
	[ "$(tr -d '\r' <"$out/screen" |
	    grep -c -- "^\(ready> \)*$1\$")" -ge "${2:-1}" ]
}

# see DESCRIPTION LINE [TIMES]
see() {
	if until_true 15 is_shown "$2" "${3:-1}"; then
		ok 0 "$1"
	else
		ok 1 "$1"
		show "$out/screen"
	fi
}

on_screen() {
	grep -q -s -- "$1" "$out/screen"
}

try_all() {
	who=$1
	run="$privrun -f $T/policy -a -E $out/log $2"

	enter "$run cat"
	keys 'hello\n'
	see "$who: reads the terminal" hello
	keys '\003'
	enter 'echo "interrupted $?"'
	see "$who: ^C ends the program" 'interrupted 130'

	enter "$run sh -c 'trap \"echo caught\" INT; echo waiting; \
until read x; do :; done; echo over \$x'"
	see "$who: waits" waiting
	keys '\003'
	see "$who: ^C is the program's to catch" '.*caught'
	keys 'a\n'
	see "$who: which goes on" 'over a'
	enter 'echo "then $?"'
	see "$who: and ends as it likes" 'then 0'

	enter "$run cat"
	keys 'before\n'
	see "$who: reads again" before
	keys '\032'
	enter 'echo "stopped $?"'
	see "$who: ^Z stops it: 128 and the signal" 'stopped 148'
	check "$who: the shell knows" on_screen 'Stopped'
	enter 'fg'
	keys 'again\n'
	see "$who: fg goes on" again
	keys '\004'
	enter 'echo "after $?"'
	see "$who: end of file ends it" 'after 0'

	enter "$run cat &"
	enter 'jobs -l; echo listed'
	see "$who: the shell answers" listed
	# the shell says so at its next prompt after it has happened
	until_true 10 says_stopped
	check "$who: in the background it may not read" says_stopped
	enter 'fg'
	keys 'to background\n'
	see "$who: in the foreground it may" 'to background'
	keys '\004'

	enter "$run sh -c 'stty size; trap \"stty size\" WINCH; \
echo sized; while ! read -r x; do :; done'"
	see "$who: the terminal's size" '24 80'
	see "$who: waits for another" sized
	keys '\033]31x97;'
	keys '\n'
	enter 'echo resized'
	see "$who: and ends" resized
	enter "$run stty size"
	see "$who: its change" '31 97'

	enter "$run sh -c 'test -t 0 && test -t 1 && test -t 2 && \
echo is a terminal >/dev/tty'"
	see "$who: /dev/tty is the terminal" 'is a terminal'
	enter "$run sh -c 'kill -STOP \$\$; echo continued'"
	enter 'echo "paused $?"'
	see "$who: SIGSTOP is mirrored" 'paused 147'
	enter 'fg'
	see "$who: SIGCONT as well" '.*continued'
	enter 'exit'
	exec 9>&-
	check "$who: the shell ends" until_true 10 has_ended $pid
	wait $pid
	forget $pid
}

says_stopped() {
	on_screen 'tty input\|SIGTTIN' && return
	keys '\n'
	return 1
}

mkdir "$T/root"
start_shell "$T/root" setpriv --no-new-privs
try_all root "-c $user"
mkdir "$T/user"
chown "$user" "$T/user"
start_shell "$T/user" setpriv --reuid "$user" --regid "$user_gid" \
    --clear-groups
try_all user ''
done_testing
