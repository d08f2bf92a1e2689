#!/bin/sh
# SPDX-License-Identifier: ISC
# Digest: of the program that is started and of each that is executed: its own
# policies want that content, whatever else holds, and another one's if that
# is put in their place; what is inherited wants nothing.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv setcap sha256sum
make_user
trusted_folder
for name in one two three; do
	cp "$helpers/confined" "$trusted/$name"
	setcap cap_block_suspend=i "$trusted/$name" ||
	    skip_all "file capabilities cannot be set here"
done
echo >>"$trusted/three"	# of another content
printf '#!%s/two\n' "$trusted" >"$trusted/script"
chmod 755 "$trusted/script"
echo a >"$T/a"
mkdir "$T/own"
chown "$user" "$T/own"

digest_of() {
	sha256sum <"$1" | cut -d ' ' -f 1
}

right=$(digest_of "$trusted/two")
wrong=$(printf '%064d' 7)
not_a="\tnative-fsread: filename eq \"$T/a\" then deny[eio]\n"

# policy PROGRAM RULES
policy() {
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n' "$1"
	printf '%b\n' "$2"
}

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

# from_one FORM PROGRAM POLICY ...: one executes it
from_one() {
	form=$1
	program=$2
	shift 2
	{
		policy "$trusted/one" "\tnative-execve: $form\n"
		while [ $# -gt 0 ]; do
			policy "$1" "$2"
			shift 2
		done
	} >"$T/policy"
	run "$trusted/one" "x:$program" "r:$T/a"
}

same "the content that is wanted" "r:a: EIO" \
    "$(from_one permit "$trusted/two" \
    "$trusted/two" "\tDigest: sha256:$right\n$not_a")"
same "another content" "x:two: EPERM r:a: ok" \
    "$(from_one permit "$trusted/two" \
    "$trusted/two" "\tDigest: sha256:$wrong\n$not_a")"
like "is logged" "execve of $trusted/two by .* denied: its content is not" \
    "$(cat "$T/log")"
same "by descriptor, too" "e:two: EPERM r:a: ok" \
    "$(run "$trusted/one" "e:$trusted/two" "r:$T/a")"
same "confined" "r:a: EIO" \
    "$(from_one 'permit[confine]' "$trusted/two" \
    "$trusted/two" "\tDigest: sha256:$right\n$not_a")"
same "confined, another content" "x:two: EPERM r:a: ok" \
    "$(from_one 'permit[confine]' "$trusted/two" \
    "$trusted/two" "\tDigest: sha256:$wrong\n$not_a")"
same "what is inherited wants nothing of a child" "r:a: ok" \
    "$(from_one "permit[inherit]\n\tDigest: sha256:$right" "$trusted/three" \
    "$trusted/three" "\tDigest: sha256:$wrong\n$not_a")"
same "another's policy wants its own content" "x:three: EPERM r:a: ok" \
    "$(from_one "permit[policy \"$trusted/two\"]" "$trusted/three" \
    "$trusted/two" "\tDigest: sha256:$right\n$not_a")"
cp "$trusted/two" "$trusted/copy"
same "which a copy has" "r:a: EIO" \
    "$(from_one "permit[policy \"$trusted/two\"]" "$trusted/copy" \
    "$trusted/two" "\tDigest: sha256:$right\n$not_a")"
same "let go of: nothing is wanted" "r:a: ok" \
    "$(from_one 'permit[detach]' "$trusted/two" \
    "$trusted/two" "\tDigest: sha256:$wrong\n$not_a")"
same "a script's content" "r:a: EIO" \
    "$(from_one permit "$trusted/script" "$trusted/script" \
    "\tDigest: sha256:$(digest_of "$trusted/script")\n$not_a")"
same "not that of its interpreter" "x:script: EPERM r:a: ok" \
    "$(from_one permit "$trusted/script" "$trusted/script" \
    "\tDigest: sha256:$right\n$not_a")"
chmod 711 "$trusted/two"
same "what the caller cannot read" "x:two: EACCES r:a: ok" \
    "$(from_one permit "$trusted/two" \
    "$trusted/two" "\tDigest: sha256:$right\n$not_a")"
like "is logged, too" "cannot be read" "$(cat "$T/log")"
policy "$trusted/two" "\tDigest: sha256:$right\n$not_a" >"$T/policy"
same "but root can, who starts it" "r:a: EIO" "$(run "$trusted/two" "r:$T/a")"
chmod 755 "$trusted/two"

# The user's own programs, which change.
cp "$helpers/confined" "$T/own/self"
own=$(digest_of "$T/own/self")
policy "$T/own/self" "\tDigest: sha256:$own\n$not_a" >"$T/policy"
same "itself" "r:a: EIO" "$(run "$T/own/self" "x:$T/own/self" "r:$T/a")"
mkfifo "$T/in"
# changed OPTION ...: executes itself when it was replaced
changed() {
	cp "$helpers/confined" "$T/own/self"
	: >"$T/out"
	: >"$T/log"
	timeout 30 "$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" "$@" \
	    "$T/own/self" = "x:$T/own/self" "r:$T/a" >"$T/out" 2>"$T/err" \
	    <"$T/in" &
	remember $!
	exec 9>"$T/in"
	wait_for "$T/out" ready
	{ cat "$helpers/confined"; echo; } >"$T/own/next"
	chmod 755 "$T/own/next"
	mv "$T/own/next" "$T/own/self"
	echo >&9
	exec 9>&-
	wait $!
	forget $!
	tr '\n' ' ' <"$T/out" | sed "s,$T/own/,,g; s,$T/,,g; s/ $//"
}
same "itself, changed" "ready x:self: EPERM r:a: EIO" "$(changed)"
same "itself, changed, with -i" "ready x:self: EPERM r:a: EIO" "$(changed -i)"
same "nor is it started" "exit 125" "$(run "$T/own/self" "r:$T/a")"
done_testing
