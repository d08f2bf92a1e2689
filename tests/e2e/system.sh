#!/bin/sh
# SPDX-License-Identifier: ISC
# The machine's names, clock, log and end: refused to a user, performed where
# a rule says so and nowhere else, with what was judged.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv setcap hostname
own_spaces "$0" "$@"
make_user
trusted_folder
cp "$helpers/machine" "$trusted/machine"
setcap cap_block_suspend=i "$trusted/machine" ||
    skip_all "file capabilities cannot be set here"
hostname before
program=$trusted/machine

policy() {
	{
		echo "Policy: */machine, Emulation: native"
		echo "	Default: permit"
		cat
	} >"$T/policy"
}

# run STEP ...: in root's session for the user
run() {
	"$privrun" -f "$T/policy" -a -E "$T/log" -c "$user_uid:$user_gid" \
	    "$program" "$@" 2>"$T/err" </dev/null || show "$T/err" "$T/log"
}

lines_of() {
	printf '%s\n' "$@"
}

steps="h:x n:y t z c a A r l:9 l:6"
# shellcheck disable=SC2086
native=$(as_user "$user" "$program" $steps)
same "natively a user may only ask" "$(lines_of h:x:EPERM n:y:EPERM t:EPERM \
    z:EPERM c:EPERM a:EPERM A:10000 r:EPERM l:9:EPERM l:6:EPERM)" \
    "$(echo "$native" | sed 's/: /:/')"
policy </dev/null
# shellcheck disable=SC2086
same "nor in a session" "$native" "$(run $steps)"
policy <<'END'
	native-sethostname: permit log
	native-clock_settime: permit log
	native-adjtimex: permit log
	native-settimeofday: permit log
	native-syslog: permit log
	native-reboot: permit log
END
# shellcheck disable=SC2086
same "nor where each is judged" "$native" "$(run $steps)"
same "root's program may" "$(lines_of h:judged:0 c:0 a:10000 l:9:0)" \
    "$("$privrun" -f "$T/policy" -a -E "$T/log" "$program" h:judged c a l:9 |
    sed 's/: /:/; s/l:9:.*/l:9:0/')"
same "and the host has the name" judged "$(hostname)"

policy <<'END'
	native-sethostname: string eq "one" then permit log as root
	native-sethostname: string eq "two" then permit with sys_admin
	native-sethostname: string eq "" then permit as root
	native-setdomainname: permit with sys_admin
	native-settimeofday: permit with sys_time
	native-clock_settime: permit as root
	native-adjtimex: permit with sys_time
	native-clock_adjtime: permit with sys_time
	native-reboot: args[2] eq "0x0" then permit with sys_boot
	native-syslog: args[0] neq "0x6" then permit with syslog
END
same "a name that a rule gives" "h:one: 0" "$(run h:one)"
same "is the host's" one "$(hostname)"
same "by capability too" "h:two: 0" "$(run h:two)"
same "is the host's" two "$(hostname)"
same "others are not given" "h:three: EPERM" "$(run h:three)"
same "and not taken" two "$(hostname)"
same "nor what only begins so" "h:onetwo: EPERM" "$(run h:onetwo)"
same "lengths and pointers as natively" \
    "$("$program" H)" "$(run H)"
same "the domain" "n:example: 0" "$(run n:example)"
same "is there" example "$(cat /proc/sys/kernel/domainname)"
same "the clock" "$(lines_of 't: 0' 'z: 0' 'c: 0' 'a: 10000' 'A: 10000')" \
    "$(run t z c a A)"
same "errors are the kernel's" "$("$program" b)" "$(run b)"
same "a descriptor is no clock of the hand's" "$(as_user "$user" "$program" \
    d)" "$(run d)"
# A process space that is not the first has no such keys, which only those
# learn that may ask.
same "reboot" "r: EINVAL" "$(run r)"
same "the log" "l:9: $("$program" l:9 | sed 's/.* //')" "$(run l:9)"
# The kernel may say something between the two.
# shellcheck disable=SC2317	# until_true calls it
same_log() {
	[ "$("$program" L)" = "$(run L)" ]
}
check "what is in it" until_true 10 same_log
same "what its rule leaves out" "l:6: EPERM" "$(run l:6)"
same "what would wait" "l:2: EPERM" "$(timeout 10 "$privrun" -f "$T/policy" \
    -a -E "$T/log" -c "$user_uid:$user_gid" "$program" l:2)"
like "what is logged" "sethostname([0-9]*), string: one, as: 0," \
    "$(cat "$T/log")"

# A name of one's own is not the host's.
policy <<'END'
	native-sethostname: string eq "one" then permit as root
	native-unshare: args[0] eq "0x4000000" then permit
END
same "not in a name space of one's own" "$(lines_of 'u: 0' 'h:one: EPERM')" \
    "$("$privrun" -f "$T/policy" -a -E "$T/log" "$program" u h:one)"
same "the host's stays" two "$(hostname)"
like "that is written down" "namespaces of its own: sethostname" \
    "$(cat "$T/log")"
done_testing
