#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Why was that refused? The request, what refused it, and the smallest rule
# that would permit it, which does when it is put where it is said to belong;
# to whom it was refused, and to root, and to nobody else, also after the
# program has ended.
# shellcheck disable=SC2317,SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/control.sh
. tests/lib/control.sh
# shellcheck source=tests/lib/explain.sh
. tests/lib/explain.sh

make_user
one=$user one_gid=$user_gid
make_user
two=$user
marked cat
cat=$program
folder=$daemon_folder/files
mkdir "$folder"
# shellcheck disable=SC2016	# such is the file's name
for name in a b d e "it's \"odd\\" 'cost $HOME' 'new
line'; do
	echo "content" >"$folder/$name"
done
echo secret >"$folder/secret"
chmod 600 "$folder/secret" "$folder/e"
chgrp "$one_gid" "$folder/d"
chmod 640 "$folder/d"

reads() {
	by_daemon "$1" "$cat" "$2" >"$T/read" 2>&1
}

ctl "$one" explain >"$T/out" 2>&1
same "without a daemon: an error" 1 $?
like "that says what to do" 'privrun -e tells what is refused' "$(cat "$T/out")"
policy "	native-fsread: filename eq \"$folder/a\" then deny[exdev]" \
    "	native-fsread: filename match \"$folder/it\" then permit" \
    "	native-fsread: filename match \"$folder/*\" then deny[eacces] log"
daemon_start
explain "$one"
same "nobody was refused anything" "[]" "$(cat "$T/out")"
like "which is said" '^nothing was refused' "$(ctl "$one" explain)"
check "what is permitted is not refused" reads "$one" "$folder/secret"
explain "$one"
same "so there is nothing to explain" "[]" "$(cat "$T/out")"

# --- a rule
refute "a rule denies it" reads "$one" "$folder/a"
like "as it says" 'Invalid cross-device' "$(cat "$T/read")"
explain "$one"
same "the program" "$cat" "$(of program)"
same "the request" "filename: $folder/a, oflags: ro" "$(of request)"
same "what the program got" EXDEV "$(of error)"
same "a rule" rule "$(of check)"
same "and which" "$daemon_policies/cat:5: native-fsread: filename eq \"$folder/a\" then deny[exdev]" \
    "$(of reason)"
same "the smallest that permits it" \
    "native-open: filename eq \"$folder/a\" and oflags eq \"ro\" then permit" \
    "$(of permit)"
same "and where it belongs" \
    "$daemon_policies/cat, in the policy for $cat, before line 5" "$(of where)"
ctl "$one" explain >"$T/words"
like "in words: asked" "^asked:   filename: $folder/a, oflags: ro\$" \
    "$(cat "$T/words")"
like "permit" "^permit:  native-open: filename eq " "$(cat "$T/words")"
check "there it is taken" permit
check "and permits it" reads "$one" "$folder/a"
refute "it permits nothing else" reads "$one" "$folder/b"
explain "$one"
same "the newest comes first" "filename: $folder/b, oflags: ro" "$(of request)"
same "explain shows that alone" 1 "$(json 'len(v)')"
ctl "$one" explain -a --json >"$T/out"
same "-a all of them" "['$folder/b', '$folder/a']" \
    "$(json '[r["request"].split(",")[0][10:] for r in v]')"

# --- whose
refute "somebody else is refused as well" reads "$two" "$folder/e"
explain "$two"
same "he is told of his" "filename: $folder/e, oflags: ro" "$(of request)"
ctl "$two" explain -a --json >"$T/out"
same "of nobody else's" 1 "$(json 'len(v)')"
ctl "$one" explain -a --json >"$T/out"
same "the first of none of that" 0 "$(json 'sum("/e," in r["request"] for r in v)')"
ctl root explain -a --json >"$T/out"
same "root is told of all" "['/a', '/b', '/e']" \
    "$(json 'sorted(r["request"].split(",")[0][-2:] for r in v)')"
his=$(json '[r["pid"] for r in v if "/e," in r["request"]][0]')
ctl root explain --json "$his" >"$T/out"
same "by process" "filename: $folder/e, oflags: ro" "$(of request)"
ctl "$one" explain --json "$his" >"$T/out"
same "a process of somebody else's has none" "[]" "$(cat "$T/out")"
ctl "$one" explain 0 >"$T/out" 2>&1
same "what is no process" 2 $?

# --- names that are odd
refute "an odd name" reads "$one" "$folder/it's \"odd\\"
explain "$one"
check "its rule is taken" permit
check "and means it" reads "$one" "$folder/it's \"odd\\"
refute "a name with what reads as a macro" reads "$one" "$folder/cost \$HOME"
explain "$one"
same "no rule is made of it" "" "$(of permit)"
like "and it says why" 'characters that a rule cannot compare' "$(of where)"
refute "a name with a new line" reads "$one" "$folder/new
line"
explain "$one"
same "is shown escaped" "filename: $folder/new\\nline, oflags: ro" \
    "$(of request)"
same "in one line of words" 1 "$(ctl "$one" explain | grep -c 'asked:')"

# --- the kernel
policy
check "rules that deny nothing" ctl root reload
refute "the kernel refuses a group's file to another" reads "$two" "$folder/d"
explain "$two"
same "the kernel" kernel "$(of check)"
same "which is said" \
    "the policy permits it, and the kernel refuses it to the user" \
    "$(of reason)"
same "the smallest rule is for its group" \
    "native-open: filename eq \"$folder/d\" and oflags eq \"ro\" then permit as :$one_gid, if user = $(id -u "$two")" \
    "$(of permit)"
check "it is taken" permit
check "and permits it" reads "$two" "$folder/d"
refute "root's own file" reads "$two" "$folder/e"
explain "$two"
same "as root" \
    "native-open: filename eq \"$folder/e\" and oflags eq \"ro\" then permit as root, if user = $(id -u "$two")" \
    "$(of permit)"
check "it is taken" permit
check "and permits it" reads "$two" "$folder/e"
refute "to nobody else" reads "$one" "$folder/e"

# --- no rule
sed -i '/Default:/d' "$daemon_policies/cat"
sed -i "2i \\	native-fsread: filename match \"/lib*\" then permit" \
    "$daemon_policies/cat"
{
	for call in mmap mprotect munmap close fstat newfstatat pread64 \
	    arch_prctl set_tid_address set_robust_list rseq prlimit64 brk \
	    access getrandom read write exit_group fadvise64 futex; do
		echo "	native-$call: permit"
	done
	echo "	native-fsread: filename match \"/usr\" then permit"
	echo "	native-fsread: filename match \"/etc/ld*\" then permit"
} >>"$daemon_policies/cat"
check "rules that permit what it needs" ctl root reload
refute "the rest is denied" reads "$one" "$folder/b"
explain "$one"
same "by default" default "$(of check)"
same "which is said" "no rule of the policy for $cat permits it" "$(of reason)"
same "by no line" False "$(json '"line" in v[0]')"
same "its place is the policy's" \
    "$daemon_policies/cat, in the policy for $cat" "$(of where)"
check "the rule is taken" permit
check "and permits it" reads "$one" "$folder/b"

# --- the user's own policy
mkdir "$T/own"
chmod 755 "$T/own"
cat >"$T/own/cat" <<END
Policy: $cat, Emulation: native
	Default: permit
	native-open: filename eq "$folder/b" then deny
END
by_daemon "$one" -d "$T/own" "$cat" "$folder/b" >"$T/read" 2>&1
explain "$one"
same "the user's own rule" "$T/own/cat:3" \
    "$(of reason | sed 's/^\([^ ]*:[0-9]*\): .*/\1/')"

# --- how many
n=0
while [ $n -lt 12 ]; do
	n=$((n + 1))
	reads "$one" "$folder/a$n"
done
ctl "$one" explain -a --json >"$T/out"
check "the last ones of a user are kept, and not more" \
    test "$(json 'len(v)')" -ge 8
ctl "$two" explain -a --json >"$T/out"
check "and nobody else's are lost for them" test "$(json 'len(v)')" -ge 2

# --- a judge that is in its program's hands writes what it likes
policy "	native-fsread: filename eq \"$folder/a\" then deny"
check "a short policy" ctl root reload
mkfifo "$folder/fifo"
in_background "$one" "$T/waits" "$cat" "$folder/a" "$folder/fifo"
asked() {
	ctl "$one" explain --json "$started" >"$T/out" &&
	    [ "$(of request)" = "filename: $folder/a, oflags: ro" ]
}
check "a session goes on" until_true 10 asked
for child in $(children_of "$daemon_pid"); do
	grep -q memfd:privd "/proc/$child/maps" && keeper=$child
done
# scribble CODE: with b, its pages
scribble() {
	python3 -c '
import random, sys
maps = [l.split() for l in open("/proc/%s/maps" % sys.argv[1]) if "memfd:privd" in l]
begin, end = (int(x, 16) for x in maps[0][0].split("-"))
assert len(maps) == 1 and int(maps[0][2], 16) == 4096, "only what is the judge'\''s"
mem = open("/proc/%s/mem" % sys.argv[1], "r+b", 0)
mem.seek(begin)
b = bytearray(mem.read(end - begin))
exec(sys.argv[2])
mem.seek(begin)
mem.write(b)' "$keeper" "$1"
}
check "its words are exchanged" \
    scribble 'b[:] = b.replace(b"/cat\0", b"\x1b[2J\0", 1)'
ctl "$one" explain --json $started >"$T/out"
like "they are shown escaped" '\^\[\[2J' "$(of program)"
refute "and in words as well" grep -q "$(printf '\033')" "$T/out"
for seed in 1 2 3 4 5 6 7 8; do
	scribble "random.seed($seed)
for i in range(2000):
    b[random.randrange(len(b))] = random.randrange(256)
for i in range(0, len(b), 4096):
    b[i:i+44] = bytes([1,0,0,0, random.randrange(8),0,0,0, 1,0,0,0, 9,0,0,0]) + bytes(28) if random.randrange(2) else b[i:i+44]"
	for who in "$one" root; do
		ctl "$who" explain -a --json >"$T/out" 2>"$T/err" || break 2
		python3 -m json.tool "$T/out" "$T/pretty" || break 2
	done
done
same "whatever stands there, what is said of it is whole" "8 root" "$seed $who"
kill -KILL $started
wait $started 2>/dev/null
refute "the daemon lives" has_ended "$daemon_pid"
done_testing
