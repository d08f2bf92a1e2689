#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 18 by the daemon, from whom the user himself starts them: programs that
# carry the mark and that he can change, by their file, a folder above it or the
# loader that they name; scripts; and such as were put right or spoiled while
# the policy was in force. None is elevated, and it is said why. (Root's embedded
# sessions: 18-writable.sh; policies that he can change: 34-reload.sh.)
# shellcheck disable=SC2317,SC2119,SC2016	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/loader.sh
. tests/lib/loader.sh

need_daemon
make_user
dir=$daemon_folder
secret=$dir/secret
echo secret >"$secret"
chmod 600 "$secret"

# mark PROGRAM: which writing and giving away take from it
mark() {
	setcap cap_block_suspend=i "$1"
}

# named FOLDER: a program there that carries the mark, with a policy: $program
named() {
	program=$dir/$1/try-open
	mkdir -p "$dir/$1"
	cp "$BUILD/tests/attack/try-open" "$program"
	chmod 755 "$program"
	mark "$program"
	cat >"$daemon_policies/$1" <<-EOF
	Policy: $program, Emulation: native
		Default: permit
		native-execve: permit[inherit]
		native-open: filename eq "$secret" then permit as root
	EOF
}

# The system has no policies of the test's, so what is not elevated has none.
tried() {
	by_daemon "$user" "$1" "$secret" >"$T/out" 2>"$T/err"
}
# refused PROGRAM WHY DESCRIPTION
refused() {
	tried "$1"
	refute "$3: not elevated" grep -q '^secret' "$T/out"
	like "$3: it is said why" "runs without elevation: .*$2" \
	    "$(cat "$T/err")"
}
# elevated PROGRAM DESCRIPTION
elevated() {
	tried "$1"
	same "$2" "secret cloexec" "$(head -n 1 "$T/out")"
}

for name in good owner group all folder above loaded script carrier; do
	named $name
done
printf '#!/bin/sh\nread -r line <"$1" && echo "$line" || echo EACCES\n' \
    >"$dir/script/try-open"
mark "$dir/script/try-open"
daemon_start

elevated "$dir/good/try-open" "root's program is elevated"
chown "$user" "$dir/owner/try-open"
mark "$dir/owner/try-open"
refused "$dir/owner/try-open" "does not belong to root" "the user's program"
chmod 775 "$dir/group/try-open"
refused "$dir/group/try-open" "can be written by others" \
    "one that its group can write"
chmod 757 "$dir/all/try-open"
refused "$dir/all/try-open" "can be written by others" \
    "one that all can write"
chown "$user" "$dir/folder"
refused "$dir/folder/try-open" "does not belong to root" "the user's folder"
chown root "$dir/folder"
elevated "$dir/folder/try-open" "and when it is root's again"
chmod 777 "$dir/above"
refused "$dir/above/try-open" "can be written by others" \
    "a folder that all can write"
chmod 755 "$dir/above"

# The user exchanges the folder's entry for a program of his own, by a link.
cp "$dir/good/try-open" "$user_home/try-open"
chown "$user" "$user_home/try-open"
mark "$user_home/try-open"
tried "$user_home/try-open"
refute "a copy of the user's, marked by root: no policy is its" \
    grep -q '^secret' "$T/out"
ln -s "$dir/good/try-open" "$user_home/link"
elevated "$user_home/link" "the user's link to root's: what it leads to counts"

# Scripts: the guard would be the interpreter's, which reads it by name.
refused "$dir/script/try-open" "script" "a script that carries the mark"
cp -L "$(command -v sh)" "$dir/script/shell"
mark "$dir/script/shell"
printf '#!%s\nread -r line <"$1" && echo "$line" || echo EACCES\n' \
    "$dir/script/shell" >"$dir/script/try-open"
mark "$dir/script/try-open"
refused "$dir/script/try-open" "script" "and so does its interpreter"
chown "$user" "$dir/script/shell"
refused "$dir/script/try-open" "script" "its interpreter is the user's"

setcap cap_net_raw=ep "$dir/carrier/try-open"
refused "$dir/carrier/try-open" "capabilities" \
    "capabilities of its own, and no mark"

# The loader is executed before anything of the program is.
loader=$(loader_of "$dir/good/try-open")
program=$dir/loaded/try-open
# names LOADER
names() {
	loaded_by "$1" "$program"
	mark "$program"
}
if can_name_loaders "$dir/good/try-open"; then
	mkdir "$dir/loaders"
	cp "$loader" "$dir/loaders/ld.so"
	cp "$loader" "$user_home/ld.so"
	chown "$user" "$user_home/ld.so"
	ln -s "$loader" "$user_home/link.so"
	names "$dir/loaders/ld.so"
	elevated "$program" "a loader of root's"
	chown "$user" "$dir/loaders/ld.so"
	refused "$program" "loader: .*does not belong to root" \
	    "a loader that is the user's"
	chown root "$dir/loaders/ld.so"
	chmod 777 "$dir/loaders"
	refused "$program" "loader: .*can be written by others" \
	    "a loader in a folder that all can write"
	chmod 755 "$dir/loaders"
	elevated "$program" "and when that is put right"
	names "$user_home/ld.so"
	refused "$program" "loader: .*does not belong to root" \
	    "a loader in the user's folder"
	names "$user_home/link.so"
	refused "$program" "loader: .*others than root can set a link" \
	    "the user's link to root's"
	names ld.so
	(cd "$user_home" && tried "$program")
	refute "a loader in the working folder: not elevated" \
	    grep -q '^secret' "$T/out"
	like "a loader in the working folder: it is said why" \
	    'runs without elevation: .*loader "ld.so"' "$(cat "$T/err")"
else
	skip 12 "no compiler"
fi
log=$(cat "$daemon_folder/log")
like "the daemon's log has it as well" \
    'not elevated: .*does not belong to root' "$log"
elevated "$dir/good/try-open" "root's program is elevated all the same"
done_testing
