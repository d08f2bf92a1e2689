#!/bin/sh
# SPDX-License-Identifier: ISC
# privrun's own ways: options, exit statuses, credentials, where policies
# come from, pipelines, and what it refuses.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv
make_user
chmod 755 "$user_home"
cat >"$T/policy" <<'EOF'
Policy: */dash, Emulation: native
	Default: permit
	native-execve: permit[inherit]

Policy: */bash, Emulation: native
	Default: permit
	native-execve: permit[inherit]

Policy: */busybox, Emulation: native
	Default: permit
	native-execve: permit[inherit]

Policy: */ls, Emulation: native
	Default: permit

Policy: */id, Emulation: native
	Default: permit

Policy: */cat, Emulation: native
	Default: permit

Policy: */head, Emulation: native
	Default: permit

Policy: */yes, Emulation: native
	Default: permit

Policy: */echo, Emulation: native
	Default: permit
EOF

# run ARGUMENT ...: privrun as root, for the user; $status, $out and $err
run() {
	timeout 30 "$privrun" -f "$T/policy" -a -c "$user" "$@" \
	    >"$T/out" 2>"$T/err" </dev/null
	status=$?
	out=$(cat "$T/out")
	err=$(cat "$T/err")
}

# own ARGUMENT ...: the user's own privrun
own() {
	as_user "$user" timeout 30 "$privrun" "$@" >"$T/out" 2>"$T/err" \
	    </dev/null
	status=$?
	out=$(cat "$T/out")
	err=$(cat "$T/err")
}

# Exit statuses.
run sh -c 'exit 0'
same "exit status 0" 0 $status
run sh -c 'exit 7'
same "exit status 7" 7 $status
run sh -c 'exit 125'
same "exit status 125 of the program's own" "125 " "$status $err"
for sig in TERM:143 KILL:137 SEGV:139 HUP:129 INT:130 PIPE:141 ABRT:134; do
	run sh -c "kill -${sig%:*} \$\$"
	same "dies of SIG${sig%:*}" "${sig#*:}" $status
done
own -f "$T/policy" -a sh -c 'exit 9'
same "exit status in the user's own session" 9 $status
own -f "$T/policy" -a sh -c 'kill -TERM $$'
same "signal in the user's own session" 143 $status
run no-such-program
same "no such program" 127 $status
same "it is said in one line" 1 "$(lines "$T/err" 'no-such-program')"
run "$T/no-such-program"
same "no such file" 127 $status
echo text >"$T/text"
run "$T/text"
same "no executable" 126 $status
run "$T"
same "a folder" 126 $status
run true
same "no policy" 125 $status
like "it is said which" 'no policy for .*/true' "$err"
printf '#!%s/missing\n' "$T" >"$T/script"
chmod 755 "$T/script"
run "$T/script"
refute "a script without its interpreter" test $status -eq 0

# What only execve itself finds out: no format, and no loader of libraries.
chmod 755 "$T/text"
cat >"$T/formats" <<EOF
Policy: $T/text, Emulation: native
	Default: permit

Policy: $T/loaderless, Emulation: native
	Default: permit
EOF
run -f "$T/formats" "$T/text"
same "no format that is known" 126 $status
like "it is said" 'Exec format error' "$err"
sed 's,/ld-linux,/ld-nolib,' "$helpers/confined" >"$T/loaderless"
chmod 755 "$T/loaderless"
if cmp -s "$helpers/confined" "$T/loaderless"; then
	skip 1 "no loader's name in programs here"
else
	run -f "$T/formats" "$T/loaderless" g
	same "a loader that is not there" 127 $status
fi
chmod 644 "$T/text"

# Options.
run ls -l -d /
same "options end at the command" 0 $status
like "which has its own" '^d.* /$' "$out"
run echo -a -c nobody -V
same "they are not looked at" '-a -c nobody -V' "$out"
run -- echo hello
same "--" hello "$out"
run sh -c 'printf "%s\n" "$0" "$@"' zero 'one two' '' three
same "arguments come as they are" 'zero
one two

three' "$out"
out=$("$privrun" -V)
same "-V: exit status" 0 $?
like "-V: version" '^privrun [0-9]' "$out"
"$privrun" >"$T/out" 2>"$T/err"
same "usage: no command" 2 $?
like "usage: is shown" '^usage: privrun' "$(cat "$T/err")"
"$privrun" -Y ls >"$T/out" 2>&1
same "usage: unknown option" 2 $?
"$privrun" -f >"$T/out" 2>&1
same "usage: no argument" 2 $?
for wrong in no-such-user no-such-user:0 0:no-such-group 12x 4294967295:0 \
    ''; do
	"$privrun" -f "$T/policy" -a -c "$wrong" ls / >"$T/out" 2>&1
	same "-c \"$wrong\"" 2 $?
done
"$privrun" -f "$T/policy" -a -c 4123456789 ls / >"$T/out" 2>&1
same "-c: a number without passwd entry" 2 $?

# Credentials.
ids() {
	"$privrun" -f "$T/policy" -a -c "$1" id 2>"$T/err" |
	    sed 's/([^)]*)//g'
	show "$T/err" >&2
}
same "-c uid:gid" "uid=12345 gid=23456 groups=23456" "$(ids 12345:23456)"
same "-c user" "uid=$user_uid gid=$user_gid groups=$user_gid" "$(ids "$user")"
same "-c uid" "uid=$user_uid gid=$user_gid groups=$user_gid" \
    "$(ids "$user_uid")"
same "-c user:group" "uid=$user_uid gid=$(id -g daemon) groups=$(id -g daemon)" \
    "$(ids "$user:daemon")"
usermod -a -G daemon "$user"
same "-c user: with its groups" \
    "uid=$user_uid gid=$user_gid groups=$user_gid,$(id -g daemon)" \
    "$(ids "$user")"
gpasswd -d "$user" daemon >/dev/null
own -f "$T/policy" -a -c "$user" id
same "-c of a user: exit status" 125 $status
like "-c of a user: message" 'Need to be root to change credentials\.$' "$err"
same "-c of a user: nothing else" 1 "$(lines "$T/err" .)"
same "-c of a user: nothing run" '' "$out"

# Elevation in a user's own session.
cat >"$T/elevating" <<EOF
Policy: */dash, Emulation: native
	Default: permit
	native-execve: permit[inherit]
	native-open: filename eq "$T/secret" then permit as root

Policy: */cat, Emulation: native
	Default: permit
	native-open: filename eq "$T/secret" then permit as root
EOF
echo secret >"$T/secret"
chmod 600 "$T/secret"
own -f "$T/elevating" -a cat "$T/secret" "$T/secret" "$T/text"
same "as, of a user: said once" 1 \
    "$(lines "$T/err" '^privrun: Privilege elevation not allowed\.$')"
same "as, of a user: the program goes on" "text 1" "$out $status"
same "as, of a user: its calls are its own" 2 \
    "$(lines "$T/err" 'secret: Permission denied')"
own -f "$T/elevating" -a cat "$T/text"
same "as, of a user: not said where not met" '' "$err"
run -f "$T/elevating" cat "$T/secret"
same "as, of root's: given" secret "$out"

# Where policies come from.
deny() {
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n' \
	    "$(command -v cat)"
	printf '\tnative-fsread: filename eq "%s" then deny[enoent]\n' \
	    "$T/text"
}
mkdir "$user_home/.privd" "$user_home/.systrace" "$T/folder" "$T/empty"
deny >"$user_home/.privd/usr_bin_cat"
own -f "$T/policy" -a cat "$T/text"
same ".privd at home is read" 1 $status
own -U -f "$T/policy" -a cat "$T/text"
same "-U: it is not" text "$out"
own -d "$T/empty" -f "$T/policy" -a cat "$T/text"
same "-d replaces it" text "$out"
rm -r "$user_home/.privd"
deny >"$user_home/.systrace/usr_bin_cat"
own -f "$T/policy" -a cat "$T/text"
same ".systrace, where that is not" 1 $status
mkdir "$user_home/.privd"
own -f "$T/policy" -a cat "$T/text"
same "not, where it is" text "$out"
rm -r "$user_home/.privd" "$user_home/.systrace"
deny >"$T/folder/usr_bin_cat"
own -d "$T/folder" -a cat "$T/text"
same "-d alone" 1 $status
like "it answers with its errno" 'No such file' "$err"

# -u: neither aliases nor folding.
own -u -d "$T/folder" -a cat "$T/text"
same "-u: no aliases" text "$out"
cat >"$T/folder/usr_bin_cat" <<EOF
Policy: $(command -v cat), Emulation: native
	Default: permit
	native-open: filename eq "$T/text" then deny[enoent]
EOF
own -d "$T/folder" -a cat "$T/text"
same "open is openat as well" 1 $status
own -u -d "$T/folder" -a cat "$T/text"
same "-u: it is not" text "$out"

# Who is told that he became somebody else executes nothing: with -u a rule for
# execve leaves execveat to the default.
cat >"$T/pretending" <<EOF
Policy: */cat, Emulation: native
	Default: permit
	native-execve: deny
	native-setuid: pretend
EOF
own -U -a -f "$T/pretending" cat "$T/text"
same "pretend without execve" text "$out"
own -U -u -a -f "$T/pretending" cat "$T/text"
same "-u: execveat is left" 125 $status
like "and it says so" 'with -u permits execveat' "$err"
echo '	native-execveat: deny' >>"$T/pretending"
own -U -u -a -f "$T/pretending" cat "$T/text"
same "-u: without either" text "$out"

# -i: the policy never changes.
cat >"$T/inherit" <<EOF
Policy: */dash, Emulation: native
	Default: permit
	native-fsread: filename eq "$T/text" then deny[enoent]

Policy: */cat, Emulation: native
	Default: permit
EOF
if [ "$(basename "$(readlink -f /bin/sh)")" = dash ]; then
	own -f "$T/inherit" -a sh -c "cat '$T/text'"
	same "without -i: the child's own policy" text "$out"
	own -i -f "$T/inherit" -a sh -c "cat '$T/text'"
	same "-i: the parent's" 1 $status
else
	skip 2 "sh is not dash"
fi

# Logs.
cat >"$T/logging" <<EOF
Policy: */cat, Emulation: native
	Default: permit
	native-open: filename eq "$T/text" then permit log
EOF
own -f "$T/logging" -a -E "$user_home/log" cat "$T/text"
same "-E: nothing on standard error" '' "$err"
same "-E: one line" 1 "$(lines "$user_home/log" 'permit user:')"
own -f "$T/logging" -a -E "$user_home/log" cat "$T/text"
same "-E appends" 2 "$(lines "$user_home/log" 'permit user:')"
own -f "$T/logging" -a -e cat "$T/text"
same "-e: one line" 1 "$(lines "$T/err" '^privrun: permit user:')"
same "-e: not on standard output" text "$out"
own -f "$T/logging" -a -E "$T/no/log" cat "$T/text"
same "-E that cannot be opened" 125 $status

# Pipelines.
same "yes | privrun head" y \
    "$(yes | timeout 30 "$privrun" -f "$T/policy" -a -c "$user" head -n 1)"
{
	timeout 30 "$privrun" -f "$T/policy" -a -c "$user" yes 2>&1
	echo $? >"$T/status"
} | head -n 1 >"$T/out"
same "privrun yes | head" "y 141" "$(cat "$T/out" "$T/status" | tr '\n' ' ' |
    sed 's/ $//')"
printf 'one\ntwo\n' >"$T/lines"
# shellcheck disable=SC2016	# for the other shell
same "standard input is the program's" 'one two ' "$({
	"$privrun" -f "$T/policy" -a -c "$user" sh -c 'read -r x; echo $x'
	cat
} <"$T/lines" | tr '\n' ' ')"
# A pipe that the program has closed is closed.
mkfifo "$T/pipe" "$T/in"
cat "$T/pipe" >"$T/out" &
reader=$!
remember $reader
"$privrun" -f "$T/policy" -a -c "$user" \
    sh -c 'echo first; exec >&-; read -r x' >"$T/pipe" 2>"$T/err" <"$T/in" &
pid=$!
remember $pid
exec 9>"$T/in"
check "privrun does not hold the program's pipes" \
    until_true 10 has_ended $reader
refute "while it runs" has_ended $pid
exec 9>&-
wait $pid
forget $pid
forget $reader

# Signals to privrun are for the program.
"$privrun" -f "$T/policy" -a -c "$user" \
    sh -c 'trap "echo told; exit 3" TERM; echo ready; read -r x' \
    >"$T/out" 2>"$T/err" <"$T/in" &
pid=$!
remember $pid
exec 9>"$T/in"
wait_for "$T/out" ready
kill -TERM $pid
check "SIGTERM to privrun: it ends" until_true 10 has_ended $pid
exec 9>&-
wait $pid
same "SIGTERM to privrun: the program's answer" 3 $?
same "SIGTERM to privrun: was the program's" 1 "$(lines "$T/out" told)"
forget $pid

# Also from another space of process ids, where nobody's number is known.
if unshare -mpf --mount-proc true 2>/dev/null; then
	unshare -mpf --mount-proc "$privrun" -f "$T/policy" -a -c "$user" \
	    sh -c 'trap "echo told; exit 3" TERM; echo ready; read -r x' \
	    >"$T/out" 2>"$T/err" <"$T/in" &
	pid=$!
	remember $pid
	exec 9>"$T/in"
	wait_for "$T/out" ready
	kill -TERM "$(children_of $pid)"
	check "from outside: it ends" until_true 10 has_ended $pid
	exec 9>&-
	wait $pid
	same "from outside: it was the program's" "3 1" \
	    "$? $(lines "$T/out" told)"
	forget $pid
else
	skip 2 "no namespaces here"
fi

# Sessions do not nest. (In one nothing can be traced, as the leak checker of a
# build with sanitizers would itself.)
run sh -c "ASAN_OPTIONS=detect_leaks=0 '$privrun' -f '$T/policy' -a echo inside; echo \$?"
same "a session in a session is refused" 125 "$out"
like "it is said why" 'sessions do not nest' "$err"

# What is not built is refused, with its line.
cat >"$T/refused" <<'EOF'
# a note
Policy: */echo, Emulation: native
	Default: permit
	native-execve: permit[policy "/nowhere/at/all"]
EOF
"$privrun" -f "$T/refused" -a -c "$user" echo ran >"$T/out" 2>"$T/err"
same "permit[policy] of none is refused" "125 " "$? $(cat "$T/out")"
like "with its line" "$T/refused:4:" "$(cat "$T/err")"
printf 'Policy: */echo, Emulation: linux32\n\tdetached\n' >"$T/refused"
"$privrun" -f "$T/refused" -a -c "$user" echo ran >"$T/out" 2>"$T/err"
same "linux32 is refused" "125 " "$? $(cat "$T/out")"
cat >"$T/refused" <<'EOF'
Policy: */echo, Emulation: native
	Default: permit
	native-fspick: filename eq "/etc" then deny
EOF
"$privrun" -f "$T/refused" -a -c "$user" echo ran >"$T/out" 2>"$T/err"
same "a path that cannot be judged is refused" "125 " "$? $(cat "$T/out")"
like "with its line" "$T/refused:3:" "$(cat "$T/err")"
cat >"$T/refused" <<'EOF'
Policy: */echo, Emulation: native
	Default: permit
	native-opne: permit
	native-vhangup: permit as root
	native-open: filename eq "/x" then permit sometimes
EOF
"$privrun" -f "$T/refused" -a -c "$user" echo ran >"$T/out" 2>"$T/err"
same "a policy with errors is refused" "125 " "$? $(cat "$T/out")"
for line in 3 4 5; do
	like "its errors: line $line" "$T/refused:$line:[0-9]*:" \
	    "$(cat "$T/err")"
done
# A policy that has no name: a shell's pipe.
cat >"$T/piping" <<EOF
printf 'Policy: */echo, Emulation: native\n\tDefault: permit\n' |
    "$privrun" -U -a -f /dev/stdin echo ran
EOF
as_user "$user" sh "$T/piping" >"$T/out" 2>&1
same "a user's policy from a pipe" "0 ran" "$? $(cat "$T/out")"
done_testing
