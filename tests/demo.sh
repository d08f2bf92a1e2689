#!/bin/sh
# SPDX-License-Identifier: ISC
#
# What privd is for, on a screen: tcpdump and dnstop capture for ordinary
# users who could not open the socket themselves. In a network namespace of
# its own, so that nothing but the demo's own packets are seen; ends by
# itself, and with a status other than 0 if something was not as it says.

here=$(cd "$(dirname "$0")" && pwd) || exit 1
build=${BUILD:-build}
case $build in
/*) ;;
*) build=$here/../$build ;;
esac
privrun=$build/privrun
send=$build/tests/e2e/dns-send

if [ "$(id -u)" != 0 ]; then
	echo "demo: the session's processes are started by root here: run" \
	    "this as root" >&2
	exit 1
fi
for need in unshare setpriv ip script tcpdump dnstop; do
	if ! command -v "$need" >/dev/null; then
		echo "demo: $need is not installed: ./bootstrap demo" \
		    "installs what is missing" >&2
		exit 1
	fi
done
if [ -z "${DEMO_INSIDE-}" ]; then
	DEMO_INSIDE=1
	export DEMO_INSIDE
	exec unshare -n "$0"
fi

umask 022
tmp=$(mktemp -d) || exit 1
job=
trap 'rm -rf "$tmp"; [ -z "$job" ] || kill "$job" 2>/dev/null' EXIT
trap 'exit 1' HUP INT TERM
ip link set lo up || exit 1

title()
{
	printf '\n== %s\n\n' "$1"
}

failed()
{
	echo
	echo "demo: FAILED: $1"
	exit 1
}

# until_shown PATTERN: waits for it on the screen, ten seconds at most.
until_shown()
{
	for _ in $(seq 200); do
		awk -f "$here/lib/screen.awk" "$tmp/screen" |
		    grep -q -e "$1" && return
		sleep 0.05
	done
	return 1
}

# show_process EXE: the demo's own descendant that runs it.
show_process()
{
	found=
	find_below $$ "$1"
	[ -n "$found" ] || failed "no process runs $1"
	echo "  \$ grep -E '^(Name|Pid|Uid|Cap|NoNew|Seccomp)' /proc/$found/status"
	grep -E '^(Name|Pid|Uid|Cap|NoNew|Seccomp:)' "/proc/$found/status" |
	    sed 's/^/  /'
}

find_below()
{
	children=$(cat "/proc/$1/task/"*/children 2>/dev/null)
	for child in $children; do
		if [ "$(readlink "/proc/$child/exe")" = "$2" ]; then
			found=$child
			return
		fi
		find_below "$child" "$2"
		[ -z "$found" ] || return
	done
}

show_policy()
{
	echo "  The policy that is in force, all of it:"
	echo
	sed '/^#/d;/^$/d;s/^/  | /' "$1"
	echo
}

tcpdump=$(readlink -f "$(command -v tcpdump)")
dnstop=$(readlink -f "$(command -v dnstop)")
cat <<EOF
Two programs that need root for one system call, socket(AF_PACKET). They have
no setuid bit and no file capability, and they will run as uid 1000 and as
nobody. That one call is delivered to a broker, which makes the socket for
them if their policy says so. Everything else they do with their own rights.

EOF
for program in "$tcpdump" "$dnstop"; do
	stat -c '  %A  %U %G  %n' "$program"
	getcap "$program" 2>/dev/null | sed 's/^/  file capabilities: /'
done

title "1. tcpdump as uid 1000"
show_policy "$here/../policies/$(echo "${tcpdump#/}" | tr / _)"
echo "  # privrun -c 1000:1000 -a tcpdump -i lo -n -c 5 port 53"
: >"$tmp/words"	# it may be looked at before the shell has made it
"$privrun" -c 1000:1000 -a "$tcpdump" -i lo -n -l -c 5 port 53 \
    >"$tmp/packets" 2>"$tmp/words" </dev/null &
job=$!
timeout 10 tail -n +1 -f "$tmp/words" | grep -q -m 1 "listening on" || {
	cat "$tmp/words"
	failed "tcpdump does not listen"
}
show_process "$tcpdump"
echo
"$send" www.example 5 50 &
timeout 10 tail -f --pid="$job" /dev/null
kill "$job" 2>/dev/null
wait "$job"
status=$?
job=
sed 's/^/  /' "$tmp/packets" "$tmp/words"
[ "$status" -eq 0 ] || failed "tcpdump ended with $status"
[ "$(grep -c 'www\.example' "$tmp/packets")" -eq 5 ] ||
    failed "not the five packets that were sent"
cat <<'EOF'

  Uid 1000 and five packets. Its one capability, cap_block_suspend (bit 36,
  1000000000), is the guard: it opens no socket, but keeps other processes of
  uid 1000 from taking this one away.
EOF

title "2. dnstop as nobody, which sees DNS and nothing else"
show_policy "$here/../policies/$(echo "${dnstop#/}" | tr / _)"
echo "  # privrun -c nobody -a dnstop lo"
mkfifo "$tmp/keys"
: >"$tmp/screen"
TERM=vt100 script -q -f -e \
    -c "stty rows 20 cols 78; '$privrun' -c nobody -a '$dnstop' -l 2 lo" \
    "$tmp/screen" <"$tmp/keys" >/dev/null 2>&1 &
job=$!
exec 3>"$tmp/keys"
until_shown Queries || {
	cat "$tmp/screen"
	failed "dnstop does not start"
}
show_process "$dnstop"
"$send" www.example 4 10
"$send" not-dns.example 4 10 5353
"$send" news.another.example 2 10
printf 2 >&3		# the table of second-level names
until_shown "another\.example.*100\.0" || failed "dnstop shows nothing"
printf '\030' >&3	# ^X ends it
timeout 10 tail -f --pid="$job" /dev/null
kill "$job" 2>/dev/null
wait "$job"
job=
exec 3>&-
echo
awk -f "$here/lib/screen.awk" "$tmp/screen" | tee "$tmp/lines" |
    sed 's/^/  | /'
grep -q 'another\.example' "$tmp/lines" || failed "dnstop saw nothing"
grep -q 'not-dns' "$tmp/lines" && failed "dnstop saw more than DNS"

title "3. The same without privrun"
echo "  \$ tcpdump -i lo -c 1        (uid 1000)"
if timeout 10 setpriv --reuid 1000 --regid 1000 --clear-groups \
    "$tcpdump" -i lo -c 1 >"$tmp/words" 2>&1; then
	failed "uid 1000 may capture on this machine without privrun"
fi
sed 's/^/  /' "$tmp/words"
echo
echo "  \$ dnstop lo                 (nobody)"
if timeout 10 setpriv --reuid nobody --regid "$(id -g nobody)" \
    --clear-groups "$dnstop" lo >"$tmp/words" 2>&1 </dev/null; then
	failed "nobody may capture on this machine without privrun"
fi
sed 's/^/  /' "$tmp/words"
printf '\ndemo: all of it was as it should be\n'
