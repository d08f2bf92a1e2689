#!/bin/sh
# SPDX-License-Identifier: ISC
# libpcap and OpenSSL are loaded when a policy needs them: where they are not,
# what needs neither goes on as ever, and what needs one is refused with that.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs unshare mount setpriv ldconfig sha256sum
make_user
true=$(readlink -f /bin/true)

# library NAME: its file.
library() {
	soname=$(sed -n "s/^#define PRIVD_$1 \"\\(.*\\)\"/\\1/p" \
	    "$BUILD/obj/places.h")
	realpath "$(ldconfig -p | awk -v name="$soname" \
	    '$1 == name { print $NF; exit }')"
}

pcap=$(library LIBPCAP)
crypto=$(library LIBCRYPTO)
if [ ! -f "$pcap" ] || [ ! -f "$crypto" ]; then
	skip_all "the libraries are not found"
fi

# without COMMAND...: where neither can be loaded
# shellcheck disable=SC2016,SC2317
without() {
	unshare -m sh -c 'mount --bind /dev/null "$1" &&
	    mount --bind /dev/null "$2" && shift 2 && "$@"' sh \
	    "$pcap" "$crypto" "$@"
}

# policy NAME HEADER RULE
policy() {
	printf 'Policy: %s, Emulation: native\n%b\tDefault: permit\n\t%s\n' \
	    "$true" "$2" "$3" >"$T/$1"
}

policy plain '' 'native-fsread: filename eq "/nothing" then deny'
policy packets '' \
    'native-socket: sockdom eq "AF_PACKET" then permit with net_raw filter "port 53"'
policy content "\tDigest: sha256:$(sha256sum <"$true" | cut -d ' ' -f 1)\n" \
    'native-fsread: filename eq "/nothing" then deny'

for name in plain packets content; do
	check "with them: $name" "$privrun" -f "$T/$name" -a -c "$user" "$true"
done
check "without them: what needs none" without \
    "$privrun" -f "$T/plain" -a -c "$user" "$true"
refute "without libpcap: no filter" without \
    "$privrun" -f "$T/packets" -a -c "$user" "$true" 2>"$T/err"
like "with the reason" 'line 3\|:3:' "$(cat "$T/err")"
like "which is libpcap" 'needs libpcap, which cannot be loaded' \
    "$(cat "$T/err")"
refute "nor a check of it" without \
    "$BUILD/privctl" check "$T/packets" 2>"$T/err"
like "for that reason" 'needs libpcap, which cannot be loaded' \
    "$(cat "$T/err")"
refute "without OpenSSL: no digest" without \
    "$privrun" -f "$T/content" -a -c "$user" "$true" 2>"$T/err"
like "which is said" 'OpenSSL' "$(cat "$T/err")"
refute "and no key" without "$BUILD/privctl" keygen "$T/key" 2>"$T/err"
like "for the same reason" 'OpenSSL' "$(cat "$T/err")"
done_testing
