#!/bin/sh
# SPDX-License-Identifier: ISC
# What becomes of policies and elevation when programs execute others: the
# child's own policy, none, permit[inherit], -i, scripts, the search of PATH,
# and that nothing is elevated after any exec.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv setcap
make_user
trusted_folder
for name in one two three; do
	cp "$helpers/confined" "$trusted/$name"
	setcap cap_block_suspend=i "$trusted/$name" ||
	    skip_all "file capabilities cannot be set here"
done
printf '#!%s/two\n' "$trusted" >"$trusted/script"
printf '#!/bin/sh\necho from a script: "$@"\n' >"$trusted/shell"
printf '#!%s/missing\n' "$trusted" >"$trusted/broken"
chmod 755 "$trusted/script" "$trusted/shell" "$trusted/broken"
echo a >"$T/a"
echo b >"$T/b"
echo secret >"$T/secret"
chmod 600 "$T/secret"
secret="native-open: filename eq \"$T/secret\" then permit as root"

# policy NAME RULES: adds one for $trusted/NAME
policy() {
	printf 'Policy: %s/%s, Emulation: native\n\tDefault: permit\n' \
	    "$trusted" "$1"
	printf '%b\n' "$2"
}

# run ARGUMENT ...: the results in one line
run() {
	timeout 30 "$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" "$@" \
	    >"$T/out" 2>"$T/err" </dev/null
	echo "exit $?" >>"$T/out"
	show "$T/err" >&2
	tr '\n' ' ' <"$T/out" | sed "s,$trusted/,,g; s,$T/,,g; s/ $//"
}

denied_a="\tnative-fsread: filename eq \"$T/a\" then deny[enoent]\n"
denied_b="\tnative-fsread: filename eq \"$T/b\" then deny[eio]\n"
{
	policy one "$denied_a\t$secret\n"
	policy two "$denied_b"
} >"$T/policy"
same "plain permit: the child's own policy" \
    "r:a: ENOENT r:b: ok s:two: ok r:a: ok r:b: EIO exit 0" \
    "$(run "$trusted/one" "r:$T/a" "r:$T/b" "x:$trusted/two" "s:$trusted/two" \
    "r:$T/a" "r:$T/b")"
same "elevated before, not after" "r:secret: ok r:secret: EACCES exit 0" \
    "$(run "$trusted/one" "r:$T/secret" "x:$trusted/two" "r:$T/secret")"
same "elevated before, not after exec of itself" \
    "r:secret: ok r:secret: EACCES exit 0" \
    "$(run "$trusted/one" "r:$T/secret" "x:$trusted/one" "r:$T/secret")"
same "a child that executes does not end its parent's" \
    "r:a: ok exit 0" "$(run "$trusted/one" f "x:$trusted/two" "r:$T/a")"
same "a child without policy: the session's default, which permits" \
    "r:a: ENOENT r:a: ok r:b: ok r:secret: EACCES exit 0" \
    "$(run "$trusted/one" "r:$T/a" "x:$trusted/three" "r:$T/a" "r:$T/b" \
    "r:$T/secret")"
same "a failed exec of what is missing" \
    "x:missing: ENOENT r:secret: ok exit 0" \
    "$(run "$trusted/one" "x:$trusted/missing" "r:$T/secret")"
same "a failed exec of what is no program" \
    "x:a: EACCES r:secret: ok exit 0" \
    "$(run "$trusted/one" "x:$T/a" "r:$T/secret")"
same "a failed exec of a folder" "x:: EACCES exit 0" \
    "$(run "$trusted/one" "x:$trusted/")"
same "a failed exec of a script without interpreter" \
    "x:broken: ENOENT r:secret: ok exit 0" \
    "$( { policy one "\t$secret\n"; policy broken ''; } >"$T/policy"
    run "$trusted/one" "x:$trusted/broken" "r:$T/secret")"

{
	policy one "$denied_a\t$secret\n\tnative-execve: permit[inherit]\n"
	policy two "$denied_b"
} >"$T/policy"
same "permit[inherit]: the parent's" "r:a: ENOENT r:b: ok exit 0" \
    "$(run "$trusted/one" "x:$trusted/three" "r:$T/a" "r:$T/b")"
same "permit[inherit]: before the child's own" "r:a: ENOENT r:b: ok exit 0" \
    "$(run "$trusted/one" "x:$trusted/two" "r:$T/a" "r:$T/b")"
same "permit[inherit]: nothing is elevated" "r:secret: EACCES exit 0" \
    "$(run "$trusted/one" "x:$trusted/three" "r:$T/secret")"
same "permit[inherit]: for grandchildren" "r:a: ENOENT exit 0" \
    "$(run "$trusted/one" "x:$trusted/three" f "x:$trusted/two" "r:$T/a")"

{
	policy one "$denied_a\tnative-execve: filename eq \"$trusted/two\" then deny[eacces] log\n\tnative-execve: filename eq \"$trusted/three\" then permit[inherit]\n"
	policy two ''
} >"$T/policy"
: >"$T/log"
same "execve is judged by name" "x:two: EACCES r:a: ENOENT exit 0" \
    "$(run "$trusted/one" "x:$trusted/two" "x:$trusted/three" "r:$T/a")"
same "its denial is logged" 1 \
    "$(lines "$T/log" 'deny user: .*native-execve([0-9]*), filename: .*/two')"
ln -s "$trusted/two" "$trusted/alias"
same "by a link, too" "x:alias: EACCES exit 0" \
    "$(run "$trusted/one" "x:$trusted/alias")"

{
	policy one "$denied_a"
	policy two ''
} >"$T/policy"
same "without -i" "r:a: ok exit 0" \
    "$(run "$trusted/one" "x:$trusted/two" "r:$T/a")"
same "-i: for all that is executed" "r:a: ENOENT exit 0" \
    "$(run -i "$trusted/one" "x:$trusted/two" "r:$T/a")"
same "-i: without a policy as well" "r:a: ENOENT exit 0" \
    "$(run -i "$trusted/one" "x:$trusted/three" f "x:$trusted/two" "r:$T/a")"

# Scripts: the policy is the script's, what runs is its interpreter.
{
	policy one ''
	policy script "$denied_a"
	policy two ''
	policy shell '\tnative-execve: permit[inherit]\n'
} >"$T/policy"
same "a script as the program" "r:a: ENOENT r:b: ok exit 0" \
    "$(run "$trusted/script" "r:$T/a" "r:$T/b")"
same "a script that is executed" "r:a: ENOENT r:b: ok exit 0" \
    "$(run "$trusted/one" "x:$trusted/script" "r:$T/a" "r:$T/b")"
same "a shell's script" "from a script: x y exit 0" \
    "$(run "$trusted/one" "x:$trusted/shell" x y)"
policy script "$denied_a\t$secret\n" >"$T/policy"
run "$trusted/script" >/dev/null 2>&1
like "a script is not elevated" 'without elevation: it is a script' \
    "$(cat "$T/err")"

# The search along PATH meets what is not there, not permitted, no program.
mkdir "$T/first" "$T/second" "$T/third"
printf 'no program\n' >"$T/second/three"
cp "$trusted/three" "$T/third/three"
cat >"$T/policy" <<EOF
Policy: /usr/bin/env, Emulation: native
	Default: permit
	native-execve: permit[inherit]
EOF
same "execvp goes on to where it is" "r:a: ok exit 0" \
    "$(run env PATH="$T/none:$T/first:$T/second:$T/third" three "r:$T/a")"
cat >"$T/policy" <<EOF
Policy: $trusted/three, Emulation: native
	Default: permit
EOF
same "privrun's own search as well" "r:a: ok exit 0" \
    "$(PATH="$T/none:$T/first:$T/second:$trusted:$PATH" run three "r:$T/a")"

# A new image of the very file that was judged, and not of one put in its
# place: what is executed by descriptor is judged by its name as well.
cat >"$T/policy" <<EOF
Policy: $trusted/one, Emulation: native
	Default: permit
	native-execve: filename eq "$trusted/two" then permit[inherit]
	native-execve: deny[eacces]
EOF
same "dots" "r:a: ok exit 0" \
    "$(run "$trusted/one" "x:$trusted/../${trusted##*/}/./two" "r:$T/a")"
same "/proc/self/exe is itself" "x:/proc/self/exe: EACCES exit 0" \
    "$(run "$trusted/one" "x:/proc/self/exe")"

# What executes nothing starts all the same: its own execve is not its to make.
printf 'Policy: %s/one, Emulation: native\n\tDefault: permit\n' "$trusted" \
    >"$T/policy"
printf '\tnative-execve: deny\n' >>"$T/policy"
same "no execve at all" "r:a: ok x:two: EPERM exit 0" \
    "$(run "$trusted/one" "r:$T/a" "x:$trusted/two")"

# Programs that are set-uid gain nothing.
cp "$trusted/two" "$trusted/setuid"
chmod 4755 "$trusted/setuid"
policy one '\tnative-execve: permit[inherit]\n' >"$T/policy"
same "a set-uid program" "r:secret: EACCES exit 0" \
    "$(run "$trusted/one" "x:$trusted/setuid" "r:$T/secret")"
done_testing
