#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 45: what pagers, editors and interpreters of scripts execute for their
# user while they are elevated, by their own commands: it is not elevated, holds
# no descriptor of theirs, and has no guard. (tcpdump -z: 45-children.sh.)
# shellcheck source=tests/attack/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

install_tool try-open
is_said() {
	grep -q '^done' "$USERS/said" 2>/dev/null
}

# executed NAME PROGRAM COMMAND ...: PROGRAM, which is its $tool, by a command
# that lets it read the secret and execute the script
executed() {
	name=$1
	tool=$OWN/$1
	program=$(command -v "$2") || {
		skip "$2 is not installed" "$name: executes the script" \
		    "$name: the script holds none of its descriptors" \
		    "$name: the script is not elevated, nor reaches into it" \
		    "$name: the script has no guard"
		return
	}
	shift 2
	cp -L "$program" "$tool"
	setcap cap_block_suspend=i "$tool"
	cat >"$OWN/policy" <<-END
	Policy: $tool, Emulation: native
		Default: permit
		native-execve: permit[inherit]
		native-open: filename eq "$SECRET" then permit log as root
	END
	# There may be a shell between them.
	cat >"$OWN/script" <<-END
	#!/bin/sh
	exec >"$USERS/said" 2>&1
	sed -n 's/^CapPrm:	/guard /p' /proc/self/status
	for fd in /proc/self/fd/*; do
		readlink "\$fd"
	done
	up=\$PPID
	until [ "\$(cat "/proc/\$up/comm")" = "$name" ]; do
		up=\$(sed -n 's/^PPid:	//p' "/proc/\$up/status") || exit 1
	done
	"$OWN/try-open" "$SECRET" "w:/proc/\$up/mem"
	echo done
	END
	chmod 0755 "$OWN/script"
	rm -f "$USERS/said"
	: >"$LOG"
	"$@" >"$OWN/out" 2>&1
	wait_for 10 is_said
	is 0 $? "$name: executes the script"
	has "permit user: $ID, .*filename: $SECRET" "$LOG" \
	    "$name: and is elevated itself"
	lacks "$SECRET|socket:" "$USERS/said" \
	    "$name: the script holds none of its descriptors"
	is 2 "$(grep -c '^EACCES' "$USERS/said")" \
	    "$name: the script is not elevated, nor reaches into it"
	has '^guard 0+$' "$USERS/said" "$name: the script has no guard"
}
by_ed() {
	printf 'r %s\n!%s\nQ\n' "$SECRET" "$OWN/script" |
	    session "$OWN/policy" "$tool" -s
}
by_vi() {
	session "$OWN/policy" "$tool" -es -u NONE -c "r $SECRET" \
	    -c "!$OWN/script" -c 'qa!' </dev/null
}
# It reads its terminal, which is not fully functional: what is typed is its user's.
by_less() {
	rm -f "$OWN/typed"
	mkfifo "$OWN/typed"
	(TERM=dumb && export TERM && exec "$BUILD/tests/e2e/pty" "$PRIVRUN" -U -a \
	    -E "$LOG" -f "$OWN/policy" -c "$ID:$ID" "$tool" "$SECRET") \
	    <>"$OWN/typed" &
	front=$!
	started "$front"
	printf '\n!%s\n\nq' "$OWN/script" >"$OWN/typed"
	wait_for 10 is_said
	kill "$front" 2>/dev/null
	wait "$front"
}
by_awk() {
	session "$OWN/policy" "$tool" "BEGIN { getline line <\"$SECRET\"
	    system(\"$OWN/script\") }" </dev/null
}
executed ed ed by_ed
executed vi vim by_vi
executed less less by_less
# Scripts of nmap execute as those of any interpreter.
executed scripts awk by_awk
finish
