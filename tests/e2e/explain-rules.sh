#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The rule that explain shows: put where it says, and the policies read anew,
# the same request succeeds, and `privctl check` has nothing to say of it. Of
# what the kernel refuses to a user, a call after the other; and no rule is
# shown where none would do.
# shellcheck disable=SC2317,SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/control.sh
. tests/lib/control.sh
# shellcheck source=tests/lib/explain.sh
. tests/lib/explain.sh

own_netns "$0" "$@"
make_user
marked "$helpers/asks"
folder=$daemon_folder/files
mkdir "$folder"

# request WHAT: by the program, as the user's; true if it succeeds
request() {
	by_daemon "$user" "$program" "$1" "$folder" "$daemon_pid" \
	    >"$T/read" 2>&1
}

# judging [LINE ...]: every call is judged.
judging() {
	for call in open access readlink stat unlink rmdir mkdir mknod rename \
	    link symlink chmod chown truncate utimes setxattr sethostname; do
		echo "	native-$call: true then deny, if user = 0"
	done
	for call in bind connect; do
		echo "	native-$call: sockaddr match \"/usr/share\" then deny"
	done
	for call in kill setpriority; do
		echo "	native-$call: pidname match \"/usr/share\" then deny"
	done
	printf '%s\n' "$@"
}

# What there is, each time anew: root's.
furnish() {
	rm -rf "${folder:?}"/*
	echo secret | tee "$folder/secret" >"$folder/closed"
	echo content >"$folder/a"
	mkdir "$folder/d" "$folder/private"
	ln -s a "$folder/private/link"
	echo content >"$folder/private/a"
	chmod 600 "$folder/secret" "$folder/closed" "$folder/private/a"
	chmod 700 "$folder/private"
}

# succeeds WHAT [CHECK [WARNING [LINE]]]: it is refused, by that, and then not, by
# what explain says; of which privctl check says nothing else when there is what
# it names.
succeeds() {
	furnish
	policy "$(judging "${4-}")"
	ctl root reload
	refute "$1: it is refused" request "$1"
	explain "$user"
	same "$1: by what" "${2-kernel}" "$(of check)"
	check "$1: the rule goes where it says" permit
	furnish
	if request "$1"; then
		ok 0 "$1: with it, it is done"
	else
		ok 1 "$1: with it, it is done"
		show "$T/rule" "$T/read" "$T/out"
	fi
	touch "$folder/new" "$folder/b" "$folder/a" "$folder/socket"
	mkdir -p "$folder/d"
	"$control" check "$file" >"$T/check" 2>&1
	same "$1: of which check has nothing to say" "${3-}" \
	    "$(sed "s/^[^ ]* warning: //; s/[:,].*//" "$T/check")"
}

# hopeless WHAT PATTERN [EXECVE]: no rule, and why
hopeless() {
	furnish
	policy "$(judging)"
	sed -i "s/native-execve: deny/native-execve: ${3-deny}/" \
	    "$daemon_policies/asks"
	ctl root reload
	refute "$1: it is refused" request "$1"
	explain "$user"
	same "$1: no rule is shown" "" "$(of permit)"
	like "$1: and why" "$2" "$(of where)"
}
daemon_start

for what in read write append truncate-open create below stat access \
    low-port bind unlink rmdir mkdir fifo rename link symlink chmod \
    chown truncate utimes setxattr kill others-priority host-name; do
	succeeds $what
done
folder_note="a descriptor of a folder leads to what is in it and"
succeeds temporary kernel "$folder_note"
succeeds folder kernel "$folder_note"
like "folder: which explain says, too" "a descriptor of a folder" "$(of where)"
no_sockets="	native-socket: true then deny log"
succeeds packet rule "a wide grant" "$no_sockets"
like "packet: which explain says, too" "with filter or device" "$(of where)"
succeeds raw rule "a wide grant" "$no_sockets"
hopeless path-only "it cannot be elevated"
hopeless readlink "links are not read there"

# --- where the walk was refused
for what in crooked out; do
	hopeless $what "use the canonical name"
	like "$what: the folder is named" "may not search $folder/private\$" \
	    "$(of reason)"
done

# --- a process that is not elevated
hopeless again "nothing is elevated for its process" permit

# --- rights that are spent
# spent WHAT REASON WHERE LINE ...: refused, as the rule of line 5 says that is
# spent; no other one is shown.
spent() {
	what=$1 reason=$2 place=$3
	shift 3
	furnish
	policy "$@"
	ctl root reload
	refute "$reason" request "$what"
	explain "$user"
	same "$reason: it is that" spent "$(of check)"
	like "$reason: the rule" \
	    "^$daemon_policies/asks:5: native-[a-z]*: .* permit .*: .*$reason\$" \
	    "$(of reason)"
	same "$reason: its place" 5 "$(of line)"
	same "$reason: no rule is shown" "" "$(of permit)"
	like "$reason: what to do" "$place" "$(of where)"
}
closed="	native-open: filename eq \"$folder/closed\" and oflags eq \"ro\" then permit as root"
plain="	native-open: filename eq \"$folder/a\" then"
spent thrice "spent (once)" "raise it there" "$closed once"
spent thrice "spent (times)" "raise it there" "$closed times 2"
spent thrice "spent for now (rate)" "again [0-9]* seconds later" "$closed rate 2/h"
spent both "exclusive group was chosen" "out of the group" \
    "	native-fsread: filename eq \"$folder/private/a\" then permit as root exclusive \"one\"" \
    "$closed exclusive \"one\""
spent thrice-plain "spent (times)" "raise it there" "$plain permit times 2" \
    "$plain deny"
furnish
policy "$plain permit once"
ctl root reload
refute "a right that would not do" request thrice-written
explain "$user"
same "a right that would not do: the kernel refuses" kernel "$(of check)"
check "a right that would not do: a rule is shown" permit
check "a right that would not do: with it, it is done" request thrice-written
done_testing
