#!/bin/sh
# SPDX-License-Identifier: ISC
# once, times, rate and exclusive are spent; pretend answers and does nothing;
# ask is a denial; Default and Digest are honoured; the first match wins.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv setcap sha256sum
make_user
trusted_folder
cp "$helpers/confined" "$trusted/confined"
setcap cap_block_suspend=i "$trusted/confined" ||
    skip_all "file capabilities cannot be set here"
for name in a b c; do
	echo $name >"$T/$name"
	echo $name >"$T/root$name"
	chmod 600 "$T/root$name"
done

# try RULES STEP ...: the results, in one line; -a unless $flags says else
flags=-a
try() {
	{
		echo 'Policy: */confined, Emulation: native'
		printf '%b' "$1"
	} >"$T/policy"
	shift
	# shellcheck disable=SC2086	# flags may be none
	timeout 60 "$privrun" -f "$T/policy" $flags -E "$T/log" -c "$user" \
	    "$trusted/confined" "$@" 2>"$T/err" </dev/null >"$T/out"
	echo "exit $?" >>"$T/out"
	show "$T/err" >&2
	sed 's/^[a-z]\(:[^:]*\)*: //' "$T/out" | tr '\n' ' ' | sed 's/ $//'
}

P='\tDefault: permit\n'
A="filename eq \"$T/a\""
B="filename eq \"$T/b\""
R="filename eq \"$T/roota\""
same "once" "ok EACCES ok exit 0" \
    "$(try "$P\tnative-fsread: $A then permit once\n\tnative-fsread: $A then deny[eacces]\n" \
    "r:$T/a" "r:$T/a" "r:$T/b")"
same "times 3" "ok ok ok EACCES EACCES exit 0" \
    "$(try "$P\tnative-fsread: $A then permit times 3\n\tnative-fsread: $A then deny[eacces]\n" \
    "r:$T/a" "r:$T/a" "s:$T/a" "r:$T/a" "r:$T/a")"
same "rate 2/s: and again, later" "ok ok EACCES ok exit 0" \
    "$(try "$P\tnative-fsread: $A then permit rate 2/s\n\tnative-fsread: $A then deny[eacces]\n" \
    "r:$T/a" "r:$T/a" "r:$T/a" t:2 "r:$T/a")"
same "rate 2/h" "ok ok EACCES EACCES exit 0" \
    "$(try "$P\tnative-fsread: $A then permit rate 2/h\n\tnative-fsread: $A then deny[eacces]\n" \
    "r:$T/a" "r:$T/a" "r:$T/a" t:1 "r:$T/a")"
same "deny once" "EACCES ok exit 0" \
    "$(try "$P\tnative-fsread: $A then deny[eacces] once\n" \
    "r:$T/a" "r:$T/a")"
same "a limit is the session's, not the process's" "ok EACCES exit 0" \
    "$(try "$P\tnative-fsread: $A then permit once\n\tnative-fsread: $A then deny[eacces]\n" \
    "r:$T/a" f "r:$T/a")"
same "once of an elevation" "ok EACCES exit 0" \
    "$(try "$P\tnative-open: $R then permit as root once\n" \
    "r:$T/roota" "r:$T/roota")"
same "times of an elevation" "ok ok EACCES exit 0" \
    "$(try "$P\tnative-open: $R then permit as root times 2\n" \
    "r:$T/roota" "r:$T/roota" "r:$T/roota")"
X="\tnative-fsread: $A then permit exclusive \"x\"\n\tnative-fsread: $B then permit exclusive \"x\"\n\tnative-fsread: filename match \"$T/*\" then deny[eacces]\n"
same "exclusive: the one" "ok EACCES ok exit 0" \
    "$(try "$P$X" "r:$T/a" "r:$T/b" "r:$T/a")"
same "exclusive: the other" "ok EACCES ok exit 0" \
    "$(try "$P$X" "r:$T/b" "r:$T/a" "r:$T/b")"
same "exclusive: for descendants" "ok EACCES ok exit 0" \
    "$(try "$P$X" "r:$T/b" f "r:$T/a" "r:$T/b")"
same "pretend" "ok 0 exit 0" \
    "$(try "$P\tnative-fswrite: $A then pretend\n\tnative-getppid: pretend\n" \
    "u:$T/a" g)"
check "pretend: nothing was done" test -e "$T/a"
same "pretend[7]" "7 exit 0" \
    "$(try "$P\tnative-getppid: pretend[7]\n" g)"
same "ask is a denial" "EPERM ok exit 0" \
    "$(try "$P\tnative-fsread: $A then ask\n" "r:$T/a" "r:$T/b")"
: >"$T/log"
flags=
same "without -a as well" "EPERM ok exit 0" \
    "$(try "$P\tnative-fsread: $A then ask\n" "r:$T/a" "r:$T/b")"
same "and logged" 1 "$(lines "$T/log" "deny user: .*filename: $T/a")"
flags=-a
same "the first match wins" "ENOENT exit 0" \
    "$(try "$P\tnative-fsread: $A then deny[enoent]\n\tnative-fsread: $A then permit\n" \
    "r:$T/a")"
same "a rule for the call comes before its alias'" "EIO exit 0" \
    "$(try "$P\tnative-fsread: $A then deny[enoent]\n\tnative-open: $A then deny[eio]\n" \
    "r:$T/a")"
: >"$T/log"
same "Default: deny[errno]" "ENOENT EACCES exit 0" \
    "$(try "$P\tnative-fsread: filename match \"$T/*\" then deny[enoent]\n\tnative-socket: deny[eacces]\n" \
    "r:$T/c" i)"
same "a rule's denial is not logged" 0 "$(lines "$T/log" 'deny user')"
same "if: a predicate that holds" "ENOENT exit 0" \
    "$(try "$P\tnative-fsread: $A then deny[enoent], if user = $user\n" "r:$T/a")"
same "if: one that does not" "ok exit 0" \
    "$(try "$P\tnative-fsread: $A then deny[enoent], if user != $user\n" "r:$T/a")"
same "if: a group" "ENOENT exit 0" \
    "$(try "$P\tnative-fsread: $A then deny[enoent], if group = $user_gid\n" "r:$T/a")"
echo home >"$user_home/file"
same "\$HOME and \$USER are the user's" "ENOENT EIO exit 0" \
    "$(try "$P\tnative-fsread: filename eq \"\$HOME/file\" then deny[enoent]\n\tnative-fsread: filename eq \"/tmp/\$USER\" then deny[eio]\n" \
    "r:$user_home/file" "s:/tmp/$user")"
same "missing files are shown by name" "EIO ENOENT exit 0" \
    "$(try "$P\tnative-fsread: filename eq \"$T/missing\" then deny[eio]\n" \
    "s:$T/missing" "s:$T/missing2")"
same "as in systrace, too" "EIO ok exit 0" \
    "$(try "$P\tnative-fsread: filename sub \"<non-existent filename>\" then deny[eio]\n" \
    "s:$T/missing" "s:$T/a")"
same "as user: reads what is that user's" "ok EACCES exit 0" \
    "$(chown daemon "$T/rootb"; try \
    "$P\tnative-open: filename match \"$T/root*\" then permit as daemon\n" \
    "r:$T/rootb" "r:$T/roota")"
chown root:daemon "$T/rootc"
chmod 640 "$T/rootc"
same "as :group" "ok EACCES exit 0" \
    "$(try "$P\tnative-open: filename match \"$T/root*\" then permit as :daemon\n" \
    "r:$T/rootc" "r:$T/roota")"
mkdir "$T/spool"
chgrp daemon "$T/spool"
chmod 770 "$T/spool"
same "as :group creates" "ok exit 0" \
    "$(try "$P\tnative-open: filename match \"$T/spool/*\" then permit as :daemon\n" \
    "c:$T/spool/job")"
same "what is the user's own, of that group" "$user daemon" \
    "$(stat -c '%U %G' "$T/spool/job")"
same "with a capability" "ok EPERM exit 0" \
    "$(try "$P\tnative-socket: sockdom eq \"AF_PACKET\" then permit with cap_net_raw once\n" \
    p p)"
same "an alias creates nothing as root" "EACCES exit 0" \
    "$(try "$P\tnative-fswrite: filename match \"$trusted/*\" then permit as root\n" \
    "c:$trusted/made")"
refute "it was not made" test -e "$trusted/made"
same "open, named, does" "ok exit 0" \
    "$(try "$P\tnative-open: filename match \"$trusted/*\" then permit as root\n" \
    "c:$trusted/made")"
same "root's" "root root 644" "$(stat -c '%U %G %a' "$trusted/made")"
same "below a folder that the user may not enter" "ok EACCES EACCES exit 0" \
    "$(mkdir "$trusted/closed"; chmod 700 "$trusted/closed"
    echo x >"$trusted/closed/a"; cp "$trusted/closed/a" "$trusted/closed/b"
    chmod 600 "$trusted/closed/a" "$trusted/closed/b"
    try "$P\tnative-open: filename eq \"$trusted/closed/a\" then permit as root\n" \
    "r:$trusted/closed/a" "r:$trusted/closed/b" "r:$trusted/closed/none")"
# A descriptor without access is the kernel's to give: only where whatever
# takes it by its number is judged by name, if that is by its path.
path_only="$P\tnative-open: filename eq \"/nothing\" and oflags sub \"p\" then deny\n"
path_only="$path_only\tnative-open: filename eq \"$T/b\" then deny[eio]\n"
same "O_PATH is judged and had" "ok EIO ok exit 0" \
    "$(try "$path_only" "o:$T/a" "o:$T/b" "s:$T/a")"
same "not where stat is judged by name and fstat is not" \
    "EOPNOTSUPP EIO ok exit 0" \
    "$(try "$path_only\tnative-stat: filename eq \"/nothing\" then deny\n" \
    "o:$T/a" "o:$T/b" "s:$T/a")"
same "but where both are" "ok exit 0" \
    "$(try "$path_only\tnative-stat: filename eq \"/nothing\" then deny\n\tnative-fstat: filename eq \"/nothing\" then deny\n" \
    "o:$T/a")"
same "nor where a rule elevates" "EOPNOTSUPP ok exit 0" \
    "$(try "$P\tnative-open: filename eq \"$T/a\" then permit as root\n" \
    "o:$T/a" "r:$T/a")"
: >"$T/log"
try "$P\tnative-open: filename eq \"$T/a\" then permit log\n" "o:$T/a" \
    >"$T/out"
like "and it is logged" "syscall: native-open.*filename: $T/a" "$(cat "$T/log")"
sum=$(sha256sum <"$trusted/confined" | cut -d ' ' -f 1)
same "Digest: of this content" "ok exit 0" \
    "$(try "${P}Digest: sha256:$sum\n" "r:$T/a")"
same "Digest: of another" "exit 125" \
    "$(try "${P}Digest: sha256:$(printf '%064d' 7)\n" "r:$T/a" 2>/dev/null)"
: >"$T/log"
# what a static or dynamic program needs to start, and no more
same "without Default, under -a, the rest is denied" "ok EPERM EPERM exit 0" \
    "$(try "$(sed 's/$/\\n/' <<'EOF' | tr -d '\n'
	native-brk: permit
	native-mmap: permit
	native-munmap: permit
	native-mprotect: permit
	native-fstat: permit
	native-write: permit
	native-read: permit
	native-close: permit
	native-pread64: permit
	native-arch_prctl: permit
	native-set_tid_address: permit
	native-set_robust_list: permit
	native-rseq: permit
	native-prlimit64: permit
	native-getrandom: permit
	native-exit_group: permit
	native-fsread: filename match "/lib/*" then permit
	native-fsread: filename match "/usr/*" then permit
	native-fsread: filename match "/etc/ld.so.*" then permit
EOF
)\tnative-fsread: $A then permit\n" "r:$T/a" "r:$T/b" i)"
same "and logged" 1 "$(lines "$T/log" "deny user: .*filename: $T/b, .*line: default")"
done_testing
