#!/bin/sh
# SPDX-License-Identifier: ISC
# A device node of root's at /dev/bpf0, which one rule gives to a user's
# program: that node, for reading and writing, however its name is spelled and
# whoever of the program asks; and no other, nor anything done to the node.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv setcap mknod
for node in /dev/bpf0 /dev/bpf1 /dev/bpf01 /dev/bpf9 /dev/BPF0 /dev/e2ehard; do
	[ ! -e $node ] || skip_all "$node is here already"
done
# Like /dev/zero: reads zeros, takes what is written.
mknod -m 600 "$T/probe" c 1 5 2>/dev/null
dd if="$T/probe" of=/dev/null bs=1 count=1 2>/dev/null ||
    skip_all "no device nodes here"
make_user
trusted_folder
nodes="/dev/bpf0 /dev/bpf1 /dev/bpf01 /dev/bpf9 /dev/BPF0 /dev/e2ehard"
for node in /dev/bpf0 /dev/bpf1 /dev/bpf01 /dev/BPF0; do
	mknod -m 600 $node c 1 5 || exit 1
done
ln /dev/bpf0 /dev/e2ehard || exit 1
ln -s /dev/bpf0 "$user_home/link"
ln -s /dev/bpf1 "$user_home/bpf0"
ln -s /dev "$user_home/devfolder"
mknod -m 600 "$user_home/node" c 1 5
cp "$helpers/devnode" "$helpers/open32" "$trusted/"
setcap cap_block_suspend=i "$trusted/devnode" ||
    skip_all "file capabilities cannot be set here"

cat >"$T/policy" <<'EOF'
Policy: */devnode, Emulation: native
	Default: permit
	native-execve: permit[inherit]
	native-fswrite: filename eq "/dev/bpf0" then permit as root

Policy: */open32, Emulation: native
	Default: permit
	native-fswrite: filename eq "/dev/bpf0" then permit as root
EOF

describe() {
	stat -c '%F %t:%T %a %u:%g %i' /dev/bpf0 2>&1
}

before=$(describe)
as_user "$user" "$trusted/devnode" "$user_home" >"$T/native" 2>&1
refute "natively nothing is given" grep -q given "$T/native"
same "natively nothing changes" "$before" "$(describe)"
"$privrun" -f "$T/policy" -a -E "$T/log" -c "$user_uid:$user_gid" \
    "$trusted/devnode" "$user_home" >"$T/out" 2>"$T/err" </dev/null
same "exit status" 0 $?
show "$T/err"

found() {
	sed -n "s/^$1: //p" "$T/out" | head -n 1
}

while IFS='	' read -r what expected; do
	[ "$(found "$what")" != none ] || {
		skip 1 "$what: no 32-bit calls here"
		continue
	}
	same "$what" "$expected" "$(found "$what")"
done <<'EOF'
rdwr	given
wronly	given
append	given
trunc	given
creat	given
nofollow	given
creat()	given
reopened	given
dots	given
slashes	given
root link	given
dirfd	given
dirfd up	given
openat2	given
openat2 beneath	given
cwd up	given
link	given
folder link	given
thread	given
fork	given
vfork	given
close-on-exec	1
rdonly	EACCES
excl	EEXIST
directory	ENOTDIR
tmpfile	EACCES
slash	ENOTDIR
through it	ENOTDIR
bpf1	EACCES
bpf01	EACCES
case	EACCES
dirfd bpf1	EACCES
link nofollow	ELOOP
link to bpf1	EACCES
same number elsewhere	EACCES
hard link	EACCES
thread bpf1	EACCES
fork bpf1	EACCES
after exec	EACCES
int 0x80	ENOSYS
x32	ENOSYS
handle	EPERM
io_uring	ENOSYS
create beside	EACCES
still there	given
EOF
# What is done to the node, or beside it, is refused as natively.
for what in unlink unlinkat rmdir mkdir rename 'rename away' 'rename over' \
    link symlink mknod 'mknod beside' mkfifo chmod chown truncate utimes bind \
    stat access; do
	[ "$what" = link ] && continue	# twice in the output, see below
	same "$what" "$(sed -n "s/^$what: //p" "$T/native")" "$(found "$what")"
done
same "link (2)" "$(sed -n 's/^link: //p' "$T/native" | tail -n 1)" \
    "$(sed -n 's/^link: //p' "$T/out" | tail -n 1)"
same "fchmod of what was given" EPERM "$(found fchmod)"
same "fchown of what was given" EPERM "$(found fchown)"
same "chroot" EPERM "$(found chroot)"
same "the node is as it was" "$before" "$(describe)"
refute "nothing was made beside it" test -e /dev/bpf9

# A program of 32 bits, where one can be made: the control is the same
# program of 64 bits, which is given the node.
"$privrun" -f "$T/policy" -a -c "$user" "$trusted/open32" /dev/bpf0 \
    >"$T/out32" 2>&1 </dev/null
same "a program of 64 bits" 0 $?
if ${CC:-cc} -m32 -static -o "$T/open32" tests/e2e/open32.c 2>/dev/null &&
    "$T/open32" /dev/null; then
	cp "$T/open32" "$trusted/open32"
	"$privrun" -f "$T/policy" -a -c "$user" "$trusted/open32" /dev/bpf0 \
	    >"$T/out32" 2>&1 </dev/null
	refute "a program of 32 bits" test $? -eq 0
else
	skip 1 "no programs of 32 bits"
fi

# Taken away under the session: nobody can make another.
rm /dev/bpf0
"$privrun" -f "$T/policy" -a -c "$user" "$trusted/devnode" --gone \
    >"$T/out" 2>&1 </dev/null
same "gone" ENOENT "$(found gone)"
same "gone, to be created" EACCES "$(found 'gone creat')"
same "gone, to be created alone" EACCES "$(found 'gone excl')"
same "gone, mknod" EACCES "$(found 'gone mknod')"
refute "none was made" test -e /dev/bpf0

# A link put in its place leads to another file, which no rule names.
mknod -m 600 /dev/bpf0 c 1 5
mkfifo "$T/in"
"$privrun" -f "$T/policy" -a -c "$user" "$trusted/devnode" --wait linked \
    >"$T/out" 2>&1 <"$T/in" &
pid=$!
remember $pid
exec 9>"$T/in"
check "a session with the node" wait_for "$T/out" ready
ln -sf "$user_home/node" /dev/bpf0
echo go >&9
exec 9>&-
wait $pid
forget $pid
same "a link in its place" EACCES "$(found linked)"
done_testing
