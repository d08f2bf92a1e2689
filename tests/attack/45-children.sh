#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 45: what an elevated program executes (tcpdump -z) holds no elevated
# descriptor, is not elevated, and, where the program carries the mark, has no
# guard. Under the ambient guard of an unmarked one children do have the
# guard, which gives them nothing by itself: it is said with -e.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

command -v tcpdump >/dev/null || skip_all "no tcpdump"
if [ -z "${ATTACK_NET:-}" ]; then
	trap - EXIT
	clean_up
	ATTACK_NET=1 exec unshare -n "$0"
fi
ip link set lo up
cp "$(command -v tcpdump)" "$OWN/tcpdump"
cp "$OWN/tcpdump" "$OWN/tcpdump-marked"
setcap cap_block_suspend=i "$OWN/tcpdump-marked"
install_tool try-open
for name in tcpdump tcpdump-marked; do
	cat <<END
Policy: */$name, Emulation: native
	Default: permit
	native-execve: permit[inherit]
	native-socket: sockdom eq "AF_PACKET" then permit with net_raw
	native-open: filename eq "$SECRET" then permit as root
END
done >"$OWN/policy"
cat >"$OWN/script" <<END
#!/bin/sh
grep -E '^Cap(Prm|Amb):' /proc/self/status
for fd in /proc/self/fd/*; do
	readlink "\$fd"
done
# Packet sockets are listed with their inodes to whoever has one of them.
"$OWN/try-open" "$SECRET"
echo done
END
chmod 0755 "$OWN/script"

try_program() {
	rm -f "$USERS"/*
	# A packet a moment, so that files are full.
	(RUN="exec"; session "$OWN/policy" "$OWN/$1" -i lo -n -U -C 1 -W 2 \
	    -c 400000 -w "$USERS/capture" -z "$OWN/script") \
	    >>"$OWN/$1.out" 2>"$OWN/err" &
	front=$!
	started $front
	wait_for 10 grep -q "listening on" "$OWN/err"
	is 0 $? "$1 captures"
	# Packets until a file is full, 1,000,000 bytes: a busy machine drops some.
	tries=0
	while [ $tries -lt 20 ] && ! grep -q "^done" "$OWN/$1.out"; do
		"$TOOLS/packets" 600 1000
		tries=$((tries + 1))
	done
	wait_for 10 grep -q "^done" "$OWN/$1.out"
	is 0 $? "$1 executes the script"
	kill "$front"
	wait "$front"
	lacks "socket:" "$OWN/$1.out" "$1: the script holds no socket"
	has "^EACCES" "$OWN/$1.out" "$1: the script is not elevated"
}
try_program tcpdump-marked
has "^CapPrm:	0+\$" "$OWN/tcpdump-marked.out" "tcpdump-marked: the script has no guard"
try_program tcpdump
has "^CapAmb:	0000001000000000" "$OWN/tcpdump.out" \
    "tcpdump, unmarked: the ambient guard is passed on"
finish
