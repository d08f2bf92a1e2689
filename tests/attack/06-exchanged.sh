#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 6: between judgement and effect another object comes to the name of the
# one that a rule elevates: another file is renamed over it, one is mounted over
# it, or a device of another number lies there. In each stage of the hand's work
# the program gets what was judged, or an error: never the other one.
# shellcheck disable=SC2119,SC2154,SC2317	# what the sourced files set
cd "$(dirname "$0")/../.." || exit 1
[ "${ATTACK_MOUNTS-}" = 1 ] || ATTACK_MOUNTS=1 \
    exec unshare -m --propagation private sh tests/attack/06-exchanged.sh
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/survival.sh
. tests/lib/survival.sh
# shellcheck source=tests/lib/stages.sh
. tests/lib/stages.sh

role=hand
file=$T/two
mkdir -m 700 "$T/others"
daemon_start

# exchange COMMAND: what happens in a stage
exchange() {
	printf '#!/bin/sh\n%s && echo >>"%s"\n' "$1" "$T/exchanged" >"$T/does"
	chmod 755 "$T/does"
}
# exchanged WHAT: in each stage; $puts makes the other one, $back undoes it
exchanged() {
	begin_by_daemon "	native-open: filename eq \"$file\" then permit as root"
	: >"$T/answers"
	: >"$T/exchanged"
	n=1
	while [ $n -le $STAGES_MAX ]; do
		$puts
		in_stage $n "$T/does" || break
		echo "$answer" >>"$T/answers"
		$back
		[ "$place" != over ] || break
		n=$((n + 1))
	done
	same "$1: after $((n - 1)) stages the call was over" "over own" \
	    "$place $answer"
	same "$1: in each of them there was another object" $((n - 1)) \
	    "$(grep -c '^' "$T/exchanged")"
	same "$1: never the other object" "" \
	    "$(grep -n wrong "$T/answers" | tr '\n' ' ')"
	end 0 "$1: the program ends"
	echo "# $(sort "$T/answers" | uniq -c | tr -s '\n ' ' ')"
}
put_file() {
	echo other >"$T/others/file"
	chmod 600 "$T/others/file"
}
put_device() {
	rm -f "$T/others/file"
	mknod -m 600 "$T/others/file" c 1 $((5 + n % 2 * 2))
}

puts=put_file back=true
exchange "mv -f '$T/others/file' '$file'"
exchanged "renamed over it"

exchange "mount --bind '$T/others/file' '$file'"
# (The last one finds the call over: nothing is mounted.)
undo() {
	umount "$file" 2>/dev/null || :
}
back=undo
exchanged "mounted over it"

rm -f "$file"
if mknod -m 600 "$file" c 1 3 && : <"$file"; then
	puts=put_device back=true
	exchange "mv -f '$T/others/file' '$file'"
	exchanged "another device number"
else
	skip 4 "no devices here"
fi
done_testing
