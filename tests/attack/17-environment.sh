#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 17: what the user can start a program with: variables that make
# loaders, shells and interpreters take his files, thousands of them, none;
# no argv[0], closed descriptors, small limits, ignored and blocked signals,
# odd masks, a folder that is gone. An elevated program has none of what is
# dangerous; what cannot be started says so and does not start half. (Where the
# user executes privrun himself: 17-environment-daemon.sh.)
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/lib/environment.sh
. "$TOP/tests/lib/environment.sh"

install_tool start
cat >"$OWN/policy" <<END
Policy: */start, Emulation: native
	Default: permit
	native-open: filename eq "$SECRET" then permit as root
END
set -- "$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" -c "$ID:$ID" \
    "$OWN/start" show "$SECRET"

bad="$USERS/evil"
# shellcheck disable=SC2046
env $(for name in $unsafe; do echo "$name=$bad"; done) LC_TIME=kept \
    "$@" >"$OWN/out" 2>&1
has "^elevated opened" "$OWN/out" "the program is elevated"
lacks "^env .*$bad" "$OWN/out" "none of $(echo "$unsafe" | wc -w) unsafe variables"
for name in $unsafe; do
	lacks "^env $name=$bad" "$OWN/out" "$name is not there"
done
has "^env LC_TIME=kept" "$OWN/out" "what leads nowhere is kept"
has "^core 0 0" "$OWN/out" "no core dumps, nor can they be had"
has "^no_new_privs 1" "$OWN/out" "no new privileges"
as_user env LOCPATH="$bad" "$TOOLS/start" show "$SECRET" >"$OWN/out" 2>&1
has "^env .*$bad" "$OWN/out" "without a session they are there"

env -i "$@" >"$OWN/out" 2>&1
has "^elevated opened" "$OWN/out" "no variables at all"
"$TOOLS/start" as vars "$@" >"$OWN/out" 2>&1
has "^variables 100[0-9][0-9]" "$OWN/out" "10,000 variables"
lacks "^env SOMETHING_NEW" "$OWN/out" "10,000 variables hide none"

"$TOOLS/start" as noargv "$PRIVRUN" >"$OWN/out" 2>&1
is 2 $? "no argv[0]: usage"
lacks "elevated" "$OWN/out" "and nothing is started"

# What is closed is filled with /dev/null, for us and for the program.
"$TOOLS/start" as closed "$@"
is 0 $? "descriptors 0 to 2 closed"
install_tool try-open
sed 's|/start|/try-open|' "$OWN/policy" >"$OWN/opens"
"$TOOLS/start" as closed "$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/opens" \
    -c "$ID:$ID" "$OWN/try-open" "$SECRET" 3>"$OWN/three"
is 0 $? "and for one that opens files"
cat >"$OWN/policy3" <<END
Policy: */shell, Emulation: native
	Default: permit
	native-open: filename eq "$SECRET" then permit as root
END
cp -L "$(command -v sh)" "$OWN/shell"
# shellcheck disable=SC2016
"$TOOLS/start" as closed "$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy3" \
    -c "$ID:$ID" "$OWN/shell" -c \
    "echo 0; for n in 0 1 2; do [ -e /proc/self/fd/\$n ] && echo \$n >&3; done
    readlink /proc/\$\$/fd/1 >&3 2>/dev/null; :" 3>"$OWN/three"
is "0 1 2" "$(grep -E '^[012]$' "$OWN/three" | tr '\n' ' ' | sed 's/ $//')" \
    "the program has 0, 1 and 2"

for n in $descriptor_limits; do
	"$TOOLS/start" as "nofile=$n" "$@" >"$OWN/out" 2>&1
	status=$?
	# It runs as it should, or it does not: nothing between.
	if [ $status -eq 0 ]; then
		has "^elevated (opened|EMFILE)" "$OWN/out" "limit of $n: it runs"
	else
		lacks "^elevated opened" "$OWN/out" \
		    "limit of $n: refused, $status"
	fi
done
"$TOOLS/start" as fsize=0 "$@" 2>&1 | cat >"$OWN/out"
has "^elevated opened" "$OWN/out" "no file may grow"
"$TOOLS/start" as nosigchld,blocked "$@" >"$OWN/out" 2>&1
is 0 $? "SIGCHLD ignored, all signals blocked: the status is the program's"
(umask 777 && "$@") >"$OWN/out" 2>&1
has "^umask 777" "$OWN/out" "umask 777 is the program's"
mkdir "$OWN/gone"
(cd "$OWN/gone" && rmdir "$OWN/gone" && "$@") >"$OWN/out" 2>&1
has "^cwd ENOENT" "$OWN/out" "in a folder that is gone"
has "^elevated opened" "$OWN/out" "all the same"
finish
