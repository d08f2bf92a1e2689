#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 45: what an elevated program executes (tcpdump -z) holds no elevated
# descriptor, is not elevated, has no guard and cannot reach into the program.
# Under the ambient guard of an unmarked program children would have the guard,
# and could: it executes nothing once something was elevated; and if it does
# so before, nothing is elevated afterwards.
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
"$OWN/try-open" "$SECRET" "w:/proc/\$PPID/mem"
echo done
END
chmod 0755 "$OWN/script"

capture() {
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
	while [ $tries -lt 20 ] && ! grep -q "$2" "$OWN/$1.out" "$OWN/err"; do
		"$TOOLS/packets" 600 1000
		tries=$((tries + 1))
	done
	wait_for 10 grep -q "$2" "$OWN/$1.out" "$OWN/err"
	is 0 $? "$1 executes the script, or says why not"
	kill "$front"
	wait "$front"
}

capture tcpdump-marked "^done"
lacks "socket:" "$OWN/tcpdump-marked.out" "marked: the script holds no socket"
lacks "^secret" "$OWN/tcpdump-marked.out" "marked: the script is not elevated"
has "^CapPrm:	0+\$" "$OWN/tcpdump-marked.out" \
    "marked: the script has no guard"
lacks "^opened" "$OWN/tcpdump-marked.out" \
    "marked: the script does not reach into the program"
: >"$OWN/log"
capture tcpdump "not permitted"
lacks "^done" "$OWN/tcpdump.out" "unmarked: the script is not executed"
has "script.* denied.*cap_block_suspend=i" "$OWN/log" \
    "unmarked: the log says why"

# A shell, which can be told in which order.
cp /bin/sh "$OWN/shell"
cat >"$OWN/policy" <<END
Policy: */shell, Emulation: native
	Default: permit
	native-execve: permit[inherit]
	native-open: filename eq "$SECRET" then permit as root
END
: >"$OWN/log"
# shellcheck disable=SC2016 # the shell in the session is to expand it
session "$OWN/policy" "$OWN/shell" -c 'read word <"$1" && echo "$word"
	"$0" "w:/proc/$$/mem"' "$OWN/try-open" "$SECRET" >"$OWN/out" 2>&1
has "^secret" "$OWN/out" "unmarked: elevated before"
has "not permitted" "$OWN/out" "unmarked: then it executes nothing"
# shellcheck disable=SC2016
session "$OWN/policy" "$OWN/shell" -c '"$0" "w:/proc/$$/mem"
	read word <"$1" && echo "$word"' "$OWN/try-open" "$SECRET" \
	>"$OWN/out" 2>&1
lacks "^secret" "$OWN/out" "unmarked: so nothing is elevated after one"
has "nothing is elevated any more" "$OWN/log" "unmarked: the log says so"
# Where no rule is about files, the kernel alone looks at who opens one.
sed 's/open: filename eq ".*" then permit as root/socket: sockdom eq '\
'"AF_PACKET" then permit with net_raw/' "$OWN/policy" >"$OWN/sockets"
# shellcheck disable=SC2016
session "$OWN/sockets" "$OWN/shell" -c '"$0" "w:/proc/$$/mem"; :' \
    "$OWN/try-open" >"$OWN/out" 2>&1
has "^opened" "$OWN/out" "unmarked: a child would reach into the program"
setcap cap_block_suspend=i "$OWN/shell"
# shellcheck disable=SC2016
session "$OWN/sockets" "$OWN/shell" -c '"$0" "w:/proc/$$/mem"; :' \
    "$OWN/try-open" >"$OWN/out" 2>&1
has "^EACCES" "$OWN/out" "marked: a child does not reach into the program"
# shellcheck disable=SC2016
session "$OWN/policy" "$OWN/shell" -c '"$0" "w:/proc/$$/mem"
	read word <"$1" && echo "$word"' "$OWN/try-open" "$SECRET" \
	>"$OWN/out" 2>&1
has "^secret" "$OWN/out" "marked: elevated after a child as well"
finish
