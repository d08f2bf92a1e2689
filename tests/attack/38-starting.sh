#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 38: the processes of a user's own session have that user's ids. None
# of them may be looked into, or written to, at any moment of their start: the
# program may run before the last of them is ready. (The log is a fifo that
# nobody reads, which holds the keeper in its first step.)
# shellcheck disable=SC2317	# functions that others call
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$OWN/policy" <<END
Policy: $(realpath /bin/true), Emulation: native
	Default: permit
END
mkfifo -m 0666 "$USERS/log"
(RUN="exec" && as_user "$PRIVRUN" -U -a -E "$USERS/log" -f "$OWN/policy" \
    /bin/true) >"$OWN/out" 2>&1 &
front=$!
started "$front"

children() {
	cat "/proc/$front/task/$front/children" 2>/dev/null
}
two_children() {
	# shellcheck disable=SC2046
	set -- $(children)
	[ $# -eq 2 ]
}
is_filtered() {
	grep -q '^Seccomp:[[:space:]]2' "/proc/$1/status"
}
one_is_filtered() {
	for pid in $(children); do
		is_filtered "$pid" && return 0
	done
	return 1
}
wait_for 20 two_children
is 0 $? "the session is starting"
wait_for 20 one_is_filtered
is 0 $? "its program waits"
is 0 "$(stat -c %u "/proc/$front/mem")" "nobody reaches into privrun"
for pid in $(children); do
	is_filtered "$pid" && continue
	started "$pid"
	is 0 "$(stat -c %u "/proc/$pid/mem")" "nor into the keeper"
done
cat "$USERS/log" >/dev/null &
started $!
wait "$front"
is 0 $? "then the program runs"
finish
