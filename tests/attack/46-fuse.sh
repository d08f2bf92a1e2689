#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 46: a file system that is the user's own program. What lies there
# works as without privd; what stalls holds up itself alone; and when it shows
# the kernel another file than the broker, that one does not run.
# shellcheck disable=SC2093,SC2317	# functions that others call
[ "${ATTACK_MOUNTS-}" = 1 ] ||
    ATTACK_MOUNTS=1 exec unshare -m --propagation private sh "$0"
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

[ -c /dev/fuse ] || skip_all "no FUSE"
cp -L "$(command -v sh)" "$OWN/shell"
cp -L /bin/echo "$OWN/permitted"
cp -L /bin/echo "$OWN/forbidden"
cp -L /bin/echo "$OWN/program"
install_tool try-open
echo content >"$OWN/file"
printf '#!%s/permitted permitted\n' "$OWN" >"$OWN/script"
printf '#!%s/forbidden forbidden\n' "$OWN" >"$OWN/lie"
chmod 0755 "$OWN/script" "$OWN/lie"
cat >"$OWN/policy" <<END
Policy: */shell, Emulation: native
	Default: permit
	native-execve: filename eq "$OWN/forbidden" then deny[eacces]
	native-execve: filename eq "$OWN/lie" then deny[eacces]
	native-execve: permit[inherit]
	native-fsread: filename eq "/nowhere" then deny[eacces]
	native-fswrite: filename eq "/nowhere" then deny[eacces]
END

# serve NAME UID MILLISECONDS FILE ...: $OWN/NAME
serve() {
	folder=$OWN/$1
	mkdir "$folder"
	shift
	"$TOOLS/fuse" "$folder" "$@" >"$folder.said" 2>&1 &
	started $!
	wait_for 5 grep -q ready "$folder.said" || skip_all "no FUSE mounts here"
}
serve honest "$ID" 0 "$OWN/file" "$OWN/program" "$OWN/script"
honest=$folder
own() {
	as_user "$PRIVRUN" -a -f "$OWN/policy" "$@"
}
# The user's own session: of root's the judge has another uid, and the kernel
# shows such mounts to nobody else.
is "content works permitted $honest/script a" "$(own "$OWN/shell" -c \
    "read -r a <$honest/file; echo \$a \$($honest/program works) \
    \$($honest/script a)" 2>&1)" "the user's session: as without it"
is "refused" "$(session "$OWN/policy" "$OWN/shell" -c \
    "read -r a <$honest/file && echo \$a || echo refused" 2>/dev/null)" \
    "root's session: it is not there"

serve slow 0 3000 "$OWN/file"
for whose in own "session $OWN/policy"; do
	$whose "$OWN/shell" -c "(: <$OWN/slow/file; echo slow) &
	    read -r a <$OWN/file; $OWN/permitted quick; wait" >"$OWN/out" 2>&1
	is "quick slow" "$(tr '\n' ' ' <"$OWN/out" | sed 's/ $//')" \
	    "who stalls holds up itself (${whose%% *})"
done
# What is to be made there is looked for more than once.
for whose in own "session $OWN/policy"; do
	$whose "$OWN/shell" -c "(mkdir $OWN/slow/new 2>/dev/null; echo slow) &
	    n=0
	    while [ \$n -lt 80 ]; do
		n=\$((n + 1)) begun=\$(date +%s%3N)
		read -r a <$OWN/file
		[ \$((\$(date +%s%3N) - begun)) -lt 1500 ] || echo held up
		sleep 0.1
	    done
	    wait" >"$OWN/out" 2>&1
	is "slow" "$(tr '\n' ' ' <"$OWN/out" | sed 's/ $//')" \
	    "who makes what stalls holds up itself (${whose%% *})"
done

# Whoever opens it first, the judge, is shown the one; then the kernel the
# other.
for whose in as_user own "session $OWN/policy"; do
	serve "lying-${whose%% *}" 0 0 "$OWN/script" -- "$OWN/script" "$OWN/lie"
	[ "$whose" = as_user ] && : <"$folder/script"
	$whose "$OWN/shell" -c "$folder/script" >"$OWN/out.${whose%% *}" 2>&1
done
has "^forbidden" "$OWN/out.as_user" "it does lie"
lacks "^forbidden" "$OWN/out.own" "the user's session: no lie runs"
lacks "^forbidden" "$OWN/out.session" "root's session: no lie runs"
# (Who reads the daemon's log for the user may come after the program's end.)
wait_for 10 grep -q "another file than" "$LOG"
has "another file than" "$LOG" "root's session: and the log says so"

# Content that is another at each reading is nobody's Digest.
serve served 0 0 "$OWN/program"
{
	printf 'Policy: */shell, Emulation: native\n\tDefault: permit\n'
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n' \
	    "$folder/program"
	printf '\tDigest: sha256:%s\n' \
	    "$(sha256sum <"$OWN/program" | cut -d ' ' -f 1)"
} >"$OWN/digest"
for whose in "as_user $PRIVRUN -a -f $OWN/digest" "session $OWN/digest"; do
	is "refused" "$($whose "$OWN/shell" -c \
	    "$folder/program runs || echo refused" 2>/dev/null)" \
	    "what has a Digest is not run from there (${whose%% *})"
done
# Whose server says that a program is root's: none is elevated.
printf %s "$SECRET" >"$OWN/link"
# (The daemon elevates what carries the mark: that, too, the server says.)
claim=$ID+
[ "$BY" = root ] || claim=$ID+m
serve claims "$claim" 0 "$OWN/try-open" "$OWN/link"
for program in "*" "$OWN/claims" "$OWN/stalls"; do
	cat <<END
Policy: $program/try-open, Emulation: native
	Default: permit
	native-open: filename eq "$SECRET" then permit as root
END
done >"$OWN/elevates"
is "0:0 755" "$(stat -c '%u:%g %a' "$folder/try-open")" "a user's server lies"
session "$OWN/elevates" "$folder/try-open" "$SECRET" >"$OWN/out" 2>"$OWN/err"
# (The daemon's privrun would have it under the user's policies: there are none.)
lacks "^secret" "$OWN/out" "its program is not elevated"
has "runs without elevation: .*file system that a user serves" "$OWN/err" \
    "it is said why"
# A link there is root's by the server's word, and leads where that says.
sed "s,$SECRET,$OWN/claims/link," "$OWN/elevates" >"$OWN/linked"
is "$SECRET" "$(readlink "$folder/link")" "and of links"
is EACCES "$(session "$OWN/linked" "$OWN/try-open" "$SECRET" \
    2>"$OWN/err" | head -n 1)" "a rule does not mean what such a link leads to"
if [ "$BY" = root ]; then
	serve roots 0 0 "$OWN/try-open"
	is "secret cloexec" "$(session "$OWN/elevates" "$folder/try-open" \
	    "$SECRET" 2>&1 | head -n 1)" "one of root's own file system is"
else
	# Who is to launch a program looks at what its server takes its time for.
	launched() {
		$RUN setpriv --reuid "$ID" --regid "$ID" --clear-groups \
		    --inh-caps=-all env "$INSTANCE/bin/privrun" -U \
		    -s "$RUNS/run/socket" "$@" "$SECRET"
	}
	at_work() {
		[ "$(children "$daemon" | wc -w)" -ge 2 ]
	}
	at_rest() {
		[ "$(children "$daemon" | wc -w)" -eq 1 ]
	}
	enforce "$OWN/elevates"
	wait_for 20 at_rest
	serve stalls "$ID+m" 4000 "$OWN/try-open"
	(RUN="exec"; launched "$folder/try-open") >"$OWN/out" 2>&1 &
	front=$!
	started $front
	wait_for 60 at_work
	is 0 $? "a launch that a server stalls"
	is "secret cloexec" "$(launched "$OWN/try-open" 2>&1 | head -n 1)" \
	    "a launch beside a stalled one is elevated"
	at_work
	is 0 $? "a launch beside a stalled one does not wait for it"
	wait $front
	lacks "^secret" "$OWN/out" \
	    "a launch that was stalled: its program is not elevated"
	has "runs without elevation: .*a user serves|: Connection timed out" \
	    "$OWN/out" "a launch that was stalled: it is said why"
fi
for name in claims roots stalls honest slow lying-as_user lying-own lying-session served; do
	# (What is its user's alone does not even show itself.)
	umount -l "$OWN/$name" 2>/dev/null
done
finish
