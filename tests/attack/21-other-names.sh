#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 21: what a rule forbids, or does not lend, by another call, another
# number, or bits that the kernel does not look at.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool other-names
mkdir "$OWN/nodes" "$USERS/in" "$USERS/out"
chown "$ID:$ID" "$USERS/in" "$USERS/out"
cat >"$OWN/policy" <<END
Policy: */other-names, Emulation: native
	Default: permit
	native-mkfifo: filename eq "$OWN/nodes/node" then permit as root
	native-rename: filename[0] match "$USERS/in/*" and filename[1] match "$USERS/out/*" then permit
	native-rename: true then deny[exdev]
	native-setrlimit: true then deny[exdev]
	native-socket: sockdom eq "AF_PACKET" then deny[exdev]
	native-mmap: prot eq "PROT_READ|PROT_WRITE|PROT_EXEC" then deny[exdev]
	native-syslog: type eq "SYSLOG_ACTION_SIZE_BUFFER" then deny[exdev]
END

# answers WHAT COMMAND ...: all of that kind, each once
answers() {
	sed -n "s/^$1 //p" "$OWN/out" | sort -u
}
try() {
	rm -f "$OWN/nodes/node" "$USERS/in/"* "$USERS/out/"*
	echo in >"$USERS/in/a"
	echo out >"$USERS/out/b"
	chown "$ID:$ID" "$USERS/in/a" "$USERS/out/b"
	(cd "$USERS" && "$@" "$OWN/other-names" "$OWN/nodes/node" in/a out/b) \
	    >"$OWN/out" 2>&1
}

try session "$OWN/policy"
is "EACCES" "$(answers 'node-\(block\|char\|file\|at\)')" \
    "mkfifo lends no other node"
is "done" "$(answers node-fifo)" "it lends a FIFO"
[ -p "$OWN/nodes/node" ]
is 0 $? "which is one"
is "EXDEV" "$(answers 'exchange-\(back\|both\)')" \
    "an exchange is both renames"
is "out" "$(cat "$USERS/out/b")" "nothing has come back by it"
is "done" "$(answers exchange-out)" "what is permitted is renamed"
is "EXDEV" "$(answers 'limit-\(0\|own\|thread\)')" \
    "its own limits are its own, by any number"
is "done" "$(answers limit-read)" "they can be read"
is "EXDEV" "$(answers packet-own)" "no packet socket"
is "EPERM" "$(answers 'packet-\(other\|flags\)')" "nor by another name"
is "EXDEV" "$(answers 'memory-.*')" "rights that the kernel sees are compared"
is "EXDEV" "$(answers 'log-.*')" "of a number what the kernel sees is compared"

# A packet socket is root's to make: his own session, with no other user.
if [ "$BY" = root ]; then
	try "$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy"
	is "EXDEV" "$(answers packet-own)" "root's: no packet socket"
	is "EPERM" "$(answers 'packet-\(other\|flags\)')" \
	    "root's: nor by another name"
fi

# They are good attempts: without a session they do what they say.
try env
for what in exchange-both exchange-back limit-own limit-thread memory-high; do
	is "done" "$(answers $what)" "without a session: $what"
done
finish
