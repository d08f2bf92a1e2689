#!/bin/sh
# SPDX-License-Identifier: ISC
# Elevated openings by the oflags that their rules name: what a hand is held to
# is made of these, and what they permit is still done; redirections of a shell.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv setcap
make_user
trusted_folder
cp /bin/dash "$trusted/dash"
setcap cap_block_suspend=i "$trusted/dash" ||
    skip_all "file capabilities cannot be set here"

# redirects TEST REDIRECTION: a line goes to a root's file, or comes of it, by a
# rule with that test of oflags, which is the only one of its hand; what the
# file is then (with modes, if it was made)
redirects() {
	rm -rf "$T/there"
	mkdir "$T/there"
	[ -n "${missing-}" ] || echo old >"$T/there/file"
	chmod -f 600 "$T/there/file"
	cat >"$T/policy" <<END
Policy: */dash, Emulation: native
	Default: permit
	native-open: filename eq "$T/there/file"${1:+ and} $1 then permit as root
END
	timeout 60 "$privrun" -f "$T/policy" -a -c "$user" "$trusted/dash" -c \
	    "umask 027; { echo new; read line; echo \"\$line\" >&2; } $2" \
	    >"$T/out" 2>"$T/err" </dev/null
	tr '\n' ' ' <"$T/err" | sed "s,.*cannot ,cannot , ; s,$T/,,"
	[ -e "$T/there/file" ] || { echo "no file" && return; }
	tr '\n' ' ' <"$T/there/file"
	stat -c %a:%U "$T/there/file"
}

file=$T/there/file
same "ro reads" "old old 600:root" "$(redirects 'oflags eq "ro"' "<$file")"
like "and does not write" "Permission denied old 600:root" \
    "$(redirects 'oflags eq "ro"' ">>$file")"
same "wo with what makes it, which truncates" " new 600:root" \
    "$(redirects 'oflags eq "woct"' ">$file")"
same "which appends" " old new 600:root" \
    "$(redirects 'oflags eq "woac"' ">>$file")"
same "to read and write" " new 600:root" \
    "$(redirects 'oflags eq "rwc"' "<>$file >&0")"
same "any of two" "old old 600:root" \
    "$(redirects '(oflags eq "woct" or oflags eq "ro")' "<$file")"
same "and the other" " new 600:root" \
    "$(redirects '(oflags eq "woct" or oflags eq "ro")' ">$file")"
same "what begins with ro" "old old 600:root" \
    "$(redirects 'oflags sub "ro"' "<$file")"
same "what has no c" "old old 600:root" \
    "$(redirects 'oflags nsub "c"' "<$file")"
same "all others than those of readers" " new 600:root" \
    "$(redirects 'oflags neq "ro"' ">$file")"
same "any" " new 600:root" "$(redirects '' ">$file")"
missing=yes
same "made" " new 640:root" "$(redirects 'oflags eq "woct"' ">$file")"
like "made by a rule that names others: not" "Permission denied no file" \
    "$(redirects 'oflags eq "ro"' ">$file")"
done_testing
