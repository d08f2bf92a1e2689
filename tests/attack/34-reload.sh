#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 34: while privd runs, policies and configuration are replaced by links,
# half files, others' files, things that are no files, and includes that lead
# back to themselves. A reload is all or nothing: it says what is wrong, and the
# old policies stay in force.
# shellcheck disable=SC2119,SC2317	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

need_daemon
make_user
chmod 755 "$T"
privctl=$BUILD/instance/bin/privctl
marked cat
for name in secret other; do
	echo "$name" >"$daemon_folder/$name"
	chmod 600 "$daemon_folder/$name"
done

# gives FILE: a policy that elevates reading it
gives() {
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n' "$program"
	printf '\tnative-open: filename eq "%s" then permit as root\n' "$1"
}

good() {
	rm -rf "$daemon_policies" "$daemon_folder"/*.conf
	mkdir "$daemon_policies"
	gives "$daemon_folder/secret" >"$daemon_policies/cat"
	daemon_configure
}

reads() {
	by_daemon "$user" "$program" "$1" 2>&1
}

# stays DESCRIPTION REASON: what was put there is not taken, and why
stays() {
	: >"$daemon_folder/log"
	daemon_reload || ok 1 "$1: it is said what came of it"
	like "$1: says why" "$2" "$(cat "$daemon_folder/log")"
	like "$1: nothing changes" 'what is in force stays as it is' \
	    "$(cat "$daemon_folder/log")"
	same "$1: the old policy is in force" secret \
	    "$(reads "$daemon_folder/secret")"
	like "$1: and no other" 'Permission denied' \
	    "$(reads "$daemon_folder/other")"
	good
}

good
daemon_start
same "the policy is in force" secret "$(reads "$daemon_folder/secret")"

# --- links

gives "$daemon_folder/other" >"$user_home/policy"
ln -sf "$user_home/policy" "$daemon_policies/cat"
stays "a link to a user's file" "cat:0:0: not trusted: .*does not belong to root"
gives "$daemon_folder/other" >"$daemon_folder/policy"
ln -s "$daemon_folder/policy" "$user_home/link"
ln -sf "$user_home/link" "$daemon_policies/cat"
stays "a link through a user's link, to a file of root's" \
    "cat:0:0: not trusted: others than root can set a link on the way"
ln -sf "$daemon_folder/nowhere" "$daemon_policies/cat"
stays "a link that leads nowhere" "cat:0:0: No such file"
ln -sf cat "$daemon_policies/cat"
stays "a link to itself" "cat:0:0: Too many levels"
rm -r "$daemon_policies"
mkdir "$user_home/policies"
gives "$daemon_folder/other" >"$user_home/policies/cat"
ln -s "$user_home/policies" "$daemon_policies"
stays "a folder that is a link to a user's" "does not belong to root"
chown -R root "$user_home/policies"
rm -r "$daemon_policies"
ln -s "$user_home/policies" "$daemon_policies"
stays "one to a folder of root's in a user's" "does not belong to root"
rm -r "$daemon_policies"
stays "no folder at all" "privd.conf:1:1: policies \"$daemon_policies\": No such file"

# --- half files

gives "$daemon_folder/other" | head -c 90 >"$daemon_policies/cat"
stays "the first half of a file" "cat:[0-9]*:[0-9]*: "
n=$(gives "$daemon_folder/other" | wc -c)
gives "$daemon_folder/other" | head -c $((n - 6)) >"$daemon_policies/cat"
stays "all of it but one word" "cat:3:[0-9]*: "
{ gives "$daemon_folder/other"; printf '\000\000\000'; } \
    >"$daemon_policies/cat"
stays "one with the holes of a crash" "cat:[0-9]*:[0-9]*: "
gives "$daemon_folder/other" >"$daemon_policies/aaa"
printf 'Policy: %s, Emul' "$program" >"$daemon_policies/cat"
stays "a whole one beside a half" "cat:1:[0-9]*: "
truncate -s 3G "$daemon_policies/cat"
stays "one of gigabytes" "cat:0:0: file longer than 1 MiB"
echo 'max-sessions' >>"$daemon_folder/privd.conf"
stays "half a line of the configuration" "privd.conf:[0-9]*:[0-9]*: "

# --- others' files, and none

gives "$daemon_folder/other" >"$daemon_policies/cat"
chown "$user" "$daemon_policies/cat"
stays "a file of a user's" "cat:0:0: not trusted: .*does not belong to root"
gives "$daemon_folder/other" >"$daemon_policies/cat"
chmod g+w "$daemon_policies/cat"
stays "one that a group can write" "can be written by others than root"
gives "$daemon_folder/other" >"$daemon_policies/cat"
chmod 777 "$daemon_policies"
stays "one in a folder that all can write" "can be written by others"
gives "$daemon_folder/other" >"$daemon_policies/new"
chown "$user" "$daemon_policies/new"
stays "a user's beside the good one" "new:0:0: not trusted"
rm "$daemon_policies/cat"
mkfifo "$daemon_policies/cat"
stays "a pipe that nobody writes to" "cat:0:0: not trusted: .*is not a regular"
rm "$daemon_policies/cat"
ln -s /dev/zero "$daemon_policies/cat"
stays "a device" "cat:0:0: not trusted: .*is not a regular file"
chown "$user" "$daemon_folder/privd.conf"
stays "a configuration of a user's" "privd.conf:0:0: .*does not belong to root"
ln -s "$daemon_folder/privd.conf" "$user_home/conf"
echo "include \"$user_home/conf\"" >>"$daemon_folder/privd.conf"
stays "a configuration that includes a user's link" "not trusted: "

# --- includes

# includes FILE [IN]: a template, or the policy itself, includes that one
includes() {
	printf '\tInclude: "%s"\n' "$1" >>"${2-$daemon_policies/cat}"
}

for name in one two; do
	printf 'Template: %s, Emulation: native, Description: test\n' $name
	printf '\tnative-open: filename eq "%s" then permit as root\n' \
	    "$daemon_folder/other"
done | split -l 2 - "$daemon_folder/template."
one=$daemon_folder/template.aa two=$daemon_folder/template.ab
cp "$one" "$user_home/template"
includes "$user_home/template"
stays "a user's template" "not trusted: .*does not belong to root"
cp "$one" "$daemon_folder/root's"
ln -s "$daemon_folder/root's" "$user_home/way"
includes "$user_home/way"
stays "a template by a user's link" "others than root can set a link"
includes "$two" "$one"
includes "$one" "$two"
includes "$one"
stays "templates that include one another" "a template holds rules alone"
includes "$daemon_policies/cat"
stays "a policy that includes itself" "cat:[0-9]*:[0-9]*: "
echo "include \"$daemon_folder/privd.conf\"" >>"$daemon_folder/privd.conf"
stays "a configuration that includes itself" "includes itself"
echo "include \"$daemon_folder/*.conf\"" >>"$daemon_folder/privd.conf"
stays "one that includes all beside itself" "includes itself"
echo "include \"$daemon_folder/privd.conf\"" >"$daemon_folder/a.conf"
echo "include \"$daemon_folder/a.conf\"" >>"$daemon_folder/privd.conf"
stays "two that include one another" "includes itself"

# --- meanwhile

# The user's link leads to root's file and to his own in turn, as fast as he
# can: whatever is looked at, his own is never what is taken.
cat >"$T/flip" <<END
while :; do
	ln -s "$daemon_folder/policy" "$user_home/n" && mv -T "$user_home/n" "$user_home/link"
	ln -s "$user_home/policy" "$user_home/n" && mv -T "$user_home/n" "$user_home/link"
done
END
gives "$daemon_folder/secret" >"$daemon_folder/policy"
setpriv --reuid "$user" --regid "$user_gid" --clear-groups sh "$T/flip" &
flip=$!
remember $flip
ln -sf "$user_home/link" "$daemon_policies/cat"
taken=0
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	daemon_reload || break
	[ "$(reads "$daemon_folder/other")" = other ] && taken=$((taken + 1))
done
same "a link that flips: of $n reloads the user's policy is taken by" 0 $taken
kill $flip
wait $flip 2>/dev/null
forget $flip

good
"$privctl" -s "$daemon_socket" reload >"$T/out" 2>&1
check "and what is right is taken" test $? -eq 0
echo nonsense >>"$daemon_policies/cat"
"$privctl" -s "$daemon_socket" reload >"$T/out" 2>&1
same "privctl reload fails with what is wrong" 1 $?
like "which it prints" "$daemon_policies/cat:4:9: " "$(cat "$T/out")"
refute "the daemon lives" has_ended "$daemon_pid"
daemon_stop
done_testing
