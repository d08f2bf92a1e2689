#!/bin/sh
# SPDX-License-Identifier: ISC
# The line of the log, to the letter; what a program can put into it; what is
# logged and what is not.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv setcap
make_user
trusted_folder
cp "$helpers/confined" "$trusted/confined"
setcap cap_block_suspend=i "$trusted/confined" ||
    skip_all "file capabilities cannot be set here"
echo text >"$T/text"
echo text >"$T/secret"
chmod 600 "$T/secret"
cat >"$T/policy" <<EOF
Policy: */confined, Emulation: native
	Default: permit
	native-socket: sockdom eq "AF_PACKET" then permit log with cap_net_raw
	native-open: filename eq "$T/secret" then permit log as root
	native-fsread: filename eq "$T/text" then permit log
	native-fswrite: filename match "$T/*" then deny[eacces] log
	native-fsread: filename match "$T/names/*" then permit log
	native-fsread: filename eq "$T/silent" then deny[enoent]
	native-fsread: filename sub "<non-existent filename>" then deny[enoent]
EOF
rules=7

# The launcher's parent, privrun, stays: its pid is the ppid.
"$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" "$trusted/confined" \
    p "r:$T/secret" "r:$T/text" "s:$T/text" "w:$T/text" "r:$T/silent" \
    "c:$T/made" = >"$T/out" 2>"$T/err" <"$T/text" &
pid=$!
remember $pid
wait $pid
same "exit status" 0 $?
forget $pid
show "$T/err"
program=$(sed -n 's/.* pid: \([0-9]*\)(.*/\1/p' "$T/log" | head -n 1)

head="user: $user, prog: $trusted/confined, pid: $program(0)[$pid], \
policy: $trusted/confined, filters: $rules, syscall:"
case $(uname -m) in
x86_64)
	socket=41 ; open=257 ; stat=262 ;;
*)	socket=198 ; open=56 ; stat=79 ;;
esac
cat >"$T/expected" <<EOF
privrun: permit $head native-socket($socket), sockdom: AF_PACKET, socktype: SOCK_RAW, sockproto: 0, with: cap_net_raw, line: 3
privrun: permit $head native-open($open), filename: $T/secret, oflags: ro, as: 0, line: 4
privrun: permit $head native-fsread($open), filename: $T/text, oflags: ro, line: 5
privrun: permit $head native-fsread($stat), filename: $T/text, line: 5
privrun: deny $head native-fswrite($open), filename: $T/text, oflags: wo, line: 6
privrun: deny $head native-fswrite($open), filename: /<non-existent filename>: $T/made, oflags: rwc, mode: 644, line: 6
EOF
same_files "the lines" "$T/expected" "$T/log"

# Names that would forge lines or write on a terminal.
mkdir "$T/names"
newline=$(printf '%s/names/a\nprivrun: permit user: root, prog: x' "$T")
escape=$(printf '%s/names/\033[31mred\033]0;title\007' "$T")
carriage=$(printf '%s/names/one\rtwo\ttab' "$T")
high=$(printf '%s/names/\201\377\303\244' "$T")
back="$T/names/back\\slash\"quote"
long=$T/names/$(printf '%0250d' 0)
comma=$(printf '%s/names/a, as: 0\254 line: 1' "$T")
for name in "$newline" "$escape" "$carriage" "$high" "$back" "$long" \
    "$comma"; do
	: >"$name"
	: >"$T/log"
	"$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" \
	    "$trusted/confined" "r:$name" >"$T/out" 2>&1 </dev/null
	check "it was opened" grep -q ': ok$' "$T/out"
	same "one line" "1 1" "$(wc -l <"$T/log" | tr -d ' ') $(lines "$T/log" \
	    '^privrun: permit user: .*, line: [0-9]*$')"
	same "of nothing but printing characters" 0 \
	    "$(tr -d '\n -~' <"$T/log" | wc -c | tr -d ' ')"
	mv "$T/log" "$T/log.last"
	case $name in
	"$newline")
		like "newline" 'names/a\\nprivrun: permit' \
		    "$(cat "$T/log.last")" ;;
	"$escape")
		like "escape" 'names/\\^\[\[31mred\\^\[\]0;title\\a' \
		    "$(cat "$T/log.last")" ;;
	"$carriage")
		like "carriage return, tab" 'names/one\\rtwo\\ttab' \
		    "$(cat "$T/log.last")" ;;
	"$back")
		like "backslash" 'names/back\\\\\\\\slash' \
		    "$(sed 's/\\/\\\\/g' "$T/log.last")" ;;
	"$comma")
		like "comma" 'names/a\\054 as: 0\\254 line: 1, oflags' \
		    "$(cat "$T/log.last")" ;;
	esac
done

# A program's own name is as little to be trusted.
odd=$(printf '%s/odd\nname' "$trusted")
cp "$helpers/confined" "$odd"
cat >"$T/odd" <<EOF
Policy: "$trusted/odd\\nname", Emulation: native
	Default: permit
	native-fsread: filename eq "$T/text" then permit log
EOF
: >"$T/log"
"$privrun" -f "$T/odd" -a -E "$T/log" -c "$user" "$odd" "r:$T/text" \
    >"$T/out" 2>&1 </dev/null
show "$T/out"
same "a program's name with a newline: one line" 1 "$(wc -l <"$T/log" |
    tr -d ' ')"

# -e: to standard error, the same line.
"$privrun" -f "$T/policy" -a -e -c "$user" "$trusted/confined" "r:$T/text" \
    >"$T/out" 2>"$T/err" </dev/null
like "-e: the same" "^privrun: permit user: $user, prog: $trusted/confined, \
pid: [0-9]*(0)\[[0-9]*\], policy: $trusted/confined, filters: $rules, syscall: \
native-fsread($open), filename: $T/text, oflags: ro, line: 5\$" \
    "$(cat "$T/err")"
same "-e: nothing else" 1 "$(wc -l <"$T/err" | tr -d ' ')"

# A child of the program has its own pid, and the parent's.
: >"$T/log"
"$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" "$trusted/confined" \
    "r:$T/text" f "r:$T/text" >"$T/out" 2>&1 </dev/null
parent=$(sed -n '1s/.* pid: \([0-9]*\)(.*/\1/p' "$T/log")
like "a child's pid, and its parent's" \
    "pid: [0-9]*(0)\[$parent\], policy" "$(sed -n 2p "$T/log")"

# syslog, by a /dev/log of the test's own, in a mount namespace.
cat >"$T/in-namespace" <<'EOF'
sink=$1
file=$2
shift 2
mount --make-rprivate / && mount -t tmpfs -o mode=0755 e2e /mnt &&
    cp -a /dev/null /dev/zero /dev/random /dev/urandom /dev/tty /mnt/ &&
    ln -s /proc/self/fd /mnt/fd && mount --move /mnt /dev || exit 77
"$sink" /dev/log "$file" &
n=0
while [ ! -S /dev/log ] && [ $n -lt 100 ]; do
	n=$((n + 1))
	sleep 0.05
done
"$@" </dev/null
wait
EOF
: >"$T/syslog"
unshare -m sh "$T/in-namespace" "$helpers/logsink" "$T/syslog" \
    "$privrun" -f "$T/policy" -a -c "$user" "$trusted/confined" \
    "r:$T/text" >"$T/out" 2>&1
if [ $? -eq 77 ]; then
	skip 2 "no mount namespaces here"
else
	like "without -e and -E: syslog, authpriv.warning, by its name" \
	    "^<84>.*confined: permit user: $user, prog: .*, line: 5" \
	    "$(cat "$T/syslog")"
	same "and nothing on standard error" 0 "$(lines "$T/out" 'permit user')"
	show "$T/out"
fi
done_testing
