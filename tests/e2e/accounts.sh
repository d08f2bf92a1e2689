#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Names of users and groups in rules, macros and the log: the judge knows
# them although it is locked in, and follows who the caller has become.
cd "$(dirname "$0")/../.." && . tests/lib/e2e.sh || exit 1
need_root
need_programs setpriv

make_user
one=$user
one_home=$(readlink -f "$user_home")
one_gid=$user_gid
make_user
two=$user
setpriv=$(readlink -f "$(command -v setpriv)")
cat=$(readlink -f "$(command -v cat)")
echo mine >"$one_home/file"
chmod 711 "$one_home"
chmod 644 "$one_home/file"

# The rules come from standard input.
policy() {
	{
		printf 'Policy: %s, Emulation: native\n' "$setpriv"
		cat
		printf '\tDefault: permit\n'
	} >"$T/policy"
}

# become USER[:GROUP] COMMAND ...: what is logged is in $T/log.
become() {
	whom=${1%:*}
	group=${1#*:}
	shift
	rm -f "$T/log"
	timeout 30 "$privrun" -U -a -i -E "$T/log" -f "$T/policy" setpriv \
	    --reuid "$whom" --regid "$group" --clear-groups "$@" \
	    >"$T/out" 2>"$T/err" </dev/null
}

policy <<EOF
	native-setresuid: uname eq "$one" then permit log
	native-setresuid: deny[eacces] log
	native-setresgid: gname eq "$one" then permit log
	native-setresgid: deny[eacces] log
EOF
become "$one" "$cat" "$one_home/file"
same "a user by name" mine "$(cat "$T/out")"
like "the log says who" "native-setresuid.*, uname: $one, " "$(cat "$T/log")"
like "and which group" "native-setresgid.*, gname: $one, " "$(cat "$T/log")"
refute "no other user" become "$two" "$cat" "$one_home/file"
like "is refused by name" "deny .*native-setresuid.*, uname: $two, " \
    "$(cat "$T/log")"
refute "and no other group" become "$one:$two" "$cat" "$one_home/file"
like "either" "deny .*native-setresgid.*, gname: $two, " "$(cat "$T/log")"

policy <<EOF
	native-setresuid: uname neq "$one" then permit
	native-setresuid: deny[eacces]
EOF
refute "all but one, by name" become "$one" "$cat" "$one_home/file"
become "$two" "$cat" "$one_home/file"
same "and another" mine "$(cat "$T/out")"

# An id without a name has none; that is no other's.
policy <<EOF
	native-setresuid: uname eq "<unknown>" then permit log
	native-setresuid: deny[eacces]
EOF
become 3999999999 "$cat" "$one_home/file"
same "an id without name" mine "$(cat "$T/out")"

policy <<EOF
	native-open: filename eq "\$HOME/file" then permit log
	native-open: filename eq "$one_home/file" then deny[eacces] log
EOF
become "$one" "$cat" "$one_home/file"
same "\$HOME is the home of who the caller is now" mine "$(cat "$T/out")"
like "and the log names that user" "permit user: $one, .*/file" \
    "$(cat "$T/log")"
become "$two" "$cat" "$one_home/file"
same "and of nobody else" "" "$(cat "$T/out")"
like "whom the log names, too" "deny user: $two, .*/file" "$(cat "$T/log")"

policy <<EOF
	native-open: filename eq "$one_home/file" then permit, if user = $one
	native-open: filename eq "$one_home/file" then deny[eacces], \
	    if group != $one_gid
EOF
become "$one" "$cat" "$one_home/file"
same "predicates follow as well" mine "$(cat "$T/out")"
become "$two" "$cat" "$one_home/file"
same "for each caller" "" "$(cat "$T/out")"
done_testing
