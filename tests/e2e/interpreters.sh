#!/bin/sh
# SPDX-License-Identifier: ISC
# What is executed by way of something else: scripts, scripts of scripts, by
# relative names, by descriptors, from memory, and what is registered with the
# kernel. Each gives what it gives without a session, while a rule looks at
# arguments, so that all that the interpreter is given is compared.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv
make_user
cp "$helpers/confined" "$T/confined"
cp /bin/echo "$T/tell"
mkdir "$T/deep"
printf '#!%s/tell  one two \n' "$T" >"$T/s1"
for n in 2 3 4 5 6; do
	printf '#!%s/s%d %d\n' "$T" $((n - 1)) $n >"$T/s$n"
done
printf '#!tell of here\n' >"$T/here"
printf '#!./tell of here' >"$T/dot"
printf '#!../tell' >"$T/deep/up"
printf '#!%s/tell ' "$T" >"$T/blank"
printf '#!\n' >"$T/none"
printf '#!%s/missing x\n' "$T" >"$T/broken"
printf '#!%s\n' "$T" >"$T/folder"
cp "$T/s1" "$T/hidden"
chmod 755 "$T"/s? "$T"/here "$T"/dot "$T"/deep/up "$T"/blank "$T"/none \
    "$T"/broken "$T"/folder
chmod 700 "$T/hidden"
cp /bin/echo "$T/unread"
cp /bin/echo "$T/unread-setuid"
chmod 711 "$T/unread"
chmod 4111 "$T/unread-setuid"
printf '#!/bin/sh\ntouch %s/ran\n' "$T" >"$T/unread-script"
printf '#!%s/unread an\n' "$T" >"$T/by-unread"
printf '#!%s/unread-script an\n' "$T" >"$T/by-unread-script"
chmod 111 "$T/unread-script"
chmod 755 "$T/by-unread" "$T/by-unread-script"

# Whatever is executed stays under this one.
policy() {
	cat <<EOF
Policy: $1, Emulation: native
	Default: permit
	native-execve: argv sub "forbidden" then deny[eacces]
	native-execve: envp sub "FORBIDDEN" then deny[eacces]
	native-execve: permit[inherit]
EOF
}
policy "$T/confined" >"$T/policy"
grep -v FORBIDDEN -i "$T/policy" >"$T/plain"

# both DESCRIPTION ARGUMENT ...
both() {
	what=$1
	shift
	(cd "$T" && as_user "$user" timeout 30 ./confined "$@") >"$T/native" 2>&1
	echo "exit $?" >>"$T/native"
	(cd "$T" && timeout 30 "$privrun" -f "$T/policy" -a -E "$T/log" \
	    -c "$user" ./confined "$@") >"$T/judged" 2>&1 </dev/null
	echo "exit $?" >>"$T/judged"
	same_files "$what" "$T/native" "$T/judged"
}
for way in x e m; do
	both "$way: a script" "$way:$T/s1" a "" "b c"
	both "$way: its line without an end" "$way:$T/blank" a
	both "$way: a script of scripts" "$way:$T/s3" a
	both "$way: as many as the kernel takes" "$way:$T/s5"
	both "$way: one more" "$way:$T/s6" .
	both "$way: an interpreter beside it" "$way:$T/here" a
	both "$way: an interpreter in the folder" "$way:$T/dot" a
	both "$way: an interpreter that is not there" "$way:$T/deep/up" .
	both "$way: no interpreter" "$way:$T/none" .
	both "$way: a missing interpreter" "$way:$T/broken" .
	both "$way: a folder" "$way:$T/folder" .
	both "$way: a program" "$way:$T/tell" a b
done
# Of programs that cannot be read nothing is seen, but what they are.
for name in unread unread-setuid by-unread; do
	same "$name, while arguments are compared" "x:$T/$name: EACCES" \
	    "$("$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" \
	    "$T/confined" "x:$T/$name" . 2>/dev/null | head -n 1)"
	same "$name, in a user's own session" "x:$T/$name: EACCES" \
	    "$(as_user "$user" "$privrun" -f "$T/plain" -a "$T/confined" \
	    "x:$T/$name" . 2>/dev/null | head -n 1)"
done
mv "$T/policy" "$T/comparing"
cp "$T/plain" "$T/policy"
both "one that cannot be read" "x:$T/unread" a b
both "one of mode 4111" "x:$T/unread-setuid" a b
cp "$T/comparing" "$T/policy"
both "a script by a relative name" x:./s1 a
both "a script by a name with dots" "x:deep/../s2" a
both "a script that may not be executed" "x:$T/hidden" .
both "a script of a descriptor's folder" "x:/proc/self/cwd/s1" a
same "an argument that the rule denies" "x:$T/s1: EACCES" \
    "$("$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" "$T/confined" \
    "x:$T/s1" . forbidden 2>/dev/null | head -n 1)"

# Scripts that cannot be read: natively their interpreter runs, and cannot
# read them. Here it may nothing, for it cannot be known to be theirs.
cp "$T/plain" "$T/policy"
unread() {
	what=$1
	shift
	(cd "$T" && as_user "$user" ./confined "$@") >"$T/native" 2>&1
	[ $? -lt 128 ] && [ ! -e "$T/ran" ]
	ok $? "$what, natively"
	: >"$T/log"
	(cd "$T" && "$privrun" -f "$T/policy" -a -E "$T/log" \
	    -c "$user" ./confined "$@") >"$T/judged" 2>&1 </dev/null
	status=$?
	[ $status -gt 0 ] && [ $status -lt 128 ] && [ ! -e "$T/ran" ]
	ok $? "$what: fails as well ($status)"
	like "with the line" "cannot be read, and was not run itself" \
	    "$(cat "$T/log")"
	like "and it may nothing" "deny .*policy: ,.*default" "$(cat "$T/log")"
}
unread "a script that cannot be read" "x:$T/unread-script"
for name in by-unread by-unread-script; do
	same "a script, $name" "x:$T/$name: EACCES" \
	    "$("$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" \
	    "$T/confined" "x:$T/$name" . 2>/dev/null | head -n 1)"
done
cp "$T/comparing" "$T/policy"

# Registered ones, in a user namespace, which has its own.
cat >"$T/inside" <<EOF
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc || exit 99
cd /proc/sys/fs/binfmt_misc
echo ':m:M:1:AGIC::$T/tell:' >register
echo ':k:M::KEEPS:\xff\xff\xff\xff\xff:$T/tell:P' >register
echo ':e:E::kind::$T/s1:' >register
echo ':o:M::OPENED::$T/tell:F' >register
cd "$T"
for way in x m; do
	for name in magic keeps one.kind opened; do
		\$1 ./confined "\$way:$T/\$name" a b
		echo \$?
	done
done
\$1 ./confined x:./magic a
EOF
printf MAGIC >"$T/magic"
printf KEEPS >"$T/keeps"
printf nothing >"$T/one.kind"
printf OPENED >"$T/opened"
chmod 755 "$T/magic" "$T/keeps" "$T/one.kind" "$T/opened"
unshare -Urm sh "$T/inside" env >"$T/native" 2>&1
if [ $? -eq 99 ]; then
	skip 2 "binfmt_misc cannot be mounted in a user namespace"
else
	unshare -Urm sh "$T/inside" "$privrun -U -f $T/policy -a -E $T/log" \
	    >"$T/judged" 2>&1
	same_files "registered interpreters" "$T/native" "$T/judged"
	same "they did run" 7 "$(lines "$T/judged" '^0$')"
fi
done_testing
