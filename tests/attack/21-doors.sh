#!/bin/sh
# SPDX-License-Identifier: ISC
# Attacks 13, 16, 21 and 40: foreign ABIs, rings, handles, mounts, tracing,
# namespaces, and what would take the guard away, from within an elevated
# program: each answered as security.md's table has it, and the program is
# still elevated afterwards. Outside of a session many of them succeed.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$OWN/policy" <<END
Policy: */doors, Emulation: native
	Default: permit
	native-open: filename eq "$SECRET" then permit as root
	native-open: filename eq "$USERS/denied" then deny[exdev]
END
echo denied >"$USERS/denied"
chown "$ID" "$USERS/denied"

cat >"$OWN/wanted" <<END
ambient-clear 0
ambient-lower 0
ambient-raise EPERM
beyond-the-table ENOSYS
bpf EPERM
bpf-obj-get EPERM
btrfs-create EPERM
btrfs-create2 EPERM
btrfs-remove EPERM
btrfs-remove2 EPERM
btrfs-snapshot EPERM
btrfs-snapshot2 EPERM
capset 0
chroot EPERM
clone-mnt EPERM
clone-net EPERM
clone-pid EPERM
clone-user EPERM
clone3 ENOSYS
denied-creat EXDEV
denied-open EXDEV
denied-openat EXDEV
denied-openat2 EXDEV
denied-resolve EXDEV
dumpable 1
elevated 0
fsconfig ENOSYS
fsmount ENOSYS
fsopen ENOSYS
fspick ENOSYS
guard 1
int80-getpid ENOSYS
int80-open ENOSYS
int80-socket ENOSYS
io_uring_enter ENOSYS
io_uring_register ENOSYS
io_uring_setup ENOSYS
kcmp EPERM
mount EPERM
mount_setattr ENOSYS
move_mount ENOSYS
open_by_handle_at EPERM
open_tree ENOSYS
perf_event_open EPERM
personality EPERM
pidfd_getfd EPERM
pivot_root EPERM
process_madvise EPERM
process_vm_readv EPERM
process_vm_writev EPERM
ptrace-seize EPERM
ptrace-traceme EPERM
set-dumpable-0 0
set-mm EPERM
set-ptracer EINVAL
setns EPERM
tiocsti EPERM
tiocsti-high EPERM
unshare-high EPERM
unshare-mnt EPERM
unshare-net EPERM
unshare-pid EPERM
unshare-time EPERM
unshare-user EPERM
umount2 EPERM
uselib ENOSYS
userfaultfd EPERM
x32-execve ENOSYS
x32-open ENOSYS
END

# doors_of NAME
doors_of() {
	session "$OWN/policy" "$OWN/$1" "$SECRET" "$USERS/denied" 2>&1 |
	    sort >"$OWN/out"
	[ "$(uname -m)" = x86_64 ] || {
		sed -i '/^\(int80\|x32\|uselib\|denied-open \)/d' "$OWN/wanted"
		skip "x86_64 alone has such calls" "$2: int80-open" \
		    "$2: x32-open" "$2: uselib"
	}
	! grep -q '^int80-getpid none' "$OWN/out" || {
		sed -i /^int80-/d "$OWN/wanted"
		sed -i '/^int80-.* none/d' "$OWN/out"
		skip "no 32-bit calls here" "$2: int80-open" \
		    "$2: int80-getpid" "$2: int80-socket"
	}
	sort -o "$OWN/wanted" "$OWN/wanted"
	while read -r door answer; do
		is "$answer" "$(sed -n "s/^$door //p" "$OWN/out")" "$2: $door"
	done <"$OWN/wanted"
	is "" "$(cut -d ' ' -f 1 "$OWN/out" | while read -r door; do
		grep -q "^$door " "$OWN/wanted" || echo "$door"
	done)" "$2: and no others"
}

install_tool doors
doors_of doors "unmarked"
setcap cap_block_suspend=i "$OWN/doors"
doors_of doors "marked"

# Root may go through more of them: his program may not, unless its policy says
# so. Whatever is mounted, it is in a space of its own.
if [ "$BY" = root ]; then
	unshare -m --propagation private "$PRIVRUN" -U -a -E "$OWN/log" \
	    -f "$OWN/policy" "$OWN/doors" "$SECRET" "$USERS/denied" \
	    >"$OWN/out" 2>&1 </dev/null
	while read -r door answer; do
		is "$answer" "$(sed -n "s/^$door //p" "$OWN/out")" "root's: $door"
	done <<END
$(grep -E '^(bpf|bpf-obj-get|chroot|clone3|fs[a-z]*|io_uring.*|m.*mount.*|open_.*|perf_.*|pivot_root|umount2|set-mm) ' "$OWN/wanted")
END
	unshare -m --propagation private "$OWN/doors" "$SECRET" \
	    "$USERS/denied" >"$OWN/out" 2>&1 </dev/null
	for door in bpf chroot fsopen mount open_tree perf_event_open; do
		has "^$door [0-9]" "$OWN/out" "root's: outside of a session: $door"
	done
fi

as_user "$TOOLS/doors" "$SECRET" "$USERS/denied" >"$OWN/out" 2>&1
open=$(grep -Ec ' [0-9]+$' "$OWN/out")
[ "$open" -ge 10 ]
is 0 $? "outside of a session $open of them are open"
is "elevated EACCES" "$(grep '^elevated ' "$OWN/out")" \
    "and the elevated file is not"
finish
