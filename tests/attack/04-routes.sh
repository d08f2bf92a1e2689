#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 4: an address that is judged is where the message goes. Routes that
# lead elsewhere first, which any user can give to a socket or to a message,
# are refused where rules test addresses, and nowhere else.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool route
as_user "$OWN/route" >"$OWN/wanted" 2>&1
grep -q "^plain done" "$OWN/wanted" || skip_all "no IPv6"
cat >"$OWN/policy" <<END
Policy: $OWN/route, Emulation: native
	Default: permit
	native-socket: socktype eq "SOCK_RAW" then permit with cap_net_raw
	native-sendmsg: sockaddr match "inet-*:9" then permit
	native-sendmsg: true then deny[eacces]
END
cat >"$OWN/other" <<END
Policy: $OWN/route, Emulation: native
	Default: permit
	native-sendmsg: permit times 1000
END
session "$OWN/other" "$OWN/route" >"$OWN/out" 2>&1
unless_installed && is "$(cat "$OWN/wanted")" "$(cat "$OWN/out")" \
    "where no address is judged it is as without privd"
session "$OWN/policy" "$OWN/route" >"$OWN/out" 2>&1
for way in options header "old header" "old options" labels "own header" \
    "own header 6" connectx message "old message" raw; do
	has "^$way EPERM" "$OWN/out" "refused: $way"
done
has "^plain done" "$OWN/out" "a message without a route is sent"
finish
