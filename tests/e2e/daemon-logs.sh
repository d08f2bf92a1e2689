#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The daemon's log: a file of JSON, the journal, syslog; who said what is the
# logger's word; a session waits for none of them, and what was dropped is
# counted; files are root's alone, and opened again when root says so.
# shellcheck disable=SC2317,SC2119,SC2016	# functions that others call; a shell's
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/halt.sh
. tests/lib/halt.sh

need_root
[ "${ATTACK_INSTALLED-}" != 1 ] ||
    skip_all "it would stand in for this machine's journal"
need_programs unshare mount
# A /dev of the test's own, for its syslog.
if [ "${LOGS_INSIDE-}" != 1 ]; then
	unshare -m true 2>/dev/null || skip_all "no mount namespaces here"
	clean_up
	LOGS_INSIDE=1 exec unshare -m sh "$0"
fi
own_dev() {
	mount --make-rprivate / && mount -t tmpfs -o mode=0755 e2e /mnt &&
	    cp -a /dev/null /dev/zero /dev/random /dev/urandom /dev/tty /mnt/ &&
	    ln -s /proc/self/fd /mnt/fd && mount --move /mnt /dev
}
own_dev || skip_all "no /dev of one's own here"
need_daemon
make_user
one=$user one_uid=$user_uid
make_user
two=$user
marked sh
names=$T/names
mkdir "$names"
chmod 777 "$names"
cat >"$daemon_policies/sh" <<EOF
Policy: $program, Emulation: native
	Default: permit
	native-fsread: filename match "$names/*" then deny[enoent] log
	native-acct: permit as root
EOF
folder=$daemon_folder/lines
mkdir "$folder"
file=$folder/privd
journal=$BUILD/instance/run/journal
privctl=$BUILD/instance/bin/privctl
mkdir -p "${journal%/*}"
rm -f "$journal"

# reads USER NAME: that file, denied and logged
reads() {
	by_daemon "$1" "$program" -c 'true 2>/dev/null <"$1"; :' sh "$2" \
	    >"$T/out" 2>&1
}

# says N FILE: so many lines of the file have an event
says() {
	[ -s "$2" ] && [ "$("$helpers/json" event <"$2" |
	    grep -c "\"$3\"")" -eq "$1" ]
}

# --- JSON

daemon_start "log file \"$file\"" "log-format json" \
    "max-lines-per-second 1000000"
reads "$one" "$names/plain"
check "a line of a call" until_true 10 says 1 "$file" call
same "its file is root's alone" "600 0 0" "$(stat -c '%a %u %g' "$file")"
"$helpers/json" uid event verdict user program call arguments.filename line \
    <"$file" >"$T/fields"
same "what it says" "$one_uid	\"call\"	\"deny\"	\"$one\"	\"$program\"	\
\"native-fsread\"	\"$names/plain\"	3" "$(grep '"call"' "$T/fields")"
same "its process is the session's first" "" \
    "$("$helpers/json" event pid process <"$file" |
	awk -F '\t' '$1 == "\"call\"" && $2 != $3')"
hostile=$(printf '%s/a","uid":0,"x":"\n{"uid":0}\033[31m' "$names")
reads "$two" "$hostile"
check "a hostile name" until_true 10 says 2 "$file" call
like "forges no field" "^$(id -u "$two")	\"$names/a" \
    "$("$helpers/json" uid arguments.filename <"$file")"
reads "$two" "$(printf '%s/\377' "$names")"
check "what is not UTF-8" until_true 10 says 3 "$file" call
like "is an array of bytes" ',47,255\]$' \
    "$("$helpers/json" arguments.filename <"$file")"
same "in ASCII all of it" 0 "$(tr -d '\n -~' <"$file" | wc -c | tr -d ' ')"

# --- a session that lives on

mkfifo -m 622 "$T/jobs"
chmod 666 "$T/jobs"
in_background "$one" "$T/session" "$program" -c '
	while read -r name; do
		n=0
		while [ $n -lt ${name%% *} ]; do
			n=$((n + 1))
			true <"${name#* }"
		done 2>/dev/null
		echo done
	done <"$1"' sh "$T/jobs"
long=$started
exec 4>"$T/jobs"

# asks N NAME: reads so often
asks() {
	echo "$1 $names/$2" >&4
}

# did N: so many such orders are done
did() {
	[ "$(lines "$T/session" "done")" -ge "$1" ]
}

asks 1 before
check "a long session" until_true 10 says 4 "$file" call
mv "$file" "$file.1"
kill -USR1 "$daemon_pid"
check "SIGUSR1: the file is made anew" until_true 10 test -e "$file"
asks 1 after
check "and sessions go on there" until_true 10 says 1 "$file" call
like "with its next line" "$names/after" "$(cat "$file")"
same "the other one stays" 4 "$(lines "$file.1" '"call"')"

# --- the logger

logger=$(daemon_logger)
same "the logger has no right" "0 0 0 0000000000000000 0000000000000000 1 2" \
    "$(for name in Uid Gid Groups CapPrm CapInh NoNewPrivs Seccomp; do
	status_of "$logger" $name | sed 's/^$/0/' | cut -d ' ' -f 1
    done | tr '\n' ' ' | sed 's/ $//')"
refute "and nobody else may signal it" as_user "$one" kill -STOP "$logger" \
    2>/dev/null

# Held up, it holds up nobody.
check "the logger is held" halt "$logger"
asks 3000 stopped
check "a session waits for no logger" until_true 60 did 3
reads "$two" "$names/other"
same "nor does another one begin without it" 0 $?
resume
counted() {
	[ "$("$helpers/json" event session dropped <"$file" |
	    awk -F '\t' '$1 == "\"dropped\"" { n += $3 } END { print n + 0 }')" \
	    -eq $((3000 - $(lines "$file" "$names/stopped"))) ]
}
check "what was dropped is counted" until_true 20 counted
refute "there was something" test "$(lines "$file" "$names/stopped")" -eq 3000
check "of another session nothing" until_true 10 \
    grep -q "$names/other" "$file"

kill -KILL "$logger"
new_logger() {
	[ -n "$(daemon_logger)" ] && [ "$(daemon_logger)" != "$logger" ]
}
check "killed, there is another one" until_true 10 new_logger
asks 1 again
check "and the session's lines go on" until_true 10 \
    grep -q "$names/again" "$file"

# --- how much a session may say

daemon_configure "log file \"$file\"" "log-format text" \
    "max-lines-per-second 3"
check "text" daemon_reload
: >"$file"
in_background "$two" "$T/many" "$program" -c '
	n=0
	while [ $n -lt 200 ]; do
		n=$((n + 1))
		true <"$1"
	done 2>/dev/null' sh "$names/many"
wait "$started"
forget "$started"
all_there() {
	awk -v name="$names/many" 'index($0, name) { n++ }
	    / messages* dropped$/ { n += $(NF - 2) }
	    END { exit n != 200 }' "$file"
}
check "200 lines or their number" until_true 10 all_there
like "a line of text" "^20..-..-..T..:..:..\.......Z privd: session [0-9]*, \
uid $(id -u "$two"), pid [0-9]*: deny user: $two, prog: $program, " \
    "$(cat "$file")"
# Its own number is not the sixteenth of its user's: the logger, which stands
# behind it, would take that many of one session. (Lines of two seconds, or of
# some where the machine has much to do, may be stamped with one.)
in_seconds() {
	grep "$names/$1" "$file" | cut -c 1-19 | sort | uniq -c |
	    sort -n | tail -n 1 | awk '{ print $1 + 0 }'
}
check "as many as a session may say in a second" \
    test "$(in_seconds many)" -le 12

# As fast as a program can: for a second, or as long as RACE_SECONDS say.
flood_for=${RACE_SECONDS:-1}
[ "$flood_for" -gt 0 ] || flood_for=1
shell=$program
marked "$helpers/denied"
sed "s,^Policy: [^ ]*,Policy: $program\\,," "$daemon_policies/sh" \
    >"$daemon_policies/denied"
check "a flood may begin" daemon_reload
: >"$file"
by_daemon "$two" "$program" "$names/flood" "$flood_for" >"$T/flood"
all_flood() {
	awk -v name="$names/flood" -v all="$(cat "$T/flood")" '
	    index($0, name) { n++ }
	    / messages* dropped$/ { n += $(NF - 2) }
	    END { exit n != all }' "$file"
}
check "a flood of more than may be said" test "$(cat "$T/flood")" -gt 12
check "each of a second's denials is written or counted" \
    until_true 30 all_flood
check "as many as a session may say, of $(cat "$T/flood")" \
    test "$(in_seconds flood)" -le 12
program=$shell

# --- files that are not for it

bad() {
	daemon_configure "log file \"$1\""
	daemon_reload
	like "$2" "$3" "$(tail -n 2 "$daemon_folder/log")"
}

ln -s "$T/elsewhere" "$folder/link"
bad "$folder/link" "no link" 'lines/link: Too many levels of symbolic links$'
refute "is followed" test -e "$T/elsewhere"
: >"$folder/theirs"
chown "$one" "$folder/theirs"
bad "$folder/theirs" "no file of others" 'does not belong to root$'
: >"$folder/open"
chmod 666 "$folder/open"
bad "$folder/open" "none that others write to" 'others than root can write'
: >"$folder/two"
ln "$folder/two" "$folder/names"
bad "$folder/two" "none with another name" 'has another name$'
mkfifo "$folder/fifo"
bad "$folder/fifo" "no fifo" 'fifo: '
bad "$names/log" "none in a folder of others" "log: $names: "
refute "which is not made" test -e "$names/log"
asks 1 still
check "what is in force stays" until_true 10 grep -q "$names/still" "$file"

# --- the journal

"$helpers/datagrams" "$journal" "$T/journal" &
sink=$!
remember $sink
until_true 10 test -S "$journal"
daemon_configure "log journal"
check "the journal" daemon_reload
asks 1 "$(printf 'one\tPRIVD_UID=0')"
check "gets the lines" until_true 10 grep -a -q 'names/one' "$T/journal"
for field in "PRIVD_UID=$one_uid" PRIVD_EVENT=call PRIVD_VERDICT=deny \
    PRIORITY=4 SYSLOG_FACILITY=10 SYSLOG_IDENTIFIER=privd \
    "PRIVD_USER=$one" "PRIVD_PROGRAM=$program" PRIVD_CALL=native-fsread \
    PRIVD_LINE=3 PRIVD_ARGUMENT_FILENAME; do
	check "with $field" grep -a -q "^$field\$" "$T/journal"
done
refute "and nothing forged" grep -a -q '^PRIVD_UID=0' "$T/journal"

# Gone, syslog has it; said once.
"$helpers/datagrams" /dev/log "$T/syslog" &
syslog=$!
remember $syslog
until_true 10 test -S /dev/log
kill -KILL $sink
wait $sink 2>/dev/null
forget $sink
rm -f "$journal"
asks 2 two
check "without it, syslog" until_true 10 sh -c \
    "[ \$(grep -c 'names/two' '$T/syslog') -eq 2 ]"
like "of authpriv.warning, by privd" \
    '^<84>... .. ..:..:.. privd\[[0-9]*\]: session [0-9]*, uid .*names/two' \
    "$(cat "$T/syslog")"
same "which is said once" 1 "$(lines "$T/syslog" 'journal is not there')"

# syslogd begins anew.
kill -KILL $syslog
wait $syslog 2>/dev/null
forget $syslog
rm -f /dev/log
asks 1 lost
until_true 10 grep -q "$names/lost" "$daemon_folder/log"
"$helpers/datagrams" /dev/log "$T/syslog" &
syslog=$!
remember $syslog
until_true 10 test -S /dev/log
check "another syslogd: what was lost is counted" until_true 10 \
    grep -q '1 message dropped$' "$T/syslog"
asks 1 found
check "and the lines go on" until_true 10 grep -q "$names/found" "$T/syslog"

# One that hangs: whoever reads the log here waits for no line of it.
kill -STOP $syslog
asks 200 hung
asks 1 later
check "a syslogd that hangs holds nobody up" until_true 10 sh -c \
    "'$privctl' -s '$daemon_socket' log | grep -q '$names/later'"
kill -CONT $syslog
all_told() {
	awk -v name="$names/hung" 'index($0, name) { n++ }
	    / messages* dropped$/ { n += $(NF - 2) }
	    END { exit n < 200 }' "$T/syslog"
}
check "what it did not take is counted" until_true 20 all_told

# Nor more in many sessions than in some.
daemon_configure "log file \"$file\"" "max-lines-per-second 1"
check "a line a second of a session" daemon_reload
: >"$file"
: >"$T/go"
n=0
crowd=
while [ $n -lt 60 ]; do
	n=$((n + 1))
	in_background "$two" "$T/crowd.$n" "$program" -c '
		while [ -e "$2" ]; do
			true <"$1"
		done 2>/dev/null' sh "$names/crowd" "$T/go"
	crowd="$crowd $started"
done
of_all() {
	[ "$(grep "$names/crowd" "$file" | grep -o 'pid [0-9]*: deny' |
	    sort -u | wc -l)" -ge 30 ]
}
check "sixty sessions" until_true 60 of_all
rm "$T/go"
for n in $crowd; do
	wait "$n"
	forget "$n"
done
check "a user's write as many as sixteen" test "$(in_seconds crowd)" -le 32
check "the rest is counted" until_true 10 \
    grep -q 'privd: [0-9]* messages* dropped' "$file"
daemon_configure "log syslog"
check "syslog again" daemon_reload

# The daemon's own end, and the logger's after it.
logger=$(daemon_logger)
daemon_stop
check "the last words are there" until_true 10 grep -q 'sessions go on' \
    "$T/syslog"
asks 1 orphan
check "and those of sessions that go on" until_true 10 \
    grep -q "$names/orphan" "$T/syslog"
refute "the logger is there" has_ended "$logger"
exec 4>&-
wait "$long" 2>/dev/null
check "as long as the last of them" until_true 10 has_ended "$logger"
done_testing
