#!/bin/sh
# SPDX-License-Identifier: ISC
# Signals: judged by whom they reach, they come as natively, but for the
# number of who sent them; another's process is reached where a rule names it
# and nowhere else.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv setcap
own_spaces "$0" "$@"
make_user
other=$user
make_user
trusted_folder
for name in signals victim spared; do
	cp "$helpers/signals" "$trusted/$name"
done
ln -s victim "$trusted/link"
setcap cap_block_suspend=i "$trusted/signals" ||
    skip_all "file capabilities cannot be set here"
program=$trusted/signals

policy() {
	{
		echo "Policy: */signals, Emulation: native"
		echo "	Default: permit"
		cat
	} >"$T/policy"
}

# session STEP ...: in root's session for the user
session() {
	"$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" "$program" "$@" \
	    2>"$T/err" </dev/null || show "$T/err" "$T/log"
}

# start NAME PROGRAM [USER]: $pid and $tid are a receiver's, who writes to
# $T/NAME.
start() {
	: >"$T/$1"
	echo 1 >"$T/$1.seen"
	if [ $# -eq 3 ]; then
		as_user "$3" "$2" receive >"$T/$1" &
	else
		"$2" receive >"$T/$1" &
	fi
	remember $!
	wait_for "$T/$1" ready || exit 1
	read -r _ pid tid <"$T/$1"
}

# shellcheck disable=SC2317	# until_true calls it
marks() {
	[ "$(lines "$T/$1" '^mark')" -gt "$2" ]
}

# got NAME: what came to it since it was last asked
got() {
	before=$(lines "$T/$1" '^mark')
	kill -39 "$(sed -n '1s/ready \([0-9]*\) .*/\1/p' "$T/$1")"
	until_true 10 marks "$1" "$before" || echo "nothing comes"
	sed "1,$(cat "$T/$1.seen")d; /^mark/d" "$T/$1"
	wc -l <"$T/$1" >"$T/$1.seen"
}

# shellcheck disable=SC2317	# until_true calls it
queued() {
	[ "$(lines "$T/mine" '^RTMIN')" -ge "$1" ]
}

# What came to the user's process by all the ways, which queue three signals
# each time: a thread takes them after the others. Of one signal that waits
# already a second is lost; and what is for the process comes to whichever
# thread has nothing else to do.
came() {
	runs=$((runs + 1))
	until_true 15 queued $((runs * 3)) || echo "not all of it comes"
	got mine | sed 's/\(: user by [0-9]*\) to the .*/\1/' | sort -u
}

# Numbers of signals: USR1 10, USR2 12, CONT 18, RTMIN 34 (of libc).
start mine "$trusted/victim" "$user"
mine=$pid mine_thread=$tid
start spared "$trusted/spared" "$user"
spared=$pid
start roots "$trusted/victim"
roots=$pid
start others "$trusted/victim" "$other"
others=$pid
nobody=4194303
runs=0
other_uid=$(id -u "$other")

# Every way, natively and judged. The group is the script's: it is named by
# its number, and nothing but 0 is sent to it.
ways="k:$mine:10 k:$mine:0 k:$mine:65 k:$mine:-1 k:$roots:0 k:$roots:10
    k:$others:10 k:1:0 k:$nobody:0 k:$nobody:99 k:0:0 k:-1:0 k:-$nobody:0
    k:-2147483648:0 t:$mine:10 t:$mine_thread:12 t:0:10 t:-1:10 t:$nobody:10
    g:$mine:$mine:10 g:$mine:$mine_thread:12 g:$spared:$mine:10 g:0:$mine:10
    g:$mine:0:10 g:$mine:$mine_thread:99 q:$mine:34 q:$mine:0 q:$roots:34
    q:$nobody:34 q:0:34 q:-1:34 Q:$mine:$mine_thread:34 Q:$mine:$mine:34
    Q:$spared:$mine:34 Q:$mine:0:34 i:$mine:10 b:$mine:10 f:$mine:10
    f:$roots:10 F:$mine:12 f:$mine:99 k:own:10 t:thread:10 g:own:thread:10
    q:own:34 i:own:34 k:-group:0 T"
# shellcheck disable=SC2086
as_user "$user" "$program" $ways >"$T/native"
came >"$T/native.came"

judged() {
	came >"$T/judged.came"
	same_files "results: $1" "$T/native" "$T/judged"
	same_files "what came: $1" "$T/native.came" "$T/judged.came"
}

policy </dev/null
# shellcheck disable=SC2086
session $ways >"$T/judged"
judged "decided by the filter"
policy <<'END'
	native-kill: pidname eq "/nowhere" then deny[enoexec]
END
# shellcheck disable=SC2086
session $ways >"$T/judged"
judged "judged by name"
policy <<'END'
	native-kill: permit log
END
# shellcheck disable=SC2086
session $ways >"$T/judged"
judged "logged"
# shellcheck disable=SC2086
as_user "$user" "$privrun" -f "$T/policy" -a -E "$user_home/log" "$program" \
    $ways >"$T/judged" 2>"$T/err"
judged "the user's own session"

# By name.
policy <<END
	native-kill: pidname eq "$trusted/victim" and signame eq "SIGUSR1" then permit
	native-kill: pidname eq "$trusted/link" and signame eq "SIGUSR2" then \
	    deny[enosys]
	native-kill: pidname eq "$trusted/signals" then deny[edom]
	native-kill: pidname eq "<own process group>" then deny[erange]
	native-kill: pidname eq "<every process: -1>" then deny[enoexec]
	native-kill: pidname eq "<unknown>" then deny[esrch]
	native-kill: pidname match "pg:*" then deny[exdev]
	native-kill: deny[eacces]
END
sort >"$T/expected" <<END
k:$mine:10: 0
k:$mine:12: ENOSYS
k:$spared:10: EACCES
k:$roots:10: EPERM
k:own:10: EDOM
k:0:0: ERANGE
k:-group:0: ERANGE
k:-own:0: EXDEV
k:-1:0: ENOEXEC
k:-$nobody:0: EXDEV
k:$nobody:10: ESRCH
t:$mine_thread:10: 0
t:$mine_thread:12: ENOSYS
g:$mine:$mine_thread:10: 0
q:$mine:10: 0
Q:$mine:$mine_thread:12: ENOSYS
f:$mine:10: 0
f:$spared:10: EACCES
F:$mine:12: ENOSYS
END
# shellcheck disable=SC2046
session $(sed 's/: .*//' "$T/expected") >"$T/found"
grep -v '^[A-Z0-9]*: ' "$T/found" | sort >"$T/found.sorted"
same_files "by name" "$T/expected" "$T/found.sorted"
same "the spared is spared" "" "$(got spared)"
got mine >/dev/null

# Elevated.
policy <<END
	native-kill: pidname eq "$trusted/victim" and signame eq "SIGUSR1" then \
	    permit log as root
	native-kill: pidname eq "$trusted/victim" and signame eq "SIGUSR2" then \
	    permit with kill
	native-kill: pidname eq "$trusted/victim" and signame eq "SIGWINCH" then \
	    permit as $other
END
same "root's, by root's hand" "k:$roots:10: 0" "$(session "k:$roots:10")"
like "it came" "^USR1: user by [0-9]* to the leader$" "$(got roots)"
like "it is logged" "kill(62), pidname: $trusted/victim, signame: SIGUSR1, as" \
    "$(cat "$T/log")"
same "by capability" "k:$roots:12: 0" "$(session "k:$roots:12")"
like "it came" "^USR2: user" "$(got roots)"
same "to a thread, queued" "$(printf '%s\n' "t:$roots:10: 0" \
    "q:$roots:12: 0")" "$(session "t:$roots:10" "q:$roots:12")"
same "they came" "$(printf '%s\n' "USR1: tkill" \
    "USR2: queued 7 by 4711:4712 to the leader")" \
    "$(got roots | sed 's/ by [0-9]* .*//' | sort)"
same "by descriptor" "$(printf '%s\n' "f:$roots:10: 0" "F:$roots:12: 0")" \
    "$(session "f:$roots:10" "F:$roots:12")"
same "they came" "$(printf '%s\n' "USR1: user" "USR2: user")" \
    "$(got roots | sed 's/ by [0-9]* .*//' | sort)"
same "another signal is the caller's" "k:$roots:34: EPERM" \
    "$(session "k:$roots:34")"
same "as another user" "k:$others:28: 0" "$(session "k:$others:28")"
same "it is the other's" "WINCH: user by $other_uid to the leader" \
    "$(got others)"
same "who has no right over root's" "k:$roots:28: EPERM" \
    "$(session "k:$roots:28")"
same "nobody" "k:$nobody:10: ESRCH" "$(session "k:$nobody:10")"
same "init is not its name" "k:1:10: EPERM" "$(session k:1:10)"
same "groups and all are the caller's" \
    "$(printf '%s\n' "k:-$roots:10: ESRCH" "G:$roots:10: ESRCH")" \
    "$(session "k:-$roots:10" "G:$roots:10")"
same "nothing came of that" "" "$(got roots)"

# A name is what runs, not what is said; and it is the whole name.
cp "$helpers/signals" "$T/victim"
start liar "$T/victim"
same "its last part is not the name" "k:$pid:10: EPERM" \
    "$(session "k:$pid:10")"
mkdir "$T/space" && mkdir -p "$T/space$trusted"
cp "$helpers/signals" "$T/space/victim"
cat >"$T/foreign" <<END
mount --bind "$T/space" "$trusted" && exec "$trusted/victim" receive
END
unshare -m --propagation private sh "$T/foreign" >"$T/out" &
remember $!
wait_for "$T/out" ready
read -r _ pid tid <"$T/out"
same "the same name elsewhere is another" "k:$pid:10: EPERM" \
    "$(session "k:$pid:10")"
cp "$trusted/victim" "$trusted/gone"
start gone "$trusted/gone"
rm "$trusted/gone"
policy <<END
	native-kill: pidname eq "$trusted/gone" then permit as root
END
same "what was removed has not its name" "k:$pid:10: EPERM" \
    "$(session "k:$pid:10")"

# In a process space of its own numbers are others', but 0 and -1 are not.
policy <<END
	native-clone: args[0] eq "0x20000000" then permit
	native-unshare: args[0] eq "0x20000000" then permit
	native-execve: permit[inherit]
	native-kill: pidname eq "<every process: -1>" then deny[edom]
	native-kill: pidname match "/*" then permit
END
cp "$(command -v unshare)" "$trusted/unshare"
sed 's/signals/unshare/' "$T/policy" >"$T/policy.unshare"
same "in a process space of its own" \
    "$(printf '%s\n' "k:2:10: EPERM" "k:0:0: 0" "k:-1:0: EDOM")" \
    "$("$privrun" -f "$T/policy.unshare" -a -E "$T/log" "$trusted/unshare" \
    -pf "$program" k:2:10 k:0:0 k:-1:0 2>&1 </dev/null)"
done_testing
