#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 37: a program of a session takes its terminal, process group and
# signals to confuse its user's shell. Each call gives what it gives without
# privd, or is refused; the shell gets no input that nobody typed, and no signal
# that it would not get without; and nobody of the session is left.
# shellcheck disable=SC2119,SC2317	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

need_daemon
need_programs pgrep
make_user
chmod 755 "$T"
marked "$BUILD/tests/attack/terminal"
terminal=$program
cat >"$daemon_policies/terminal" <<END
Policy: $terminal, Emulation: native
	Default: permit
	native-open: filename eq "$daemon_folder/none" then permit as root
	native-kill: pidname eq "/nowhere" then deny
END
cp "$daemon_policies/terminal" "$T/policy"
# shellcheck disable=SC2016
printf '#!/bin/sh\nexec "$@" "$SHELL_PID" %s\n' $$ >"$daemon_folder/with"
chmod 755 "$daemon_folder/with"
daemon_start

# watched NAME COMMAND ...: as the user's shell would start it
watched() {
	name=$1
	shift
	: >"$T/$name"
	chown "$user" "$T/$name"
	timeout 30 "$helpers/pty" setpriv --reuid "$user" --regid "$user_gid" \
	    --init-groups --inh-caps=-all -- "$terminal" watch "$T/$name" \
	    "$daemon_folder/with" "$@" "$terminal" take "$T/$name" \
	    >"$T/screen" 2>&1 </dev/null
	grep -q '^typed' "$T/$name" || show "$T/screen"
}

# What neither has given without privd nor is refused.
beyond() {
	awk 'NR == FNR { native[$1] = $2; next }
	    /^(signal-|typed )/ { if ($2 > native[$1] + 0) print; next }
	    $2 != native[$1] && $2 != "EPERM"' "$T/native" "$1"
}

nobody_is_left() {
	[ -z "$(daemon_children)" ] && ! pgrep -u "$user" >/dev/null
}

# no_more NAME: than without
no_more() {
	check "$1: it came to its end" grep -q '^ended' "$T/$1"
	same "$1: no more than without privd" "" "$(beyond "$T/$1")"
	same "$1: groups of the shell are what they are without" "" \
	    "$(beyond "$T/$1" | grep -E '^(foreground|join|move|steal|hang)-')"
	same "$1: signals reach whom they reach without" "" "$(beyond "$T/$1" |
	    grep -E '^(signal-|own-group|shell|parent|everybody|stranger|first)')"
	same "$1: the console's selection is refused" 3 \
	    "$(lines "$T/$1" '^console-[sp].* EPERM')"
	same "$1: with high bits they are none either" 2 \
	    "$(lines "$T/$1" '^[a-z]*-[a-z]*-high EPERM')"
	same "$1: nothing is typed" "typed 0" "$(grep '^typed' "$T/$1")"
	check "$1: nobody is left" until_true 10 nobody_is_left
}

watched native
check "without privd input can be forged" test \
    "$(sed -n 's/^typed //p' "$T/native")" -gt 0
check "and the shell is signalled" grep -q '^signal-USR1' "$T/native"
same "by all that can be tried" 29 "$(lines "$T/native" .)"
watched daemon "$daemon_run" -s "$daemon_socket"
no_more daemon
watched own "$daemon_run" -U -f "$T/policy"
no_more own
: >"$T/root"
chown "$user" "$T/root"
timeout 30 "$helpers/pty" "$terminal" watch "$T/root" "$daemon_folder/with" \
    "$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user" "$terminal" \
    take "$T/root" >"$T/screen" 2>&1 </dev/null
no_more root
done_testing
