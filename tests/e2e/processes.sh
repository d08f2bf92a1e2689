#!/bin/sh
# SPDX-License-Identifier: ISC
# The session's own processes, measured from outside: each has the ids, the
# capabilities, the filter and the descriptors of its part and no others.
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
	native-fsread: filename eq "$T/text" then permit log
	native-open: filename eq "$T/secret" then permit as root
	native-socket: sockdom eq "AF_PACKET" then permit with cap_net_raw
	native-bind: sockaddr eq "/dev/nothing" then deny
	native-connect: sockaddr eq "/dev/nothing" then deny
EOF
socket=$user_home/socket
mkfifo "$T/in"
guard=$(printf '%016x' $((1 << 36)))
net_raw=$(printf '%016x' $((1 << 13)))
ptrace=$(printf '%016x' $((1 << 19)))
none=0000000000000000

# A descriptor of the program's own that nobody else may have: 7.
"$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" "$trusted/confined" \
    "b:$socket" "n:$socket" "r:$T/text" k "r:$T/secret" p "r:$T/text" = \
    >"$T/out" 2>"$T/err" <"$T/in" 7<"$T/text" &
pid=$!
remember $pid
exec 9>"$T/in"
wait_for "$T/out" ready || show "$T/err"
program=$(program_of $pid)
keeper=$(keeper_of $pid)
check "there is one keeper" test -n "$keeper" -a -d "/proc/$keeper"

# Who is who, by name and capability; all are root's or have an id from a range
# of their own. The scribe is there once there is something to write.
# shellcheck disable=SC2317	# until_true calls it
has_scribe() {
	for child in $(children_of "$keeper"); do
		[ "$(status_of "$child" Name)" = privd-scribe ] &&
		    [ "$(status_of "$child" Seccomp)" = 2 ] && return
	done
	return 1
}
check "what is logged is written by a scribe" until_true 10 has_scribe
judge=
fetcher=
packet_hand=
root_hand=
double=
scribe=
children=0
for child in $(children_of "$keeper"); do
	children=$((children + 1))
	caps=$(status_of "$child" CapPrm)
	case $(status_of "$child" Name):$caps in
	privd-hand:"$net_raw")
		packet_hand=$child ;;
	privd-hand:*)
		root_hand=$child ;;
	privd-*)
		role=$(status_of "$child" Name)
		eval "${role#privd-}=$child" ;;
	esac
done
same "judge, fetcher, two hands, double, scribe" 6 "$children"
for role in judge fetcher packet_hand root_hand double scribe; do
	eval "check \"$role is there\" test -n \"\$$role\""
done

# is_own UID: of the range that no distribution gives out, and no daemon
# shellcheck disable=SC2317	# check calls it
is_own() {
	[ "$1" -ge $((0x74000000)) ] && [ "$1" -lt $((0x78000000)) ]
}

check_ids() {
	# real effective saved fs
	# shellcheck disable=SC2046	# to be split
	set -- "$1" "$3" "$4" $(status_of "$2" Uid) $(status_of "$2" Gid)
	check "$1: uid of its own" is_own "$4"
	same "$1: in all places" "$4 $4 $4" "$4 $5 $6"
	check "$1: gid of its own" is_own "$8"
	same "$1: fsuid and fsgid" "$2:$3" "$7:${11}"
}

check_ids judge "$judge" "$user_uid" "$user_gid"
check_ids "hand with net_raw" "$packet_hand" "$user_uid" "$user_gid"
check_ids "hand as root" "$root_hand" 0 0
fetcher_uids=$(status_of "$fetcher" Uid)
check "fetcher: uid of its own" is_own "${fetcher_uids%% *}"
same "double: the user's ids" "$user_uid $user_uid $user_uid $user_uid" \
    "$(status_of "$double" Uid)"
scribe_uids=$(status_of "$scribe" Uid)
check "scribe: uid of its own" is_own "${scribe_uids%% *}"
same "scribe: whichever it is" "${scribe_uids%% *}" \
    "$(echo "$scribe_uids" | tr ' ' '\n' | sort -u)"
same "all of them have different uids" 6 "$(for child in $judge $fetcher \
    $packet_hand $root_hand $double $scribe; do status_of "$child" Uid |
    cut -d ' ' -f 1; done | sort -u | wc -l)"

check_caps() {
	same "$1: permitted" "$3" "$(status_of "$2" CapPrm)"
	same "$1: effective is no more" ok "$(case $(status_of "$2" CapEff) in
	"$3"|"$none")	echo ok ;;
	esac)"
	for set in CapInh CapAmb CapBnd; do
		same "$1: $set" "$none" "$(status_of "$2" $set)"
	done
	same "$1: NoNewPrivs" 1 "$(status_of "$2" NoNewPrivs)"
	same "$1: Seccomp" 2 "$(status_of "$2" Seccomp)"
	# not dumpable: its folder is root's, whoever it runs as
	same "$1: not dumpable" 0:0 "$(stat -c %u:%g "/proc/$2/fd")"
	same "$1: no terminal" 0 "$(sed 's/.*) //' "/proc/$2/stat" |
	    cut -d ' ' -f 5)"
}

check_caps judge "$judge" "$guard"
check_caps fetcher "$fetcher" "$ptrace"
check_caps "hand with net_raw" "$packet_hand" "$net_raw"
check_caps double "$double" "$guard"
check_caps scribe "$scribe" $none
# root's hand: what root needs to open files, nothing that is more
same "hand as root: Seccomp" 2 "$(status_of "$root_hand" Seccomp)"
same "hand as root: NoNewPrivs" 1 "$(status_of "$root_hand" NoNewPrivs)"
same "hand as root: no capability but for files" 0 \
    $((0x$(status_of "$root_hand" CapPrm) & ~0xf))
same "program: the guard and nothing else" "$guard" \
    "$(status_of "$program" CapPrm)"

# The user's other processes can neither signal nor limit them.
for child in "$judge" "$fetcher" "$packet_hand" "$root_hand" "$scribe" \
    "$keeper"; do
	refute "a signal to $(status_of "$child" Name) $child is refused" \
	    as_user "$user" kill -0 "$child" 2>/dev/null
done

# Descriptors: nobody but the program has its files.
open_files() {
	for fd in /proc/"$1"/fd/*; do
		readlink "$fd"
	done
}

for child in $judge $fetcher $packet_hand $root_hand $double $scribe $keeper \
    $pid; do
	same "$(status_of "$child" Name) $child: no file of the program's" 0 \
	    "$(open_files "$child" | grep -c "$T/text\|$T/secret\|$T/in")"
done
refute "the judge has no packet socket" "$helpers/packetstat" "$judge" \
    2>/dev/null
refute "nor has the hand, any more" "$helpers/packetstat" "$packet_hand" \
    2>/dev/null
check "the program has" "$helpers/packetstat" "$program" >/dev/null

# has_only PID NUMBER: descriptors beyond 0 to 2
has_only() {
	set -- "$1" "$2" "$(find "/proc/$1/fd" -mindepth 1 | wc -l)"
	same "$(status_of "$1" Name) $1: descriptors" "$2" $(($3 - 3))
}

# hands and the double: a channel; the fetcher: channel and listener, and of the one
# that has asked for something a pidfd and its folder
has_only "$packet_hand" 1
has_only "$root_hand" 1
has_only "$double" 1
# where records come from and where they go
has_only "$scribe" 2
has_only "$fetcher" 4
same "the program has no listener" 0 \
    "$(open_files "$program" | grep -c 'seccomp\|pidfd\|socket:.*unix')"
# what it has from whoever started it, and the three that it has kept
kept=$("$trusted/confined" k "r:$T/text" "r:$T/text" "r:$T/text" d \
    7<"$T/text" <"$T/text" 9>&- | sed -n 's/^descriptors: //p')
same "the program's descriptors" "$kept" \
    "$(find "/proc/$program/fd" -mindepth 1 | sed 's,.*/,,' | sort -n |
    tr '\n' ' ' | sed 's/ $//')"

exec 9>&-
wait $pid
forget $pid
for child in $judge $fetcher $packet_hand $root_hand $double $scribe $keeper
do
	until_true 5 is_gone "$child"
done
same "with the program they all end" '' "$(for child in $judge $fetcher \
    $packet_hand $root_hand $double $scribe $keeper; do
	is_gone "$child" || echo "$child"
done)"

# Each of them is there when it is first needed, the judge from the start.
roles() {
	for child in $(children_of "$keeper"); do
		status_of "$child" Name
	done | sort | sed 's/^privd-//' | tr '\n' ' '
}
# shellcheck disable=SC2317	# until_true calls it
has_roles() {
	[ "$(roles)" = "$1" ]
}
# then_has WHAT ROLES: the program goes on to its next "="
readies=1
then_has() {
	readies=$((readies + 1))
	echo >&9
	until_true 10 is_ready
	check "$1: $2" until_true 10 has_roles "$2 "
}
# shellcheck disable=SC2317	# until_true calls it
is_ready() {
	[ "$(lines "$T/out" ready)" -eq "$readies" ]
}
rm -f "$socket"
# Without a word of native-fsread: results of stat(2) are written by a fetcher.
cat >"$T/some" <<EOF
Policy: */confined, Emulation: native
	Default: permit
	native-open: filename eq "$T/text" then permit log
	native-open: filename eq "$T/secret" then permit as root
	native-socket: sockdom eq "AF_PACKET" then permit with cap_net_raw
	native-bind: sockaddr eq "/dev/nothing" then deny
	native-connect: sockaddr eq "/dev/nothing" then deny
EOF
"$privrun" -f "$T/some" -a -E "$T/log" -c "$user" "$trusted/confined" \
    k = "r:$T/policy" = "r:$T/secret" = "b:$socket" = "n:$socket" = p = \
    "r:$T/text" = >"$T/out" 2>"$T/err" <"$T/in" &
pid=$!
remember $pid
exec 9>"$T/in"
until_true 10 is_ready
keeper=$(keeper_of $pid)
same "when it starts" "judge " "$(roles)"
then_has "nothing elevated" "judge"
then_has "opened as root" "hand judge"
then_has "bound" "fetcher hand judge"
then_has "connected" "double fetcher hand judge"
then_has "with another right" "double fetcher hand hand judge"
then_has "logged" "double fetcher hand hand judge scribe"
exec 9>&-
wait $pid
forget $pid
check "its keeper ends with it" until_true 10 is_gone "$keeper"

# A judge that is killed: another one, alike, goes on.
"$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" "$trusted/confined" \
    = "r:$T/text" "r:$T/secret" >"$T/out" 2>"$T/err" <"$T/in" &
pid=$!
remember $pid
exec 9>"$T/in"
wait_for "$T/out" ready
keeper=$(keeper_of $pid)
find_judge() {
	judge=
	for child in $(children_of "$keeper"); do
		if [ "$(status_of "$child" CapPrm)" = "$guard" ] &&
		    [ "$(status_of "$child" Seccomp)" = 2 ] &&
		    [ "$(status_of "$child" Uid | cut -d ' ' -f 1)" != \
		    "$user_uid" ]; then
			judge=$child
		fi
	done
	[ "${judge:-$1}" != "$1" ]
}
identity() {
	for name in Uid Gid Groups CapInh CapPrm CapEff CapBnd CapAmb \
	    NoNewPrivs Seccomp Seccomp_filters; do
		status_of "$1" $name
	done
}
find_judge ''
first=$judge
before=$(identity "$first")
kill -KILL "$first"
check "without its judge there is another" until_true 10 find_judge "$first"
same "who has no more" "$before" "$(identity "$judge")"
echo >&9
exec 9>&-
wait $pid
same "the program goes on" 0 $?
forget $pid
same "and opens what it may" 2 "$(lines "$T/out" ': ok')"

# A policy that elevates nothing has a judge alone.
cat >"$T/plain" <<EOF
Policy: */confined, Emulation: native
	Default: permit
	native-fsread: filename eq "$T/text" then permit log
EOF
"$privrun" -f "$T/plain" -a -E "$T/log" -c "$user" "$trusted/confined" \
    "r:$T/text" = >"$T/out" 2>"$T/err" <"$T/in" &
pid=$!
remember $pid
exec 9>"$T/in"
wait_for "$T/out" ready
keeper=$(keeper_of $pid)
same "nothing elevated: no hand" '' "$(for child in $(children_of "$keeper"); do
	[ "$(status_of "$child" CapPrm)" = "$net_raw" ] && echo "$child"
done)"
same "nothing elevated: the program has no capability" $none \
    "$(status_of "$(program_of $pid)" CapPrm)"
exec 9>&-
wait $pid
forget $pid
done_testing
