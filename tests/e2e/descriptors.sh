#!/bin/sh
# SPDX-License-Identifier: ISC
# Descriptors: the program has what it was given and what the policy gave it,
# under the lowest free numbers; what was elevated is closed at exec, unless
# the rule says `keep`.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv setcap
make_user
trusted_folder
cp "$helpers/confined" "$trusted/confined"
setcap cap_block_suspend=i "$trusted/confined" ||
    skip_all "file capabilities cannot be set here"
for name in plain elevated kept; do
	echo $name >"$T/$name"
done
chmod 600 "$T/elevated" "$T/kept"
cat >"$T/policy" <<EOF
Policy: */confined, Emulation: native
	Default: permit
	native-execve: permit[inherit]
	native-fsread: filename eq "$T/plain" then permit log
	native-open: filename eq "$T/elevated" then permit as root
	native-open: filename eq "$T/kept" then permit as root keep
	native-socket: sockdom eq "AF_PACKET" then permit with cap_net_raw
EOF

# Nothing but 0, 1, 2 and what the shell that runs this test has left open.
natively() {
	as_user "$user" "$trusted/confined" "$@" <"$T/plain" 2>"$T/err" |
	    sed -n 's/^descriptors: //p' | tr '\n' '|'
}

run() {
	timeout 30 "$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" \
	    "$trusted/confined" "$@" <"$T/plain" 2>"$T/err" |
	    sed -n 's/^descriptors: //p' | tr '\n' '|'
	show "$T/err" >&2
}

base=$(natively d)
base=${base%|}
case " $base " in
*" 3"*|*" 4"*|*" 5"*|*" 6"*)
	# whoever runs the tests has left descriptors open: close them
	exec 3<&- 4<&- 5<&- 6<&-
	base=$(natively d)
	base=${base%|} ;;
esac
same "at the start" "$base|" "$(run d)"
same "with an inherited one" "$(natively d 7<"$T/plain")" \
    "$(run d 7<"$T/plain")"
same "all that was closed is closed: judged and elevated" "$base|" \
    "$(run "r:$T/plain" "r:$T/elevated" "w:$T/elevated" p d)"
same "denied: nothing is left" "$base|" \
    "$(run k "w:$T/plain" "r:$T/missing" "c:$T/new" d)"

# with A: the list with A between 2 and what stands behind
with() {
	printf '%s|' "$base" | sed "s/^\(0 1 2\)/\1 $1/"
}

same "judged: as the call asked" "$(with 3)" "$(run k "r:$T/plain" d)"
same "elevated: close-on-exec" "$(with 3c)" "$(run k "r:$T/elevated" d)"
same "elevated, keep: as the call asked" "$(with 3)" \
    "$(run k "r:$T/kept" d)"
same "a socket: close-on-exec" "$(with 3c)" "$(run k p d)"
same "all of them" "$(with '3 4c 5 6c')" \
    "$(run k "r:$T/plain" "r:$T/elevated" "r:$T/kept" p d)"
same "after exec" "$(with '3 5')" \
    "$(run k "r:$T/plain" "r:$T/elevated" "r:$T/kept" p \
    "x:$trusted/confined" d)"
same "after fork: a fork has them" "$(with '3c')" \
    "$(run k "r:$T/elevated" f d)"
same "the limit of descriptors is the program's" "EMFILE EMFILE EMFILE" \
    "$("$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" \
    "$trusted/confined" l:3 "r:$T/plain" "r:$T/elevated" p 2>&1 </dev/null |
    sed 's/.*: //' | tr '\n' ' ' | sed 's/ $//')"
for closed in 0 1 2; do
	eval "\"\$privrun\" -f \"\$T/policy\" -a -E \"\$T/log\" -c \"\$user\" \
	    \"\$trusted/confined\" \"c:\$user_home/$closed\" $closed>&-" \
	    >/dev/null 2>&1 </dev/null
	check "closed $closed: the program runs" test -e "$user_home/$closed"
done
done_testing
