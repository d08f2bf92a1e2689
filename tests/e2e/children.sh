#!/bin/sh
# SPDX-License-Identifier: ISC
# What an executed program runs under: each form of permit on execve, alone,
# nested and mixed with a user's policy, with scripts, -i, and behind double
# forks, whose parents are gone before they are first seen.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv setcap
make_user
trusted_folder
for name in one two three four; do
	cp "$helpers/confined" "$trusted/$name"
	setcap cap_block_suspend=i "$trusted/$name" ||
	    skip_all "file capabilities cannot be set here"
done
printf '#!%s/two\n' "$trusted" >"$trusted/script"
printf '#!%s/script\n' "$trusted" >"$trusted/script2"
chmod 755 "$trusted/script" "$trusted/script2"
for name in a b c d; do
	echo "$name" >"$T/$name"
done
echo secret >"$T/secret"
chmod 600 "$T/secret"

# policy NAME RULES: one that permits by default
policy() {
	printf 'Policy: %s/%s, Emulation: native\n\tDefault: permit\n' \
	    "$trusted" "$1"
	printf '%b\n' "$2"
}

# Each policy denies one file: what is denied tells which ones are in force.
not_a="\tnative-fsread: filename eq \"$T/a\" then deny[enoent]\n"
not_b="\tnative-fsread: filename eq \"$T/b\" then deny[eio]\n"
not_c="\tnative-fsread: filename eq \"$T/c\" then deny[enodev]\n"
secret="\tnative-open: filename eq \"$T/secret\" then permit as root\n"
reads="r:$T/a r:$T/b r:$T/c"
nothing="r:a: ok r:b: ok r:c: ok"
only_a="r:a: ENOENT r:b: ok r:c: ok"
only_b="r:a: ok r:b: EIO r:c: ok"
only_c="r:a: ok r:b: ok r:c: ENODEV"
a_and_b="r:a: ENOENT r:b: EIO r:c: ok"
all="r:a: ENOENT r:b: EIO r:c: ENODEV"

# run ARGUMENT ...: the results in one line
run() {
	: >"$T/log"
	timeout 30 "$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" "$@" \
	    >"$T/out" 2>"$T/err" </dev/null
	echo "exit $?" >>"$T/out"
	show "$T/err" >&2
	tr '\n' ' ' <"$T/out" |
	    sed "s,$trusted/,,g; s,$T/,,g; s/ $//; s/ exit 0$//"
}

# from_one FORM STEPS: what one executes has these results
from_one() {
	form=$1
	shift
	{
		policy one "$not_a\tnative-execve: $form\n$secret"
		policy two "$not_b"
		policy three "$not_c\tnative-execve: permit[confine]\n"
		printf 'Policy: %s/four, Emulation: native\ndetached\n' \
		    "$trusted"
		policy script "$not_c"
	} >"$T/policy"
	run "$trusted/one" "$@"
}

# shellcheck disable=SC2086 # lists of steps
{
for way in x e; do
	same "$way plain: the child's own" "$only_b" \
	    "$(from_one permit "$way:$trusted/two" $reads)"
	same "$way inherit: the parent's" "$only_a" \
	    "$(from_one "permit[inherit]" "$way:$trusted/two" $reads)"
	same "$way confine: both" "$a_and_b" \
	    "$(from_one "permit[confine]" "$way:$trusted/two" $reads)"
	same "$way policy: the other's" "$only_c" \
	    "$(from_one "permit[policy \"$trusted/three\"]" \
	    "$way:$trusted/two" $reads)"
	same "$way detach: none" "$nothing" \
	    "$(from_one "permit[detach]" "$way:$trusted/two" $reads)"
done
same "confine: without a policy of its own, the parent's" "$only_a" \
    "$(from_one "permit[confine]" "x:$trusted/script2" $reads)"
same "confine: a script of a script has its own and the parent's" \
    "r:a: ENOENT r:b: ok r:c: ENODEV" \
    "$(from_one "permit[confine]" "x:$trusted/script" $reads)"
same "confine, of a child that confines" "$all" \
    "$(from_one "permit[confine]" "x:$trusted/three" "x:$trusted/two" $reads)"
same "policy: of what that policy executes" "r:a: ok r:b: EIO r:c: ENODEV" \
    "$(from_one "permit[policy \"$trusted/three\"]" "x:$trusted/four" \
    "x:$trusted/two" $reads)"
same "detach: all that it executes" "$nothing" \
    "$(from_one "permit[detach]" "x:$trusted/two" "x:$trusted/one" \
    "x:$trusted/three" $reads)"
same "detach: ends elevation" "r:secret: ok r:secret: EACCES" \
    "$(from_one "permit[detach]" "r:$T/secret" "x:$trusted/one" \
    "r:$T/secret")"
same "a detached policy" "$nothing" \
    "$(from_one permit "x:$trusted/four" "x:$trusted/two" $reads)"
same "a detached policy of a confined child: the parent's alone" "$only_a" \
    "$(from_one "permit[confine]" "x:$trusted/four" $reads)"
same "a detached policy by name" "$nothing" \
    "$(from_one "permit[policy \"$trusted/four\"]" "x:$trusted/two" $reads)"
same "a detached program is launched" "$nothing" \
    "$(from_one permit >/dev/null
    run "$trusted/four" "x:$trusted/two" "x:$trusted/one" $reads)"
same "detach: what no session may do is not done" "exit 1" \
    "$(from_one "permit[detach]" x:/usr/bin/unshare -U true 2>/dev/null |
    sed 's/^unshare: .*: Operation not permitted //')"
same "vfork: the child's policy is not the parent's" "$only_b $only_a" \
    "$(from_one permit "v:$trusted/two" $reads . $reads)"
same "vfork: a detached child" "$nothing $only_a" \
    "$(from_one "permit[detach]" "v:$trusted/two" $reads . $reads)"
same "a script that is executed: its own, not its interpreter's" "$only_c" \
    "$(from_one permit "x:$trusted/script" $reads)"
same "a copy in memory has no policy: the default" "$nothing" \
    "$(from_one permit "m:$trusted/two" $reads)"
same "a copy in memory, confined" "$only_a" \
    "$(from_one "permit[confine]" "m:$trusted/two" $reads)"
same "a deleted copy has no policy: the default" "$nothing" \
    "$(HOME=$user_home; export HOME
    from_one permit "z:$trusted/two" $reads)"
same "/proc/self/exe is what runs" "$only_a" \
    "$(from_one permit "x:/proc/self/exe" $reads)"
same "/proc/self/exe of a child" "$a_and_b" \
    "$(from_one "permit[confine]" "x:$trusted/two" "x:/proc/self/exe" $reads)"

# More policies than are kept.
{
	policy one "$not_a\tnative-execve: permit[confine]\n"
	for n in 1 2 3 4 5 6 7 8; do
		cp "$helpers/confined" "$trusted/n$n"
		policy "n$n" "\tnative-execve: permit[confine]\n"
	done
} >"$T/policy"
same "eight policies, not nine" "x:n8: EPERM $only_a" \
    "$(run "$trusted/one" "x:$trusted/n1" "x:$trusted/n2" "x:$trusted/n3" \
    "x:$trusted/n4" "x:$trusted/n5" "x:$trusted/n6" "x:$trusted/n7" \
    "x:$trusted/n8" $reads)"
like "and the log says so" 'more than 8 policies' "$(cat "$T/log")"

# Programs without a policy.
{
	policy one "$not_a"
	printf 'Policy: %s/two, Emulation: native\n' "$trusted"
	printf '\tInclude: "dynamic"\n\tInclude: "stdio"\n'
	printf '\tInclude: "listing"\n\tnative-execve: permit\n'
	printf '\tnative-fsread: filename match "%s" then permit\n' \
	    "$trusted" "$T"
} >"$T/policy"
same "no policy: the session's default, which permits" "$nothing" \
    "$(run "$trusted/one" "x:$trusted/three" $reads)"
same "no policy: and of its children's, their own" "$only_a" \
    "$(run "$trusted/one" "x:$trusted/three" "x:$trusted/one" $reads)"
same "no policy: not where the one that executes it denies by default" \
    "x:three: EPERM" \
    "$(run "$trusted/one" "x:$trusted/two" "x:$trusted/three")"
like "and the log says so" 'three.* denied: no policy' "$(cat "$T/log")"
same "no policy: not where the program denies by default" "x:three: EPERM" \
    "$(run "$trusted/two" "x:$trusted/three")"

# A policy that is not there.
policy one "\tnative-execve: permit[policy \"$trusted/three\"]\n" >"$T/policy"
same "permit[policy] of none: the session is refused" "exit 125" \
    "$(run "$trusted/one" "x:$trusted/two" 2>/dev/null)"
like "with the line" 'policy:3: there is no policy for .*/three' \
    "$(cat "$T/err")"

# A user's file beside the system's: what each says of the child holds.
user_run() {
	: >"$T/log"
	timeout 30 setpriv --reuid "$user" --regid "$user_gid" --init-groups \
	    --inh-caps=-all -- "$privrun" -d "$T/users" -a -E "$user_home/log" \
	    "$@" >"$T/out" 2>"$T/err" </dev/null
	echo "exit $?" >>"$T/out"
	show "$T/err" >&2
	tr '\n' ' ' <"$T/out" |
	    sed "s,$trusted/,,g; s,$T/,,g; s/ $//; s/ exit 0$//"
}
mkdir "$T/users"
users() {
	{
		policy one "$not_a\tnative-execve: $1\n"
		policy two "$not_b"
	} >"$T/users/all"
}
users permit
same "a user's session: plain" "$only_b" \
    "$(user_run "$trusted/one" "x:$trusted/two" $reads)"
users "permit[confine]"
same "a user's session: confine" "$a_and_b" \
    "$(user_run "$trusted/one" "x:$trusted/two" $reads)"
users "permit[detach]"
same "a user's session: detach" "$nothing" \
    "$(user_run "$trusted/one" "x:$trusted/two" $reads)"
same "a user's session: a detached shell pipes" "ok" \
    "$(users "permit[detach]"
    user_run "$trusted/one" x:/bin/sh -c 'echo ok | cat | grep ok')"

# -i: nothing changes.
from_one "permit[detach]" >/dev/null
same "-i: stronger than every form" "$only_a" \
    "$(run -i "$trusted/one" "x:$trusted/two" "x:$trusted/three" $reads)"

# Double forks, first seen when those between are gone.
same "orphan: plain" "$only_b" \
    "$(from_one permit "x:$trusted/two" D $reads)"
same "orphan: inherit" "$only_a" \
    "$(from_one "permit[inherit]" "x:$trusted/two" D $reads)"
same "orphan: confine" "$a_and_b" \
    "$(from_one "permit[confine]" "x:$trusted/two" D $reads)"
same "orphan: policy" "$only_c" \
    "$(from_one "permit[policy \"$trusted/three\"]" "x:$trusted/two" D $reads)"
same "orphan: detach" "$nothing" \
    "$(from_one "permit[detach]" "x:$trusted/two" D $reads)"
same "orphan of an orphan: confine" "$a_and_b" \
    "$(from_one "permit[confine]" D "x:$trusted/two" D $reads)"
policy one "\tnative-fsread: filename eq \"$T/a\" then permit exclusive \"x\"
	native-fsread: filename eq \"$T/b\" then permit exclusive \"x\"
$not_a$not_b" >"$T/policy"
same "orphan: exclusive, chosen before" "r:a: ok r:b: EIO r:a: ok" \
    "$(run "$trusted/one" f "r:$T/a" D "r:$T/b" "r:$T/a")"
same "orphan: exclusive, not chosen before" "r:b: ok r:a: ENOENT" \
    "$(run "$trusted/one" D "r:$T/b" "r:$T/a")"
same "orphan: exclusive, chosen by one that has executed since" \
    "r:b: ok r:a: ENOENT" \
    "$(run "$trusted/one" "r:$T/b" "x:$trusted/one" D "r:$T/a")"
users_policy=$T/users/all
cp "$T/policy" "$users_policy"
same "orphan: exclusive, adopted by one that has not chosen" \
    "S: ok r:a: ok r:b: EIO" \
    "$(user_run "$trusted/one" S f "r:$T/a" D "r:$T/b")"
same "orphan: elevated as its parents were" "r:secret: ok r:secret: ok" \
    "$(from_one permit "r:$T/secret" D "r:$T/secret")"
same "orphan: not elevated behind an execve" "r:secret: EACCES" \
    "$(from_one permit "x:$trusted/one" D "r:$T/secret")"
# A daemon: the program that was started, and privrun, end before it.
mkfifo "$T/go"
exec 7<>"$T/go"
# daemon FORM STEP ...: what it may when they have ended
daemon() {
	{
		policy one "$not_a\tnative-execve: $1\n$secret"
		policy two "$not_b"
	} >"$T/policy"
	shift
	"$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" "$trusted/one" \
	    "$@" >"$T/out" 2>&1 <"$T/go" 7>&- &
	wait $!
	echo "exit $?"
	wait_for "$T/out" ready
	echo >&7
	wait_for "$T/out" "$T/c:"
	sed "s,$T/,," "$T/out"
}
same "daemon: its policy, and elevated" \
    "exit 0 ready r:secret: ok $only_a" \
    "$(daemon permit B = "r:$T/secret" $reads | tr '\n' ' ' | sed 's/ $//')"
same "daemon: what it executes has its own policy" \
    "exit 0 ready $only_b" \
    "$(daemon permit B = "x:$trusted/two" $reads | tr '\n' ' ' |
    sed 's/ $//')"
same "daemon: of a child that is confined" "exit 0 ready $a_and_b" \
    "$(daemon "permit[confine]" "x:$trusted/two" B = $reads | tr '\n' ' ' |
    sed 's/ $//')"
# Root's own program has no guard: there only what is known of it ends elevation.
policy one "\tnative-execve: permit[inherit]
	native-open: filename match \"$user_home/made*\" then permit as $user
" >"$T/policy"
owners() {
	"$privrun" -f "$T/policy" -a -E "$T/log" "$trusted/one" "$@" \
	    >"$T/out" 2>&1
	stat -c %U "$user_home"/made* | tr '\n' ' '
	rm -f "$user_home"/made*
}
same "without a guard: elevated, and its forks" "$user $user " \
    "$(owners "c:$user_home/made1" f "c:$user_home/made2")"
same "without a guard: not behind an execve, nor its forks" \
    "$user root root " \
    "$(owners "c:$user_home/made1" "x:$trusted/two" "c:$user_home/made2" f \
    "c:$user_home/made3")"
{
	policy one "$not_a\tnative-execve: filename eq \"$trusted/two\" then permit[confine]\n"
	policy two "$not_b"
	policy three "$not_c"
} >"$T/policy"
same "orphans of one program under two policies are told apart" \
    "$only_b $a_and_b" \
    "$(run "$trusted/one" "v:$trusted/three" "x:$trusted/two" D $reads . \
    "x:$trusted/two" D $reads)"
}
# What is refused unless it is named: by whom it is.
cat >"$T/unnamed" <<END
Policy: $T/names, Emulation: native
	Default: permit
	native-chroot: filename eq "$T" then permit
	native-execve: permit
Policy: $T/names-not, Emulation: native
	Default: permit
	native-execve: permit
END
cp "$(command -v chroot)" "$T/names"
cp "$(command -v chroot)" "$T/names-not"
cat >"$T/run" <<END
#!/bin/sh
"$T/names" "$T" /nothing 2>&1
"$T/names-not" "$T" /nothing 2>&1
"$T/names-not" "$T" /nothing 2>&1
END
chmod 755 "$T/run"
cat >>"$T/unnamed" <<END
Policy: $T/run, Emulation: native
	Default: permit
	native-execve: permit
END
"$privrun" -U -a -E "$T/log" -f "$T/unnamed" "$T/run" >"$T/out" 2>&1
like "who names a call may make it" "names: failed to run command" \
    "$(sed -n 1p "$T/out")"
like "who does not may not" "names-not: cannot change root.*not permitted" \
    "$(sed -n 2p "$T/out")"
like "each time" "names-not: cannot change root.*not permitted" \
    "$(sed -n 3p "$T/out")"
same "and it is logged once" 1 "$(lines "$T/log" 'does not name it')"
done_testing
