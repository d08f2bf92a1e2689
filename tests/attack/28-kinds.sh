#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 28: files that are not what they seem: FIFOs without a peer,
# terminals, descriptors by name, the program's own /proc, temporary files,
# magic links. A session answers as the kernel does without one, from the
# program's point of view and never the judge's, and hangs nowhere.
# shellcheck source=tests/attack/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

install_tool try-open
install_tool own-files
echo three >"$USERS/three"
mkfifo "$USERS/fifo"
chown -R "$ID:$ID" "$USERS"
# Every open is brought before the judge.
cat >"$OWN/policy" <<END
Policy: */try-open, Emulation: native
	Default: permit
	native-fsread: filename eq "/nowhere" then deny
	native-fswrite: filename eq "/nowhere" then deny
END
sed 's|try-open|own-files|' "$OWN/policy" >"$OWN/owns"
cd "$USERS" || exit 1
set -- /dev/null /dev/zero /dev/tty /dev/stdin /dev/fd/3 /proc/self/fd/3 \
    /proc/self/fd/99 /proc/thread-self/fd/3 "wn:$USERS/fifo" \
    "rn:$USERS/fifo" "m w:$USERS" "w:$USERS" /proc/self/exe \
    /proc/self/cwd/three /proc/self/root/etc/hostname ./three ../nothing \
    "$USERS//./three" three/ three/x /proc/self/task/1 /proc/1/environ \
    /proc/1/fd/0 /proc/self/mounts "w:/proc/self/comm" /proc/sys/kernel/ostype
as_user "$TOOLS/try-open" "$@" 3<three </dev/null >"$OWN/wanted" 2>&1
session "$OWN/policy" "$OWN/try-open" "$@" 3<three </dev/null \
    >"$OWN/out" 2>&1
diff "$OWN/wanted" "$OWN/out" >"$OWN/differ"
is 0 $? "$# odd files are opened as the kernel does"
show "$OWN/differ"
line=0
for file; do
	line=$((line + 1))
	is "$(sed -n ${line}p "$OWN/wanted")" "$(sed -n ${line}p "$OWN/out")" \
	    "as the kernel does: $(echo "$file" | sed "s,$USERS,U,")"
done

# Without access there is no broker that opens, so nothing that a rule elevates.
cat >"$OWN/elevates" <<END
Policy: */try-open, Emulation: native
	Default: permit
	native-open: filename eq "$SECRET" then permit as root
END
session "$OWN/elevates" "$OWN/try-open" "$SECRET" "p:$SECRET" >"$OWN/out" 2>&1
is "secret cloexec EOPNOTSUPP" "$(head -n 2 "$OWN/out" | tr '\n' ' ' |
    sed 's/ $//')" "O_PATH: nothing of what is elevated"

# Where the program has a terminal it is that one, which nobody else's is.
in_terminal() {
	# shellcheck disable=SC2016	# the shell there expands it
	"$BUILD/tests/e2e/pty" sh -c 'chown "$0" "$(tty)" && exec "$@"' "$ID" \
	    "$@" </dev/null 2>&1 | tr -d '\r'
}
cat >"$OWN/terminals" <<'END'
#!/bin/sh
"$1" w:/dev/tty | grep -v descriptors
echo "to the terminal" >/dev/tty
END
chmod 0755 "$OWN/terminals"
cp -L "$(command -v sh)" "$OWN/shell"
sed 's|try-open|shell|;s|^	Default: permit|&\n	native-execve: permit[inherit]|' \
    "$OWN/policy" >"$OWN/shells"
is "opened to the terminal " "$(RUN=in_terminal
    session "$OWN/shells" "$OWN/shell" "$OWN/terminals" "$OWN/try-open" |
    tr '\n' ' ')" "as the kernel does: /dev/tty in a terminal"

# What tells one process from another.
as_user "$TOOLS/own-files" 3<three >"$OWN/wanted" 2>&1
session "$OWN/owns" "$OWN/own-files" 3<three >"$OWN/out" 2>&1
diff "$OWN/wanted" "$OWN/out" >"$OWN/differ"
is 0 $? "its own files are its own: $(wc -l <"$OWN/wanted") answers"
show "$OWN/differ"

# A FIFO that nobody writes: only this call waits, until the program dies.
(RUN="exec"; session "$OWN/policy" "$OWN/try-open" "T:$USERS/fifo") \
    >"$OWN/out" 2>&1 &
front=$!
started $front
waits() {
	find_parts && [ "$(find "/proc/$program/task" -mindepth 1 \
	    -maxdepth 1 | wc -l)" -eq 2 ]
}
wait_for 10 waits
# Long enough for one that does not wait.
sleep 0.5
is "" "$(cat "$OWN/out")" "a FIFO is opened not before that"
echo word >"$USERS/fifo" &
started $!
wait $front
has "^word" "$OWN/out" "a FIFO is opened when its peer comes"
finish
