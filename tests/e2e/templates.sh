#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Policies of about ten lines that confine: programs under nothing but the
# shipped templates and a rule or two print what they print without, deny
# nothing that they need, and get at nothing else.
cd "$(dirname "$0")/../.." && . tests/lib/e2e.sh || exit 1
need_root

mkdir "$T/files"
printf 'one two\nthree\n' >"$T/files/words"
ln -s words "$T/files/link"
chmod -R a+rX "$T/files"
# Links on the way would be resolved in the policy's names, too.
folder=$(readlink -f "$T/files")

# policy PROGRAM TEMPLATE ...: further rules come from standard input.
policy()
{
	program=$(readlink -f "$(command -v "$1")")
	shift
	echo "Policy: $program, Emulation: native"
	for template; do
		echo "	Include: \"$template\""
	done
	cat
}

# confined COMMAND ...: as uid 1000 under the policies; what is logged is in
# $T/log.
confined()
{
	rm -f "$T/log"
	timeout 30 "$privrun" -U -a -E "$T/log" -c 1000:1000 \
	    -f "$T/policies" "$@" </dev/null
}

# alike DESCRIPTION COMMAND ...: prints and returns what it does without.
alike()
{
	what=$1
	shift
	setpriv --reuid 1000 --regid 1000 --clear-groups "$@" >"$T/plain" \
	    2>&1 </dev/null
	echo "status $?" >>"$T/plain"
	confined "$@" >"$T/confined" 2>&1
	echo "status $?" >>"$T/confined"
	[ ! -s "$T/log" ] || cat "$T/log" >>"$T/confined"
	same_files "$what" "$T/plain" "$T/confined"
}

# refused DESCRIPTION PATTERN COMMAND ...: it fails, and the log says at what.
refused()
{
	what=$1
	pattern=$2
	shift 2
	if confined "$@" >"$T/confined" 2>&1; then
		ok 1 "$what"
	else
		like "$what" "deny user: .*$pattern" "$(cat "$T/log")"
	fi
}

here="native-fsread: filename match \"$folder\" then permit"
{
	echo "$here" | policy ls dynamic stdio locale time nameservice listing
	echo "$here" | policy cat dynamic stdio locale
	echo "$here" | policy wc dynamic stdio locale
	policy date dynamic stdio locale time </dev/null
	policy id dynamic stdio locale nameservice </dev/null
	policy getent dynamic stdio locale nameservice resolver </dev/null
	echo "$here" |
	    policy sort dynamic stdio locale temporary process
	policy mktemp dynamic stdio locale temporary </dev/null
	policy rm dynamic stdio locale temporary listing </dev/null
	policy tput dynamic stdio locale terminal </dev/null
	policy sleep dynamic stdio locale time </dev/null
	policy sh dynamic stdio process <<-EOF
	native-fsread: filename match "/usr/bin" then permit
	native-fsread: filename eq "$PWD" then permit
	native-execve: filename eq "/usr/bin/cat" then permit
	native-execve: filename eq "/usr/bin/wc" then permit
	EOF
} >"$T/policies"

check "the policies are right" "$BUILD/privctl" check "$T/policies" 2>"$T/err"
check "none has more than ten lines" awk '
    /^Policy:/ { n = 0 }
    ++n > 10 { exit 1 }' "$T/policies"
alike "ls" ls "$folder"
alike "ls -l" ls -l "$folder"
alike "cat" cat "$folder/words" "$folder/link"
alike "wc" wc "$folder/words"
alike "date" date -u -d @0
alike "id" id
alike "getent passwd" getent passwd root
alike "getent hosts" getent hosts 127.0.0.1
alike "sort, threads" sort --parallel=2 -S 1k -T /tmp "$folder/words"
alike "sleep" sleep 0.01
alike "tput" tput -T xterm cup 1 2
alike "sh, a pipe" /bin/sh -c "/usr/bin/cat $folder/words | /usr/bin/wc -l"
made=$(confined mktemp)
check "mktemp" test -f "$made"
confined rm "$made"
check "rm of it" test ! -e "$made"
[ -z "$made" ] || rm -f "$made"

refused "ls elsewhere" "filename: /etc" ls /etc
refused "cat elsewhere" "filename: /etc/passwd" cat /etc/passwd
refused "sh executes nothing else" "filename: /usr/bin/date" /bin/sh -c \
    "/usr/bin/date; exit 3"
done_testing
