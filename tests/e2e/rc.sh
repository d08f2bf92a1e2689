#!/bin/sh
# SPDX-License-Identifier: ISC
#
# rc/: what starts privd. Service files and scripts are looked through by the
# tools there are; the daemon serves sessions under what the service file
# forbids; and scripts for rc.subr and openrc-run say what these expect.
# (tests/e2e/install.sh runs that for sysvinit.)
# shellcheck disable=SC2317,SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

own_netns "$0" "$@"
need_programs tcpdump
need_daemon
make_user
make -s BUILD="$BUILD" DESTDIR="$T/root" INIT=systemd UPGRADES=none install \
    >"$T/out" 2>&1 || show "$T/out"
units=$T/root/usr/lib/systemd/system

# rc_text NAME: one of rc/, with places in it
rc_text() {
	sed -e "s,@SBINDIR@,$BUILD/instance/sbin," \
	    -e "s,@BINDIR@,$BUILD/instance/bin," -e "s,@RUNDIR@,$T," \
	    -e "s,@SYSCONFDIR@,$T," -e "s,@STATEDIR@,$T," "rc/$1.in"
}
for name in sysv bsd openrc hooks/apk; do
	rc_text "privd.$name" >"$T/${name##*/}" 2>/dev/null ||
	    rc_text "$name" >"$T/${name##*/}"
	check "$name: a script" sh -n "$T/${name##*/}"
	if command -v shellcheck >/dev/null; then
		check "$name: shellcheck" shellcheck -s sh "$T/${name##*/}"
	else
		skip 1 "no shellcheck"
	fi
done

if command -v systemd-analyze >/dev/null; then
	cp "$units"/privd.* "$T"
	sed -i -e "s,^ExecStart=/usr/sbin/privd,ExecStart=$daemon," \
	    -e "s,^ExecReload=/usr/bin/,ExecReload=${daemon_run%/*}/," \
	    "$T/privd.service"
	systemd-analyze verify --man=no "$T/privd.service" "$T/privd.socket" \
	    >"$T/out" 2>&1
	same "systemd finds nothing wrong" "0 " "$? $(grep privd "$T/out")"
	systemd-analyze security --offline=true "$T/privd.service" \
	    >"$T/out" 2>/dev/null
	like "its figure" 'exposure level.*: [0-7][.]' "$(cat "$T/out")"
else
	skip 2 "no systemd-analyze"
fi
same "no namespaces of its own" "" "$(grep -E \
    '^(Private|Protect|ReadOnly|ReadWrite|Inaccessible|Bind|Root|Temporary)' \
    "$units/privd.service")"

# What the service file forbids; groups of calls are systemd's to name.
forbidden() {
	sed -n 's/^SystemCallFilter=~//p' "$units/privd.service" |
	    tr ' ' '\n' | while read -r name; do
		case $name in
		@*)	systemd-analyze syscall-filter "$name" 2>/dev/null |
			    sed -n 's/^    \([a-z_0-9]*\)$/\1/p' ;;
		*)	echo "$name" ;;
		esac
	done
}
bounds=$(sed -n 's/^CapabilityBoundingSet=~//p' "$units/privd.service" |
    tr ' ' '\n' | sed 's/^CAP_/-/' | tr 'A-Z\n' 'a-z,' | sed 's/,$//')
like "calls are forbidden" '^ptrace$' "$(forbidden)"
echo 'a secret' >"$daemon_folder/secret"
chmod 600 "$daemon_folder/secret"
marked cat
cat=$program
marked tcpdump
cat >"$daemon_policies/two" <<END
Policy: $cat, Emulation: native
	Default: permit
	native-open: filename eq "$daemon_folder/secret" then permit as root
Policy: $program, Emulation: native
	Default: permit
	native-socket: sockdom eq "AF_PACKET" then permit with net_raw filter "port 53"
END
daemon_configure
# shellcheck disable=SC2046 # a list of words
setpriv --bounding-set "$bounds" -- "$helpers/hardened" $(forbidden) -- \
    "$daemon" -F -f "$daemon_folder/privd.conf" >"$T/log" 2>&1 </dev/null &
daemon_pid=$!
remember $daemon_pid
check "privd starts under all that" until_true 10 test -S "$daemon_socket"
same "under a filter" 2 "$(status_of $daemon_pid Seccomp)"
same "a session that opens as root" "a secret" \
    "$(by_daemon "$user" "$cat" "$daemon_folder/secret" 2>&1)"
in_background "$user" "$T/dns" "$program" -i lo -n -c 2 --immediate-mode
check "one that listens to the network" wait_for "$T/dns.err" 'listening on'
"$helpers/dns-send" www.example 5 20
wait $started
same "and hears it" 2 "$(lines "$T/dns" '\.53: ')"
daemon_stop

# What rc.subr and openrc-run are told.
cat >"$T/rc.subr" <<'END'
load_rc_config() {
	:
}
run_rc_command() {
	case $1 in
	start)	$start_precmd && $start_cmd ;;
	*)	echo "$name $command $pidfile" ;;
	esac
}
END
sed -i "s,/etc/rc.subr,$T/rc.subr," "$T/bsd"
same "rc.subr: the same places" "privd $daemon $T/privd.pid" \
    "$(sh "$T/bsd" status)"
# run_bsd FLAGS: as it would be started with these
run_bsd() {
	privd_flags=$1 sh "$T/bsd" start >"$T/out" 2>&1
}
refute "rc.subr: a configuration that is wrong is not started" \
    run_bsd "-f $T/none.conf"
check "rc.subr: one that is right is" run_bsd "-f $daemon_folder/privd.conf"
daemon_pid=$(cat "$T/privd.pid")
remember "$daemon_pid"
check "and listens" until_true 10 test -S "$daemon_socket"
same "under the number that is written down" "$daemon" \
    "$(readlink "/proc/$daemon_pid/exe")"
kill -TERM "$daemon_pid"
check "and ends" until_true 10 has_ended "$daemon_pid"
forget "$daemon_pid"
cat >"$T/openrc-run" <<END
privd_args="-f $daemon_folder/privd.conf"
. "$T/openrc"
checkpath() {
	for folder; do :; done
	[ "\$folder" = "$T/privd" ]
}
eerror() {
	echo "\$@"
}
start_pre && echo "\$command \$command_args \$pidfile"
END
same "openrc-run: looks first, and the same places" \
    "$daemon -F -f $daemon_folder/privd.conf $T/privd.pid" \
    "$(sh "$T/openrc-run" 2>&1)"
echo nonsense >>"$daemon_folder/privd.conf"
like "and does not start what is wrong" 'has errors' \
    "$(sh "$T/openrc-run" 2>&1)"
done_testing
