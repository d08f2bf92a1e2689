#!/bin/sh
# SPDX-License-Identifier: ISC
# Calls with paths that are judged are performed as the caller: some 400 of
# them give what they give natively, under a policy that judges all paths, one
# that permits all by default, and with a guarded program.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
protect_files "$0" "$@"
need_programs setpriv setcap
make_user
trusted_folder
cp "$helpers/pathcalls" "$trusted/pathcalls"
cp "$helpers/pathcalls" "$trusted/pathguard"
setcap cap_block_suspend=i "$trusted/pathguard" ||
    skip_all "file capabilities cannot be set here"
work=$trusted/work

# What pathcalls expects, made anew for each run; the user's, unless named
# after root, or after others, who have an id that nobody has.
fixture() {
	rm -rf "$work"
	mkdir "$work" || exit 1
	(
	cd "$work" || exit 1
	mkdir folder folder/inner closed searchable setgid acl
	for name in file file2 truncated readonly gone1 gone2 folder/leaf \
	    closed/leaf searchable/leaf attributes; do
		printf 'content of a file\n' >$name
	done
	: >"$(printf 'name with\nnewline')"
	: >"$(printf 'name\377\376')"
	ln -s file link
	ln -s file2 link2
	ln -s folder linkfolder
	ln -s "$work/file" linkabsolute
	ln -s made dangling
	ln -s nothing dangling2
	ln -s made/ danglingslash
	ln -s missing/made danglingdeep
	ln -s loop loop
	ln -s /proc/self/cwd/file linkself
	ln -s .. linkup
	ln -s gone2 gonelink
	ln -s nothing gonedangling
	ln -s server serverlink
	ln -s attributes attributeslink
	ln -s ../file folder/innerlink
	n=0
	while [ $n -lt 45 ]; do
		ln -s chainlong$((n + 1)) chainlong$n
		[ $n -lt 39 ] && ln -s chain$((n + 1)) chain$n
		n=$((n + 1))
	done
	ln -s file chainlong45
	ln -s file chain39
	mkfifo fifo
	"$helpers/pathcalls" --fixture
	chown -R -h "$user:$user" .
	chmod 444 readonly
	chmod 2775 setgid
	chgrp 12345 setgid
	chmod 2775 setgid
	mkdir rootfolder rootfolder/inner sticky sticky/theirfolder
	for name in rootfile rootsecret rootgone rootfolder/leaf \
	    sticky/mine sticky/theirs sticky/theirfolder/leaf; do
		printf 'content of a file\n' >$name
	done
	chmod 600 rootsecret
	chmod 1777 sticky
	mkfifo sticky/theirfifo
	ln -s ../file sticky/mylink
	ln -s ../file sticky/theirlink
	ln -s ../file sticky/rootlink
	ln -s ../made2 sticky/theirdangling
	chmod 666 sticky/mine sticky/theirs sticky/theirfifo
	chown -h "$user:$user" sticky/mine sticky/mylink
	chown -h 12345:12345 sticky/theirs sticky/theirfifo \
	    sticky/theirlink sticky/theirdangling sticky/theirfolder
	chmod 000 closed
	chmod 111 searchable
	chown root:root closed searchable
	)
	chown "$user:$user" "$work"
}

for program in pathcalls pathguard; do
	cat <<EOF
Policy: */$program, Emulation: native
	Default: permit
	native-fsread: filename match "/*" then permit log
	native-fswrite: filename match "/*" then permit log
	native-bind: sockaddr match "*" then permit log
	native-connect: sockaddr match "*" then permit log
EOF
	# this makes the program guarded, and matches none of its calls
	[ $program = pathcalls ] || cat <<EOF
	native-socket: sockdom eq "AF_PACKET" then permit with cap_net_raw
EOF
done >"$T/judged"

# The first line that differs, and those around it.
compare() {
	check "$1: has come to its end" grep -q '^end$' "$T/$2"
	same_files "$1: as natively" "$T/native$3" "$T/$2"
}

# setsid: without a terminal
fixture
(cd "$work" && as_user "$user" setsid -w timeout 60 "$trusted/pathcalls") \
    >"$T/native" 2>&1 </dev/null 9<&-
check "natively it comes to its end" grep -q '^end$' "$T/native"
fixture
(cd "$work" && setsid -w timeout -k 5 60 "$privrun" -f "$T/judged" -a \
    -E "$T/log" -c "$user" \
    "$trusted/pathcalls") >"$T/out.judged" 2>&1 </dev/null
compare "judged" out.judged ''
check "judged: they were" test "$(lines "$T/log" 'permit user:')" -gt 390
same "judged: nothing is denied" 0 "$(lines "$T/log" '^privrun: deny')"
fixture
(cd "$work" && setsid -w timeout -k 5 60 "$privrun" -f "$T/judged" -a \
    -E "$T/log" -c "$user" \
    "$trusted/pathguard") >"$T/out.marked" 2>&1 </dev/null
sed "s,$trusted/pathguard,$trusted/pathcalls," "$T/out.marked" >"$T/out.guarded"
compare "guarded" out.guarded ''

# As the user's own embedded session, and with a terminal.
fixture
(cd "$work" && as_user "$user" "$helpers/pty" sh -c \
    "'$trusted/pathcalls' >'$user_home/out'") >/dev/null 2>&1 </dev/null
cp "$user_home/out" "$T/native.tty"
check "with a terminal: it is opened natively" \
    grep -q '^/dev/tty: fd .* terminal 1 mine 1$' "$T/native.tty"
fixture
(cd "$work" && as_user "$user" "$helpers/pty" sh -c \
    "timeout --foreground -k 5 60 '$privrun' -f '$T/judged' -a \
    -E '$user_home/log' \
    '$trusted/pathcalls' >'$user_home/out'") >"$T/terminal" 2>&1 </dev/null
cp "$user_home/out" "$T/out.tty"
compare "user's own session, terminal" out.tty .tty
show "$T/terminal"
done_testing
