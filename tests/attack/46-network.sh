#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 46: a program that has gone to a network namespace of its own gets no
# socket of the host's, though a rule elevates its sockets and the hand stands
# in the host's network. Once it got them. (Who is guarded may not go; root's
# program may, where its policy names the call.)
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

unshare -n true 2>/dev/null || skip_all "no network namespaces here"
install_tool networks
cat >"$OWN/policy" <<END
Policy: */networks, Emulation: native
	Default: permit
	native-unshare: args[0] eq "0x40000000" then permit
	native-unshare: args[0] eq "0x50000000" then permit
	native-socket: sockdom eq "AF_PACKET" then permit with net_raw
	native-socket: sockdom eq "AF_INET" then permit as root
	native-connect: sockaddr eq "@nothing" then deny
END
answer() {
	sed -n "s/^$1 $2 //p" "$OWN/out"
}
judged() {
	"$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" "$@"
}

judged "$OWN/networks" >"$OWN/out" 2>&1
is "host host" "$(answer before packet) $(answer before inet)" \
    "in the host's network the rules elevate"
is "reached" "$(answer before abstract)" "a socket of it is reached"
is "unshare done" "$(grep '^unshare' "$OWN/out")" "it leaves that"
for kind in packet inet; do
	is "EPERM" "$(answer after $kind)" "elsewhere none is made: $kind"
done
for kind in netlink unix; do
	is "own" "$(answer after $kind)" "what no rule elevates: $kind"
done
is "ECONNREFUSED" "$(answer after abstract)" "the host's is not reached"
has "namespaces of its own: socket" "$OWN/log" "the log says so"

# Settings are those of the network of who opens them, and here that is the
# broker. The host is another network space, lest it is this machine.
cat >"$OWN/policy2" <<END
Policy: */networks, Emulation: native
	Default: permit
	native-unshare: args[0] eq "0x40000000" then permit
	native-fsread: filename eq "/nothing" then deny
	native-fswrite: filename eq "/nothing" then deny
END
ttl=/proc/sys/net/ipv4/ip_default_ttl
# settings COMMAND ...: what becomes of it, and of the host's
settings() {
	unshare -n sh -c "echo 64 >$ttl; \"\$@\"; echo after ttl \$(cat $ttl)" \
	    sh "$@" >"$OWN/out" 2>&1
	echo "$(answer after setting) $(answer after ttl)"
}
is "done 64" "$(settings "$OWN/networks")" "its own network's is set"
is "EPERM 64" "$(settings "$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy2" \
    "$OWN/networks")" "and the host's never"
has "namespaces of its own: open" "$OWN/log" "the log says so"

# Guarded: it stays where it is.
session "$OWN/policy" "$OWN/networks" user >"$OWN/out" 2>&1
is "host EPERM host" "$(answer before packet) $(sed -n 's/^unshare //p' \
    "$OWN/out") $(answer after packet)" "who is guarded cannot leave"

# A user's program may, where its policy names the call, and gets its own.
sed '/then permit [aw]/d' "$OWN/policy" >"$OWN/plain"
chmod 0644 "$OWN/plain"
as_user "$PRIVRUN" -U -a -E "$USERS/log" -f "$OWN/plain" "$OWN/networks" user \
    >"$OWN/out" 2>&1
judged_user=$(sed -n 's/^unshare //p' "$OWN/out"; answer after inet)
as_user "$OWN/networks" user >"$OWN/out" 2>&1
is "$(sed -n 's/^unshare //p' "$OWN/out"; answer after inet)" "$judged_user" \
    "a user's own is as without a session"
lacks "^after inet host" "$OWN/out" "which is none of the host's"
sed '/native-unshare/d' "$OWN/plain" >"$OWN/unnamed"
chmod 0644 "$OWN/unnamed"
as_user "$PRIVRUN" -U -a -E "$USERS/log" -f "$OWN/unnamed" "$OWN/networks" \
    user >"$OWN/out" 2>&1
is "EPERM host" "$(sed -n 's/^unshare //p' "$OWN/out") $(answer after inet)" \
    "unless the policy does not name it"
finish
