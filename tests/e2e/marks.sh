#!/bin/sh
# SPDX-License-Identifier: ISC
#
# privctl mark and unmark: which programs get the mark and which do not, what
# stays of other capabilities, and that marks come back after an upgrade. In a
# mount namespace: the list of marks is the test's own.
# shellcheck disable=SC2119	# what daemon_start takes
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

own_spaces "$0" "$@"
need_daemon
make_user
privctl=$BUILD/instance/bin/privctl
state=$BUILD/instance/lib/privd
mount -t tmpfs -o mode=755 tmpfs "$state" || skip_all "nothing can be mounted"
list=$state/marks
dir=$trusted

# run COMMAND ...: its output, both kinds, and the exit status at the end
run() {
	"$privctl" "$@" >"$T/out" 2>&1
	echo "exit $?" >>"$T/out"
	tr '\n' ' ' <"$T/out" | sed 's/ $//'
}
# caps FILE
caps() {
	getcap "$1" | sed 's/^[^ ]* //'
}
# listed: the paths of the list
listed() {
	sed 1d "$list" 2>/dev/null | tr '\n' ' ' | sed 's/ $//'
}
# refused WHAT PATH WHY: it gets no mark, and it is said why
refused() {
	like "$1: refused" "$3.* exit 1\$" "$(run mark "$2")"
	same "$1: no mark" "" "$(getcap "$2" 2>/dev/null)"
}
program() {
	cp "$(command -v cat)" "$1" && chmod 755 "$1"
}

program "$dir/one"
same "mark" "$dir/one: marked exit 0" "$(run mark "$dir/one")"
same "what it is" "cap_block_suspend=i" "$(caps "$dir/one")"
same "it is written down" "$dir/one" "$(listed)"
same "for all to read" "644 root" "$(stat -c '%a %U' "$list")"
same "a second time" "$dir/one: has the mark already exit 0" \
    "$(run mark "$dir/one")"
same "and once only" "$dir/one" "$(listed)"

# What else the file has stays.
program "$dir/ping"
setcap cap_net_raw=ep "$dir/ping"
same "one with capabilities" "$dir/ping: marked exit 0" \
    "$(run mark "$dir/ping")"
same "has both" "cap_block_suspend=ei cap_net_raw+ep" \
    "$(caps "$dir/ping" | sed 's/cap_net_raw=ep cap_block_suspend+ei/cap_block_suspend=ei cap_net_raw+ep/')"
same "unmark it" "$dir/ping: unmarked exit 0" "$(run unmark "$dir/ping")"
same "has its own" "cap_net_raw=ep" "$(caps "$dir/ping")"
setcap cap_net_raw,cap_net_admin=p "$dir/ping"
run mark "$dir/ping" >/dev/null
run unmark "$dir/ping" >/dev/null
same "not effective: stays so" "cap_net_admin,cap_net_raw=p" \
    "$(caps "$dir/ping")"
ln -s one "$dir/link"
same "a link of root's" "$dir/one: has the mark already exit 0" \
    "$(run mark "$dir/link")"
same "a command along PATH" "$dir/two: marked exit 0" \
    "$(program "$dir/two"; PATH=$dir:$PATH run mark two)"
same "two are listed" "$dir/one $dir/two" "$(listed)"

# What could be changed by others, or would gain nothing.
program "$dir/bad"
chown "$user" "$dir/bad"
refused "a user's program" "$dir/bad" "does not belong to root"
chown root "$dir/bad"
chmod 775 "$dir/bad"
refused "one that a group can write" "$dir/bad" "can be written by others"
chmod 757 "$dir/bad"
refused "one that all can write" "$dir/bad" "can be written by others"
mkdir "$dir/open"
program "$dir/open/bad"
chmod 777 "$dir/open"
refused "a folder that all can write" "$dir/open/bad" \
    "open\" can be written by others"
chmod 755 "$dir/open"
chown "$user" "$dir/open"
refused "a user's folder" "$dir/open/bad" "open\" does not belong to root"
mkdir "$dir/open/below"
program "$dir/open/below/bad"
refused "what is below it" "$dir/open/below/bad" "does not belong to root"
ln -s "$dir/ping" "$user_home/bad"
setcap -r "$dir/ping"
refused "a user's link" "$user_home/bad" "others than root can set a link"
same "nor where it leads" "" "$(caps "$dir/ping")"
printf '#!/bin/sh\n' >"$dir/script"
chmod 755 "$dir/script"
refused "a script" "$dir/script" "no binary"
mkfifo "$dir/fifo"
refused "a FIFO" "$dir/fifo" "not a regular file"
refused "a folder" "$dir/open" "root"
refused "what is not there" "$dir/nothing" "No such file"
cd "$dir" || exit 1
refused "a relative path" ./ping "expected an absolute path"
cd "$OLDPWD" || exit 1
mkdir "$dir/nosuid"
mount --bind "$dir/nosuid" "$dir/nosuid" &&
    mount -o remount,bind,nosuid "$dir/nosuid"
program "$dir/nosuid/bad"
refused "on a nosuid mount" "$dir/nosuid/bad" "nosuid"
umount "$dir/nosuid"
program "$dir/launcher"
setcap cap_block_suspend=p "$dir/launcher"
like "what gives the guard away: refused" "gains the guard.* exit 1" \
    "$(run mark "$dir/launcher")"
same "and is as it was" "cap_block_suspend=p" "$(caps "$dir/launcher")"
like "by a user: refused" "only root" \
    "$(as_user "$user" "$privctl" mark "$dir/ping" 2>&1)"
same "none of these is listed" "$dir/one $dir/two" "$(listed)"
like "nothing to mark" '^usage: .* exit 2' "$(run mark)"
like "all, and one" '^usage: .* exit 2' "$(run mark -a "$dir/one")"

# An upgrade puts new files in their places.
program "$dir/new"
mv "$dir/new" "$dir/one"
rm "$dir/two"
same "the mark is gone" "" "$(caps "$dir/one")"
same "again: those that lost it, without a word of others" \
    "$dir/one: marked again exit 0" "$(run mark -a)"
same "there it is" "cap_block_suspend=i" "$(caps "$dir/one")"
same "nothing to do" "exit 0" "$(run mark --again)"
program "$dir/two"
chown "$user" "$dir/two"
like "one that is a user's by now: not" "two.*does not belong to root exit 1" \
    "$(run mark -a)"
same "it has none" "" "$(caps "$dir/two")"
chown root "$dir/two"
mv "$dir/two" "$dir/three"
ln -s three "$dir/two"
like "one that leads elsewhere by now: not" "is a link to $dir/three now" \
    "$(run mark -a)"
same "nor that" "" "$(caps "$dir/three")"
rm "$dir/two"

# The list is root's.
cp -p "$list" "$T/list"
chmod 666 "$list"
like "a list that others can write: not believed" \
    "marks: .*can be written by others.* exit 1" "$(run mark -a)"
chmod 644 "$list"
echo "three" >>"$list"
like "one with an error" "no list of marks exit 1" "$(run mark "$dir/three")"
same "nothing is marked on its word" "" "$(caps "$dir/three")"
cp -p "$T/list" "$list"

# What it is for.
echo 'a secret' >"$dir/secret"
chmod 600 "$dir/secret"
for name in one three; do
	cat >"$daemon_policies/$name" <<END
Policy: $dir/$name, Emulation: native
	Default: permit
	native-open: filename eq "$dir/secret" then permit as root
END
done
daemon_start
same "a marked program is elevated" "a secret" \
    "$(by_daemon "$user" "$dir/one" "$dir/secret" 2>&1)"
by_daemon "$user" "$dir/three" "$dir/secret" >"$T/out" 2>&1
like "another is not, and how to mend it is said" \
    "does not carry the mark: privctl mark $dir/three" "$(cat "$T/out")"
setcap cap_net_raw=ep "$dir/three"
run mark "$dir/three" >/dev/null
same "nor do other capabilities stand in the way" "a secret" \
    "$(by_daemon "$user" "$dir/three" "$dir/secret" 2>&1)"
same "unmark" "$dir/one: unmarked exit 0" "$(run unmark "$dir/one")"
same "no capability is left" "" "$(caps "$dir/one")"
by_daemon "$user" "$dir/one" "$dir/secret" >"$T/out" 2>&1
refute "it is not elevated any more" grep -q 'a secret' "$T/out"
same "unmark what is gone" "$dir/two: is not there any more exit 0" \
    "$(run unmark "$dir/two")"
same "unmark all" "$dir/three: unmarked exit 0" "$(run unmark -a)"
same "none is left" "" "$(listed)"

# Nobody else keeps root's tools, and with them the upgrades, waiting.
if command -v flock >/dev/null; then
	for held in "$state" "$list"; do
		as_user "$user" flock -x "$held" sh -c \
		    'echo held; exec sleep 60' >"$T/held" &
		holder=$!
		remember $holder
		until_true 10 grep -q held "$T/held"
		timeout 20 "$privctl" mark -a >"$T/out" 2>&1
		same "${held##*/} locked by a user: marked all the same" 0 $?
		kill -TERM $holder
		wait $holder 2>/dev/null
		forget $holder
	done
else
	skip 2 "no flock"
fi

# Of root's the others wait for the first.
marking=
for n in 1 2 3 4 5 6 7 8; do
	program "$dir/at$n"
	"$privctl" mark "$dir/at$n" >/dev/null 2>&1 &
	remember $!
	marking="$marking $!"
done
# shellcheck disable=SC2086 # a list of numbers
wait $marking
for n in $marking; do
	forget "$n"
done
same "eight at once: all are written down" "$(echo "$dir"/at[1-8])" "$(listed)"
same "and nothing else is left there" marks "$(ls -A "$state")"
daemon_stop
done_testing
