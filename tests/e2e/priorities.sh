#!/bin/sh
# SPDX-License-Identifier: ISC
# Priorities, scheduling and limits: the caller's own are the kernel's to
# decide on, others' are judged by whose they are, and a rule that elevates is
# about the program itself unless it names others.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv setcap chrt prlimit
own_spaces "$0" "$@"
chrt -f 1 true 2>/dev/null || skip_all "no real-time scheduling here"
make_user
trusted_folder
for name in signals victim spared; do
	cp "$helpers/signals" "$trusted/$name"
done
setcap cap_block_suspend=i "$trusted/signals" ||
    skip_all "file capabilities cannot be set here"
program=$trusted/signals
prlimit --pid $$ --nofile=1024:1024

policy() {
	{
		echo "Policy: */signals, Emulation: native"
		echo "	Default: permit"
		cat
	} >"$T/policy"
}

session() {
	"$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" "$program" "$@" \
	    2>"$T/err" </dev/null || show "$T/err" "$T/log"
}

# start NAME PROGRAM [USER]: $pid is a process that waits
start() {
	: >"$T/$1"
	if [ $# -eq 3 ]; then
		as_user "$3" "$2" receive >"$T/$1" &
	else
		"$2" receive >"$T/$1" &
	fi
	remember $!
	wait_for "$T/$1" ready || exit 1
	read -r _ pid tid <"$T/$1"
}

# Root's, as far as this machine lets it.
resource=
if [ $((0x$(status_of $$ CapPrm) >> 24 & 1)) -eq 1 ]; then
	resource=yes
fi

with_resource() {
	[ -z "$resource" ] || echo "	$*"
}

nice_of() {
	sed 's/.*) //' "/proc/$1/stat" | cut -d ' ' -f 17
}

limit_of() {
	awk '/Max open files/ { print $5 }' "/proc/$1/limits"
}

start spared "$trusted/spared" "$user"
spared=$pid
start roots "$trusted/victim"
roots=$pid
start mine "$trusted/victim" "$user"
mine=$pid mine_thread=$tid
nobody=4194303

# What may be done is done, what may not is not, natively and judged alike.
ways="n:0:3 n:own:4 n:$mine:5 n:$mine_thread:6 n:$mine:2 n:$roots:3
    n:$nobody:3 n:-5:3 n:0:-5 j N:0:6 N:$nobody:6 u:$nobody:6 o:0:5 o:$mine:6
    o:$roots:5 o:$nobody:5 r:0:0 r:0:3 r:$mine:0 r:$mine:3 r:$roots:0 r:-1:0
    R:0:1 R:$nobody:1 p:0:0 p:$mine:0 p:$roots:0 p:$nobody:0 a:0:0 a:$mine:0
    a:$roots:0 a:$nobody:0 l:0:1000:1000 l:own:1000:1000 l:$mine:900:900
    l:$mine:900:901 l:$roots:900:900 l:$nobody:1:1 L:999:999 L:999:1000 w"
# shellcheck disable=SC2086
as_user "$user" "$program" $ways >"$T/native"

start mine "$trusted/victim" "$user"

# The results for a process that is as it was at first.
judged() {
	kill -KILL "$pid"
	start mine "$trusted/victim" "$user"
	# shellcheck disable=SC2046,SC2086
	"$@" $(echo $ways | sed "s/:$mine:/:$pid:/g; s/:$mine_thread:/:$tid:/g") |
	    sed "s/:$pid:/:$mine:/g; s/:$tid:/:$mine_thread:/g" >"$T/judged"
}

policy </dev/null
judged session
same_files "decided by the filter" "$T/native" "$T/judged"
policy <<'END'
	native-setpriority: pidname eq "/nowhere" then deny[enoexec]
	native-ioprio_set: pidname eq "/nowhere" then deny[enoexec]
	native-sched_setscheduler: pidname eq "/nowhere" then deny[enoexec]
	native-sched_setparam: pidname eq "/nowhere" then deny[enoexec]
	native-sched_setattr: pidname eq "/nowhere" then deny[enoexec]
	native-sched_setaffinity: pidname eq "/nowhere" then deny[enoexec]
	native-prlimit64: pidname eq "/nowhere" then deny[enoexec]
	native-setrlimit: permit log
END
judged session
same_files "judged by name" "$T/native" "$T/judged"
judged as_user "$user" "$privrun" -f "$T/policy" -a -E "$user_home/log" \
    "$program"
same_files "the user's own session" "$T/native" "$T/judged"
same "it was done" "5 900" "$(nice_of "$pid") $(limit_of "$pid")"
mine=$pid mine_thread=$tid

policy <<END
	native-setpriority: pidname eq "$trusted/victim" then permit
	native-setpriority: pidname eq "$program" then permit
	native-setpriority: deny[erange]
	native-prlimit64: pidname neq "$trusted/spared" then permit
	native-prlimit64: deny[edom]
END
same "by name" "$(printf '%s\n' "n:$mine:9: 0" "n:$mine_thread:9: 0" \
    "n:$spared:9: ERANGE" "n:0:9: 0" "n:thread:9: 0" "l:$mine:800:800: 900" \
    "l:$spared:800:800: EDOM")" "$(session "n:$mine:9" "n:$mine_thread:9" \
    "n:$spared:9" n:0:9 n:thread:9 "l:$mine:800:800" "l:$spared:800:800")"
same "done" "9 9 800" "$(nice_of "$mine") $(nice_of \
    "$mine/task/$mine_thread") $(limit_of "$mine")"
same "not done" "$(nice_of $$) 1024" "$(nice_of "$spared") $(limit_of "$spared")"

# Elevated: the program itself.
policy <<END
	native-setpriority: which eq "PRIO_PROCESS" then permit with sys_nice
	native-ioprio_set: permit as root
	native-sched_setscheduler: policy eq "SCHED_FIFO" then permit with sys_nice
	native-sched_setattr: permit with sys_nice
	native-sched_setparam: permit with sys_nice
	native-sched_setaffinity: permit with sys_nice
$(with_resource native-setrlimit: permit with sys_resource)
$(with_resource native-prlimit64: permit with sys_resource)
END
same "the program's own" "$(printf '%s\n' "n:0:-5: 0" "n:own:-6: 0" \
    "n:thread:-7: 0" "r:0:3: 0" "p:0:4: 0" "R:own:5: 0" "o:0:1: 0" "a:0:0: 0" \
    "is: -7 2 16385 1024" "w: 0")" "$(session n:0:-5 n:own:-6 n:thread:-7 \
    r:0:3 p:0:4 R:own:5 o:0:1 a:0:0 w)"
# Some machines keep this capability from root.
if [ -n "$resource" ]; then
	same "its limits" "$(printf '%s\n' "l:0:2000:2000: 1024" \
	    "l:own:2100:2100: 2000" "L:2200:2200: 0")" \
	    "$(session l:0:2000:2000 l:own:2100:2100 L:2200:2200)"
	same "limits of others are the caller's" "$(printf '%s\n' \
	    "l:$roots:1:1: EPERM" "l:$mine:1:10000: EPERM")" \
	    "$(session "l:$roots:1:1" "l:$mine:1:10000")"
	same "core dumps are not given back" "c:0:100: EPERM" \
	    "$(session c:0:100)"
else
	skip 3 "root has no CAP_SYS_RESOURCE"
fi
same "what no rule says" "r:0:0: 0" "$(session r:0:0)"
same "others are the caller's" "$(printf '%s\n' "n:$mine:-5: EACCES" \
    "n:$roots:-5: EPERM" "r:$roots:3: EPERM" "a:$roots:0: EPERM" \
    "o:$roots:0: EPERM")" "$(session "n:$mine:-5" "n:$roots:-5" \
    "r:$roots:3" "a:$roots:0" "o:$roots:0")"
same "groups and users are the caller's" \
    "$(printf '%s\n' "j: 0" "N:0:-5: EACCES" "u:0:-5: EPERM")" \
    "$(session j N:0:-5 u:0:-5 | sed 's/u:0:-5: EACCES/u:0:-5: EPERM/')"

policy <<END
	native-setpriority: pidname eq "$trusted/victim" then permit as root
$(with_resource "native-prlimit64: pidname eq \"$trusted/victim\" then \
    permit with sys_resource")
	native-sched_setscheduler: pidname eq "$trusted/victim" then permit with sys_nice
END
same "whom a rule names" "$(printf '%s\n' "n:$roots:-5: 0" \
    "n:$mine_thread:-6: 0" "r:$roots:2: 0")" \
    "$(session "n:$roots:-5" "n:$mine_thread:-6" "r:$roots:2")"
same "done" "-5 -6" "$(nice_of "$roots") $(nice_of \
    "$mine/task/$mine_thread")"
if [ -n "$resource" ]; then
	same "its limits" "l:$roots:700:1500: 1024" \
	    "$(session "l:$roots:700:1500")"
	same "done" 1500 "$(limit_of "$roots")"
	same "limits of another" "l:$spared:1:10000: EPERM" \
	    "$(session "l:$spared:1:10000")"
else
	skip 3 "root has no CAP_SYS_RESOURCE"
fi
same "whom it does not" "$(printf '%s\n' "n:$spared:-5: EACCES" \
    "n:0:-5: EACCES" "n:1:-5: EPERM")" \
    "$(session "n:$spared:-5" n:0:-5 n:1:-5)"
same "nobody" "n:$nobody:-5: ESRCH" "$(session "n:$nobody:-5")"
done_testing
