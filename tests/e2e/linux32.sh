#!/bin/sh
# SPDX-License-Identifier: ISC
# 32-bit programs under policies for linux32: that their calls give what they
# give natively, whatever their registers and structures are; that they have no
# native calls, and native programs none of theirs; executing each other.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/judged.sh
. tests/lib/judged.sh

need_root
protect_files "$0" "$@"
need_programs setpriv setcap truncate
small=$BUILD/tests/e2e32
[ -x "$small/layouts" ] || skip_all "no 32-bit programs can be built"
"$small/ids" >/dev/null 2>&1 || skip_all "no 32-bit programs run here"
make_user
trusted_folder
for name in one two static; do
	from=$small/confined
	[ $name != static ] || from=$small/confined-static
	cp "$from" "$trusted/$name"
	setcap cap_block_suspend=i "$trusted/$name" ||
	    skip_all "file capabilities cannot be set here"
done
cp "$helpers/confined" "$trusted/native"
cp "$small/far" "$small/ids" "$small/layouts" "$small/flip" "$helpers/gate" \
    "$trusted"
printf '#!%s/one\n' "$trusted" >"$trusted/script"
printf '#!%s/two\n' "$trusted" >"$trusted/other"
chmod 755 "$trusted/script" "$trusted/other"
echo a >"$T/a"
echo b >"$T/b"
echo secret >"$T/secret"
chmod 600 "$T/secret"

# policy EMULATION NAME RULES: adds one for $trusted/NAME
policy() {
	printf 'Policy: %s/%s, Emulation: %s\n\tDefault: permit\n%b' \
	    "$trusted" "$2" "$1" "$3"
}

# run PROGRAM [ARGUMENT ...]: the results in one line
run() {
	timeout 60 "$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user" \
	    "$@" >"$T/out" 2>"$T/err" </dev/null
	echo "exit $?" >>"$T/out"
	show "$T/err" >&2
	tr '\n' ' ' <"$T/out" | sed "s,$trusted/,,g; s,$T/,,g; s/ $//"
}

# refused RULES: why a session does not start with them
refused() {
	policy linux32 one "$1" >"$T/policy"
	"$privrun" -U -a -f "$T/policy" -c "$user" "$trusted/one" \
	    2>&1 >/dev/null </dev/null
}

denied_a="\tlinux32-fsread: filename eq \"$T/a\" then deny[enoent]\n"
denied_b="\tnative-fsread: filename eq \"$T/b\" then deny[eio]\n"
secret="\tlinux32-open: filename eq \"$T/secret\" then permit as root\n"
never='	linux32-execve: deny[eacces]\n'

# --- what calls give
mkdir "$T/read" "$T/read/folder"
echo content >"$T/read/file"
ln -s file "$T/read/link"
truncate -s 3G "$T/read/large"
chmod 666 "$T/read/large"
layouts() {
	rm -rf "$T/work"
	mkdir "$T/work"
	chmod 777 "$T/work"
	"$@" "$trusted/layouts" "$T/read" "$T/work" >"$T/out" 2>&1
	echo "exit $?" >>"$T/out"
}
judged_machine=i386
judged_emulation=linux32
judged_program=$trusted/layouts
judged_policy "$T/judged" "$trusted/layouts"
layouts as_user "$user" setpriv --no-new-privs
cp "$T/out" "$T/natively"
like "the program comes to its end natively" "^exit 0" "$(cat "$T/out")"
check "and makes its calls" test "$(grep -c ' = ' "$T/out")" -gt 250
layouts "$privrun" -U -a -E "$T/log" -f "$T/judged" -c "$user"
same_files "every call judged, in root's session: the same" "$T/natively" \
    "$T/out"
layouts as_user "$user" "$privrun" -U -a -E "$T/work/log" -f "$T/judged"
same_files "every call judged, in the user's session: the same" \
    "$T/natively" "$T/out"

# --- what is denied, and whose calls there are
policy linux32 one "$denied_a" >"$T/policy"
same "a dynamic program" "r:a: ENOENT r:b: ok s:a: ENOENT i: ok exit 0" \
    "$(run "$trusted/one" "r:$T/a" "r:$T/b" "s:$T/a" i)"
policy linux32 static "$denied_a" >"$T/policy"
same "a static program" "r:a: ENOENT r:b: ok s:a: ENOENT i: ok exit 0" \
    "$(run "$trusted/static" "r:$T/a" "r:$T/b" "s:$T/a" i)"
policy linux32 far "$never" >"$T/policy"
same "it has no native calls" "getpid -38 open -38 openat -38 socket -38 \
mmap -38 kill -38 read -38 execve -38 i386 1 exit 0" "$(run "$trusted/far")"
{
	policy linux32 far ''
	policy native native "$denied_b"
} >"$T/policy"
same "nor where native programs can be executed, but what is shared" \
    "getpid -38 open -38 openat -38 socket -38 mmap -38 kill -38 read 0 \
execve -38 i386 1 exit 0" "$(run "$trusted/far")"
none="getpid -38 open -38 stat64 -38 socketcall -38 execve -38 exit 0"
policy native gate '' >"$T/policy"
same "a native program has none of i386's" "$none" "$(run "$trusted/gate")"
{
	policy native gate "\tnative-open: permit\n"
	policy linux32 one ''
} >"$T/policy"
same "nor where 32-bit programs can be executed" "$none" \
    "$(run "$trusted/gate")"

# --- registers that are cut, arguments in memory
policy linux32 ids "$never\tlinux32-setuid: uid eq \"0\" then deny[eio]
\tlinux32-setresuid: uid[0] eq \"-1\" and uid[1] eq \"-1\" then deny[enoent]
\tlinux32-mmap: prot eq \"PROT_READ|PROT_WRITE|PROT_EXEC\" then deny[eacces]
\tlinux32-ioctl: request eq \"FS_IOC_GETFLAGS\" then deny[exdev]
" >"$T/policy"
same "ids of 16 bits are judged as the kernel takes them; mmap of old; requests" \
    "setuid 0 EIO setuid 0x10000 EIO setuid32 0x10000 EPERM setresuid -1 \
ENOENT mmap r EPERM mmap rwx EACCES mmap2 rwx EACCES getflags EXDEV \
getversion ok exit 0" \
    "$(run "$trusted/ids")"

# --- executing
{
	policy linux32 one "$denied_a"
	policy linux32 two ''
	policy native native "$denied_b"
	policy linux32 script "$denied_a"
	policy linux32 other ''
} >"$T/policy"
same "from one to the other kind and back" \
    "r:a: ENOENT r:b: ok r:a: ok r:b: EIO r:a: ENOENT r:b: ok exit 0" \
    "$(run "$trusted/one" "r:$T/a" "r:$T/b" "x:$trusted/native" "r:$T/a" \
    "r:$T/b" "x:$trusted/one" "r:$T/a" "r:$T/b")"
same "and from a native program, in a child" \
    "r:b: EIO r:a: ENOENT r:b: ok exit 0" \
    "$(run "$trusted/native" "r:$T/b" f "x:$trusted/one" "r:$T/a" "r:$T/b")"
same "a script of a 32-bit interpreter is the one that was judged" \
    "r:a: ENOENT r:a: ok exit 0" \
    "$(run "$trusted/native" "x:$trusted/script" "r:$T/a" \
    "x:$trusted/other" "r:$T/a")"
policy native sh '' | sed "s,$trusted/sh,$(realpath /bin/sh)," >>"$T/policy"
same "from a shell" "r:a: ENOENT here r:a: ok exit 0" "$(run /bin/sh -c \
    "$trusted/one r:$T/a; echo here; $trusted/two r:$T/a")"
{
	policy native native '	native-execve: permit[confine]\n'
	policy linux32 one ''
} >"$T/policy"
same "both kinds do not confine together" "x:one: EPERM r:a: ok exit 0" \
    "$(run "$trusted/native" "x:$trusted/one" "r:$T/a")"
like "it is said why" "confine it together" "$(tail -n 3 "$T/log")"
{
	policy linux32 one "\tlinux32-execve: argv re \"$T/a\" then deny[e2big]
\tlinux32-execve: permit\n"
	policy linux32 two ''
} >"$T/policy"
same "arguments of an execve" "x:two: E2BIG r:b: ok exit 0" \
    "$(run "$trusted/one" "x:$trusted/two" "r:$T/a" 2>/dev/null |
    sed 's/ r:a: ok exit 0/ r:b: ok exit 0/')"
same "are judged" "r:b: ok exit 0" \
    "$(run "$trusted/one" "x:$trusted/two" "r:$T/b")"

# --- elevation
{
	policy linux32 one "$secret\tlinux32-socket: sockdom eq \
\"AF_PACKET\" then permit with net_raw\n"
	policy linux32 two ''
} >"$T/policy"
same "elevated, to the end of the program" \
    "r:secret: ok p: ok i: ok r:secret: EACCES p: EPERM exit 0" \
    "$(run "$trusted/one" "r:$T/secret" p i "x:$trusted/two" \
    "r:$T/secret" p)"
sed "s,$trusted/one,$trusted/static," "$T/policy" >"$T/policy.static"
mv "$T/policy.static" "$T/policy"
same "a static program" "r:secret: ok p: ok r:secret: EACCES exit 0" \
    "$(run "$trusted/static" "r:$T/secret" p "x:$trusted/two" "r:$T/secret")"

# --- a path that flips
mkdir "$T/flips"
chown "$user" "$T/flips"
echo P >"$T/flips/a"
echo F >"$T/flips/b"
policy linux32 flip "\tlinux32-fsread: filename eq \"$T/flips/b\" then \
deny[eacces]\n" >"$T/policy"
run "$trusted/flip" "$T/flips/a" b 30000 >/dev/null
same "the forbidden file never opens" "forbidden 0 other 0" \
    "$(grep -E '^(forbidden|other)' "$T/out" | tr '\n' ' ' | sed 's/ $//')"
check "the path did flip" test \
    "$(sed -n 's/^permitted //p' "$T/out")" -gt 0 -a \
    "$(sed -n 's/^refused //p' "$T/out")" -gt 0

cp "$small/flip-call" "$trusted"
policy linux32 flip-call "\tlinux32-socket: sockdom eq \"AF_INET\" then \
deny[eacces]\n" >"$T/policy"
run "$trusted/flip-call" 20000 >/dev/null
same "arguments in memory that flip: the forbidden are never had" "inet 0" \
    "$(grep '^inet' "$T/out")"
check "they did flip" test "$(sed -n 's/^unix //p' "$T/out")" -gt 0 -a \
    "$(sed -n 's/^refused //p' "$T/out")" -gt 0

cp "$small/flip-option" "$trusted"
policy linux32 flip-option "\tlinux32-connect: sockaddr eq \"/no/such\" then \
deny[enoent]\n" >"$T/policy"
run "$trusted/flip-option" 20000 >/dev/null
same "nor is what is refused beside all rules" "routed 0" \
    "$(grep '^routed' "$T/out")"
check "that did flip" test "$(sed -n 's/^others //p' "$T/out")" -gt 0 -a \
    "$(sed -n 's/^refused //p' "$T/out")" -gt 0

# --- what is refused before it starts
like "socketcall is no name" ":3: socketcall is judged as the call" \
    "$(refused '\tlinux32-socketcall: permit\n')"
like "nor ipc" ":3: ipc is judged as" "$(refused '\tlinux32-ipc: deny\n')"
like "ioctl is not elevated" ":3: ioctl of a 32-bit program" \
    "$(refused '\tlinux32-ioctl: request eq "SIOCSIFFLAGS" then permit as root\n')"
like "quotas are not judged" ":3: quotactl of a 32-bit program" \
    "$(refused '\tlinux32-quotactl: cmd eq "Q_SYNC" then permit\n')"
policy native one '' >"$T/policy"
like "a native policy is none for it" "is a 32-bit program" \
    "$("$privrun" -U -a -f "$T/policy" -c "$user" "$trusted/one" 2>&1)"
policy linux32 native '' >"$T/policy"
like "nor is one for linux32 for a native program" "is a 64-bit program" \
    "$("$privrun" -U -a -f "$T/policy" -c "$user" "$trusted/native" 2>&1)"
done_testing
