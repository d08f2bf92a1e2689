#!/bin/sh
# SPDX-License-Identifier: ISC
# Differential truth: some 6,000 operations (tests/diff/*.ops) on files,
# sockets and processes give natively and under a policy that judges every
# call the same results and leave the same behind: as the user in his own
# session, as the user in root's session, and as root, who becomes others.
# One test for each group of operations and kind of session.
#	DIFF_GROUPS='open.* link'	these groups alone
#	DIFF_MODES='user caller root'	these kinds of sessions alone
#	DIFF_KEEP=folder		keeps the outputs there
#	DIFF_I386=1			as a 32-bit program, see linux32-differential
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/judged.sh
. tests/lib/judged.sh

need_root
protect_files "$0" "$@"
need_programs setpriv unshare ip
unshare -m -p -f --mount-proc -u -i -n true 2>/dev/null ||
    skip_all "no namespaces here"
whole=" pivot_root open_tree_attr fspick"
program=calls
known=tests/diff/known
if [ -n "${DIFF_I386-}" ]; then
	judged_machine=i386
	judged_emulation=linux32
	whole=" pivot_root open_tree_attr fspick quotactl quotactl_fd"
	judged_program=$BUILD/tests/diff/calls32
	[ -x "$judged_program" ] || skip_all "no 32-bit programs can be built"
	"$BUILD/tests/e2e32/ids" >/dev/null 2>&1 ||
	    skip_all "no 32-bit programs run here"
	program=calls32
	known=$T/known
	sed '/^caller exec/d' tests/diff/known >"$known"
	cat tests/diff/known32 >>"$known"
fi
make_user
other=12345 # who is neither root nor the user
work=$T/work
: >"$T/used"
mkdir "$work" "$T/native" "$T/judged"

# What root and others have.
others() {
	mkdir closed searchable sticky setgid
	for name in file secret world closed/f searchable/f sticky/mine \
	    sticky/theirs sticky/root; do
		printf 'content\n' >"$name"
	done
	mkfifo sticky/fifo
	ln -s ../file sticky/mylink
	ln -s ../file sticky/theirlink
	ln -s ../file sticky/rootlink
	ln -s ../new sticky/dangling
	ln -s file link
	ln -s closed/f linkclosed
	chown -h "$user:$user" sticky/mine sticky/mylink
	chown -h "$other:$other" sticky/theirs sticky/fifo sticky/theirlink \
	    sticky/dangling
	chgrp "$other" setgid
	chmod 1777 sticky
	chmod 2777 setgid
	chmod 600 secret
	chmod 666 world sticky/theirs sticky/mine sticky/fifo
	chmod 711 searchable
	chmod 000 closed
}

fixture() {
	rm -rf "${work:?}"/*
	mkdir "$work/run" "$work/others" "$work/log"
	(cd "$work/others" && others)
	cp "$BUILD/tests/diff/$program" "$work/calls"
	cp "$T/policy" "$work/policy"
	chmod 755 "$work/calls"
	chmod 644 "$work/policy"
	chown "$1" "$work/run" "$work/log"
}

# jailed COMMAND [ARGUMENT ...]: the operations are its standard input. What
# it writes goes through a pipe: limits of files are among the operations.
jailed() {
	cat tests/diff/*.ops | timeout -k 10 200 \
	    unshare -m -p -f --mount-proc -u -i -n --kill-child \
	    sh tests/lib/jail.sh "$work" "$@" 2>"$T/err" | cat
	show "$T/err" >&2
}

# calls_as IDENTITY COMMAND ...: natively or in a session
calls_as() {
	if [ "$1" = root ]; then
		shift
		jailed "$@"
	else
		shift
		jailed setpriv --reuid "$user" --regid "$user_gid" \
		    --init-groups --inh-caps=-all "$@"
	fi
}

# The kinds of sessions, each natively and judged.
run_native() {
	as=$user
	[ "$1" != root ] || as=root
	# shellcheck disable=SC2086 # a list of words
	calls_as "$as" setpriv --no-new-privs \
	    "$work/calls" -d "$work/run" $groups
}

run_judged() {
	as=root
	[ "$1" != user ] || as=$user
	to=
	[ "$1" != caller ] || to="-c $user"
	# shellcheck disable=SC2086 # lists of words
	calls_as "$as" "$privrun" -U -a -E "$work/log/log" -f "$work/policy" \
	    $to "$work/calls" -d "$work/run" $groups
}

# What is left behind, seen from outside.
left_behind() {
	find "$work/run" "$work/others" -printf \
	    '%P %y %m %U:%G %n %s %l\n' 2>&1 | awk '
	    # the size of a folder is the file system'\''s affair
	    $2 == "d" { $6 = "-" } { print }' | sort
}

# split FILE FOLDER: a file for each group
split() {
	rm -rf "${2:?}"
	mkdir "$2"
	awk -v folder="$2" '
	{ text = text $0 "\n" }
	/^== / { printf "%s", text >(folder "/" $2); text = "" }
	END { printf "%s", text >(folder "/.rest") }' "$1"
}

# compare MODE: a test for each group
compare() {
	split "$T/out.native" "$T/native"
	split "$T/out.judged" "$T/judged"
	same "$1: all groups came to an end" "$(ls "$T/native")" \
	    "$(ls "$T/judged")"
	# one that ends early or waits shows nothing
	same "$1: natively they come to their own ends" "" \
	    "$(grep -ah '^== ' "$T/native"/* | grep -v ' exit 0$')"
	for file in "$T/native"/*; do
		name=${file##*/}
		n=$(grep -c "^$name\.[0-9]" "$file")
		awk -v mode="$1" -v group="$name" -f tests/lib/known.awk \
		    "$known" "$file" "$T/judged/$name" >"$T/compared"
		sed -n 's/^used //p' "$T/compared" >>"$T/used"
		if ! grep -v '^used ' "$T/compared" >"$T/diff"; then
			ok 0 "$1: $name: $n operations"
			continue
		fi
		ok 1 "$1: $name: $n operations"
		head -n 30 "$T/diff" | cut -c 1-200 | cat -v | show
	done
	same_files "$1: what is left behind" "$T/left.native" "$T/left.judged"
}

# A session for each of the modes, all groups that make sense for it.
groups_for() {
	cat tests/diff/*.ops | awk -v mode="$1" '
	/^== / && (mode == "root" || $2 !~ /^(root|switch)\./) { print $2 }
	' | while read -r name; do
		set -f # the patterns are for the program
		for pattern in ${DIFF_GROUPS-*}; do
			# shellcheck disable=SC2254 # patterns they are
			case $name in
			$pattern) echo "$name" ;;
			esac
		done
	done | sort -u | tr '\n' ' '
}

judged_policy "$T/policy" '*/calls'
# A few leave a line each: that the broker was asked at all.
sed -i '/[a-z0-9]*-\(mkdir\|chmod\|bind\): .*then permit$/s/$/ log/' "$T/policy"
# Behind the one number of all their calls a pair is judged by that alone.
sed -i -e '/linux32-socketpair: .*deny/d' \
    -e 's/\(linux32-socketpair:\) .*/\1 permit/' "$T/policy"
# What mounts by descriptors is judged whole: see privctl calls.
same "all calls that name something are judged" "$whole" "$unjudged"
for mode in ${DIFF_MODES-user caller root}; do
	groups=$(groups_for "$mode")
	owner=$user
	[ "$mode" != root ] || owner=root
	fixture "$owner"
	began=$(date +%s)
	run_native "$mode" >"$T/out.native"
	left_behind >"$T/left.native"
	fixture "$owner"
	middle=$(date +%s)
	run_judged "$mode" >"$T/out.judged"
	echo "# $mode: $((middle - began)) s, judged $(($(date +%s) - middle)) s"
	left_behind >"$T/left.judged"
	compare "$mode"
	[ -n "${DIFF_GROUPS+set}" ] || for call in mkdir chmod bind; do
		check "$mode: $call was judged" test 20 -lt \
		    "$(lines "$work/log/log" "syscall: $judged_emulation-$call")"
	done
	[ -z "${DIFF_KEEP-}" ] || {
		mkdir -p "$DIFF_KEEP/$mode"
		cp -r "$T/native" "$T/judged" "$T/left."* "$work/log/log" \
		    "$T/policy" "$DIFF_KEEP/$mode/"
	}
done
# Whoever reads the manual must find it there.
same "all that is known to differ is in the manual" "" "$(
    sed -n 's/^#\. //p' "$known" | while read -r entry; do
	sed -n '/^\.Ss What is refused or different/,/^\.S[sh] [^W]/p' \
	    man/privd.policy.5 | grep -qx "\.It $entry" || echo "$entry"
    done)"
# What is known to end otherwise must: else nobody sees when it is mended.
if [ -z "${DIFF_GROUPS+set}${DIFF_MODES+set}" ]; then
	same "all that is known to differ does" "" "$(awk '
	NR == FNR { used[$1] = 1; next }
	/ => / && !(FNR in used) { print FNR ": " $0 }' \
	    "$T/used" "$known")"
fi
done_testing
