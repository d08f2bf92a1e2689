#!/bin/sh
# SPDX-License-Identifier: ISC
# Mounting: judged by what and where, done on what was judged, for root as
# natively, for a user where a rule says so and then without set-user-id
# programs and devices.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv setcap mkfs.ext4 losetup
own_spaces "$0" "$@"
make_user
trusted_folder
cp "$helpers/mounts" "$trusted/mounts"
setcap cap_block_suspend=i "$trusted/mounts" ||
    skip_all "file capabilities cannot be set here"
program=$trusted/mounts
# A path without links, and one that the user owns.
on=$trusted/on
second=$trusted/second
from=$trusted/from
mkdir "$on" "$second" "$from" "$user_home/on"
echo text >"$from/file"
chown "$user:" "$user_home/on"
ln -s on "$trusted/link"
dd if=/dev/zero of="$T/image" bs=1M count=8 2>/dev/null
mkfs.ext4 -q "$T/image" || skip_all "no file system can be made"
disk=$(losetup --find --show "$T/image" 2>/dev/null) ||
    skip_all "no loop devices here"
# It goes with the last who has it open, which is this script.
exec 8<"$disk"
losetup -d "$disk"
ln -s "$disk" "$trusted/disk"

# Users of another space, who are nobody's here.
unshare -U sleep 600 &
space=$!
remember "$space"
# shellcheck disable=SC2317	# until_true calls it
other_users() {
	[ "$(readlink "/proc/$space/ns/user")" != \
	    "$(readlink /proc/self/ns/user)" ]
}
until_true 10 other_users
echo "0 100000 65536" >"/proc/$space/uid_map"
echo "0 100000 65536" >"/proc/$space/gid_map"

policy() {
	{
		echo "Policy: */mounts, Emulation: native"
		echo "	Default: permit"
		cat
	} >"$T/policy"
}

roots() {
	"$privrun" -f "$T/policy" -a -E "$T/log" "$program" "$@" 2>&1 </dev/null
}

session() {
	"$privrun" -f "$T/policy" -a -E "$T/log" -c "$user" "$program" "$@" \
	    2>"$T/err" </dev/null || show "$T/err" "$T/log"
}

# What is mounted below: where, how, what.
mounted() {
	awk -v on="$trusted" -v home="$user_home" '
	    index($5, on) == 1 || index($5, home) == 1 {
		sub(/^[0-9]+ [0-9]+ [0-9:]+ /, ""); print
	    }' /proc/self/mountinfo
}

unmount_all() {
	for place in "$on" "$second" "$on" "$second" "$user_home/on" \
	    "$from/file"; do
		umount -l "$place" 2>/dev/null
	done
}

# Every way, one run a set, with what is mounted after each.
ways() {
	for set in "m none $on tmpfs 0 mode=700,size=64k|u $on 0" \
	    "m none $on tmpfs 6 -|m second $on tmpfs 0 -|u $on 0|u $on 0|u $on 0" \
	    "m none $on tmpfs 0 -|m none $on tmpfs 0x21 -" \
	    "m none $on tmpfs 0xc0ed0001 -|m none $on tmpfs 0 nonsense=1" \
	    "m $disk $on ext4 1 -|u $on 0|u $on 0" \
	    "m $trusted/disk $trusted/link ext4 0 noload" \
	    "m $from $on - 0x1000 -|m - $on - 0x1021 -|u $trusted/link 8" \
	    "m $from/file $second - 0x1000 -|m $from/file $from/file - 0x1000 -|u $from/file 0" \
	    "m none $on tmpfs 0 -|m - $on - 0x40000 -|m - $on - 0x100000 -" \
	    "m none $on tmpfs 0 -|m $on $second - 0x2000 -|u $on 0|u $second 2" \
	    "m none $on - 0x40000 -|m none $on - 0 -|m none $on nosuchfs 0 -" \
	    "m /nonexistent $on ext4 0 -|m $from/file $on ext4 0 -" \
	    "m - $on ext4 0 -|m - $on tmpfs 0 -|m - $on - 0x1000 -" \
	    "m  $on - 0x1000 -|m none $trusted/none tmpfs 0 -|m none - tmpfs 0 -" \
	    "m none $from/file tmpfs 0 -|m $from $on/. - 0x1000 -|u $on/. 0" \
	    "m none $on/ tmpfs 0 -|u $on/ 0|m none $on tmpfs 0 -|u $on/. 0" \
	    "m none $on tmpfs 0 -|m none $on/sub/ tmpfs 0 -|u $on/sub/.. 0" \
	    "u / 0|u $from 0|u $trusted/none 0|u $on 0x100|u $trusted/link 8" \
	    "c $trusted|m none on tmpfs 0 -|u on 0|m none ./on tmpfs 0 -|c on|u . 0|u $on 0|u . 2|c /" \
	    "m none $on tmpfs 0 -|c $on|u $on 0|c /|u $on 0" \
	    "e $on|b $on|u $on 0|F $on|f $on|u $on 0" "f $on|c /|m none $second tmpfs 0 -" \
	    "m none $on tmpfs 6 -|a $on 0 1 0 0|a $on 0 0x20 0x71 0|a $trusted/link 0x8000 8 2 0x100000" \
	    "a $on 0 1 0 0|m none $on tmpfs 0 -|a $trusted/link 0x100 1 0 0|a $on 0x40 1 0 0|a $trusted/none 0 1 0 0|a $on 0 0x10000000 0 0|a $on 0 0 0 0" \
	    "m none $on tmpfs 0 -|A $on 31|A $on 32|A $on 33|A $on 41|A $on 4096|A $on 4097" \
	    "m none $on tmpfs 0 -|i $on 99|i $on 0|I $on $space|I $on $space" \
	    "m none $on tmpfs 0 -|v $on $second 0|v $on $second 0|v $second $trusted/link 0x11|v $trusted/link $second 0|v $trusted/link $trusted/second 1" \
	    "m none $on tmpfs 0 -|V $on $second 0|V $second $on 0x100|V $second $trusted/none 0|v $second $on 0x1000|v $trusted/none $on 0" \
	    "m none $on tmpfs 0 -|m second $second tmpfs 0 -|v $on $second 0x200|u $second 0|u $second 0" \
	    "O tmpfs 1|S 1 source thing 0|S 1 size 64k 0|S 1 mode 700 0|S 6 - - 0|M 2|P $on 0|u $on 2" \
	    "O nosuchfs 0|O tmpfs 2|S 1 a b 0|M 0|P $on 0" \
	    "O tmpfs 0|S 1 nonsense 1 0|S 0 nonsense - 0|S 9 - - 0|S 99 a b 0|S 0 - - 0|S 1 size - 0|S 1 size 1 1|S 5 a - -1|S 6 a - 0|M 0|S 6 - - 0|S 6 - - 0|S 1 size 64k 0|M 8|P $trusted/none 0|P $trusted/link 0x10" \
	    "O ramfs 0|S 1 source - 0|S 1 source second 0|S 0 ro - 0|S 6 - - 0|M 0x1000000|M 1|P $trusted/link 0|P $on/ 0" \
	    "O ext4 0|S 1 source $disk 0|S 0 ro - 0|S 1 errors continue 0|S 6 - - 0|M 1|P $on 0|u $on 2" \
	    "O ext4 0|S 1 source $trusted/disk 0|S 6 - - 0|M 0|P $on 0" "O ext4 0|S 6 - - 0|S 3 source $disk -100" \
	    "O ext4 0|S 1 source $from/file 0|S 6 - - 0|M 0" \
	    "w|O fuse 0|S 5 fd - 77|S 1 rootmode 40000 0|S 1 user_id 0 0|S 1 group_id 0 0|S 6 - - 0|M 0|P $on 0" \
	    "w|O fuse 0|S 1 fd 77 0|S 1 rootmode 40000 0|S 1 user_id 0 0|S 1 group_id 0 0|S 6 - - 0|M 0|P $on 0" \
	    "O fuse 0|S 5 fd - 99|S 1 fd nonsense 0" \
	    "T $from 1|P $on 0|u $on 2|T $from 0x8001|P $on 0" "T $from/file 1|P $from/file 0" \
	    "T $trusted/none 1|T $from 2|T $trusted/link 0x101|T $trusted/link 1|P $second 0" \
	    "q 0x80000100 - 0|q 0x80000100 $disk 0|m $disk $on ext4 0 -|q 0x80000100 $disk 0|q 0x80000100 $trusted/disk 0|q 0x80000402 $disk 0|q 0x80000400 $disk 0|q 0x80000700 $disk 1000|q 0x80000800 $disk 1000|q 0x80000200 $disk 2|q 0x80000300 $disk 0" \
	    "q 0x80000700 $on 0|q 0x80000700 $trusted/none 0|q 0x80000709 $disk 0|q 0x80009900 $disk 0|q 0x580100 $disk 0|q 0x580300 $disk 0|q 0x580800 $disk 0" \
	    "m $disk $on ext4 0 -|Q 0x80000100 $on 0|Q 0x80000700 $on 0|Q 0x80000800 $on 0|Q 0x80000200 $on 2|Q 0x80000400 $trusted/none 0|Q 0x80000700 $second 0|Q 0x580300 $on 0"; do
		IFS='|'
		# shellcheck disable=SC2086
		set -- "$@" $set
		unset IFS
		"$@" 2>&1
		# Known by what it is, not by a link to that.
		mounted | sed "s,$trusted/disk,$disk,"
		set -- "$1"
		# The server of a FUSE mount is gone by now.
		"$@" "u $on 0" 2>&1
		unmount_all
	done
}

# shellcheck disable=SC2317	# ways calls it
as_root() {
	"$program" "$@"
}

# shellcheck disable=SC2317	# and this
as_the_user() {
	as_user "$user" "$program" "$@"
}

ways as_root >"$T/native"
like "natively there are mounts" " - ext4 $disk " "$(cat "$T/native")"
policy <<'END'
	native-mount: permit
	native-umount2: permit
	native-mount_setattr: permit
	native-move_mount: permit
	native-fsopen: permit
	native-fsconfig: permit
	native-fsmount: permit
	native-open_tree: permit
END
ways roots >"$T/judged"
same_files "decided by the filter" "$T/native" "$T/judged"
policy <<'END'
	native-mount: target eq "/nowhere" then deny[enoexec]
	native-umount2: target eq "/nowhere" then deny[enoexec]
	native-mount_setattr: target eq "/nowhere" then deny[enoexec]
	native-move_mount: target eq "/nowhere" then deny[enoexec]
	native-fsopen: fstype eq "xfs" then deny[enoexec]
	native-fsconfig: key eq "nowhere" then deny[enoexec]
	native-fsmount: fstype eq "xfs" then deny[enoexec]
	native-open_tree: source eq "/nowhere" then deny[enoexec]
	native-quotactl: filename eq "/nowhere" then deny[enoexec]
	native-quotactl_fd: filename eq "/nowhere" then deny[enoexec]
END
ways roots >"$T/judged"
same_files "judged" "$T/native" "$T/judged"
ways as_the_user >"$T/native"
refute "natively a user mounts nothing" grep -q " - .* rw" "$T/native"
no='s/: E\(PERM\|NOENT\|INVAL\|FAULT\|2BIG\|BADF\)$/: no/'
sed "$no" "$T/native" >"$T/native.no"
ways session | sed "$no" >"$T/judged"
same_files "nor judged" "$T/native.no" "$T/judged"

# By what and where.
policy <<END
	native-mount: source eq "$from" and target eq "$on" then permit
	native-mount: source eq "$disk" then deny[enxio]
	native-mount: fstype eq "tmpfs" and data eq "size=64k" and \
	    mountflags eq "MS_NOSUID" then permit
	native-mount: deny[eacces]
	native-umount2: target eq "$on" and mountflags eq "MNT_DETACH" then permit
	native-umount2: deny[edom]
END
same "by what and where" "$(printf '%s\n' "m $from $trusted/link - 0x1000 -: 0" \
    "m $from $second - 0x1000 -: EACCES" "m $trusted/disk $on ext4 0 -: ENXIO" \
    "m none $second tmpfs 2 size=64k: 0" "m none $second tmpfs 0 size=64k: EACCES" \
    "m none $second tmpfs 2 size=65k: EACCES" "m none $second tmpfs 2 -: EACCES" \
    "u $on 0: EDOM" "u $trusted/link 2: 0" "u $second 2: EDOM")" \
    "$(roots "m $from $trusted/link - 0x1000 -" "m $from $second - 0x1000 -" \
    "m $trusted/disk $on ext4 0 -" "m none $second tmpfs 2 size=64k" \
    "m none $second tmpfs 0 size=64k" "m none $second tmpfs 2 size=65k" \
    "m none $second tmpfs 2 -" "u $on 0" "u $trusted/link 2" "u $second 2")"
unmount_all

# Elevated.
policy <<END
	native-mount: source eq "$disk" and target eq "$on" and \
	    fstype eq "ext4" then permit log as root
	native-mount: source eq "$from" and target match "$user_home/*" and \
	    mountflags eq "MS_BIND" then permit with sys_admin
	native-mount: fstype eq "tmpfs" and target eq "$second" and \
	    data eq "size=64k" then permit with sys_admin
	native-umount2: target eq "$on" then permit as root
	native-umount2: target match "$user_home/*" then permit with sys_admin
END
same "a disk" "m $disk $on ext4 0 -: 0" "$(session "m $disk $on ext4 0 -")"
same "is there" "/ $on rw,nosuid,nodev,relatime - ext4 $disk rw" \
    "$(mounted | sed 's/ shared:[0-9]*//; s/,seclabel//')"
like "it is logged" "source: $disk, target: $on, fstype: ext4" "$(cat "$T/log")"
same "what is mounted twice" "m $disk $on ext4 0 -: EBUSY" \
    "$(session "m $disk $on ext4 0 -")"
same "changes are not new mounts" "$(printf '%s\n' \
    "m $disk $on ext4 0x20 -: EPERM" "m $disk $on ext4 0x1000 -: EPERM" \
    "m $disk $on ext4 0x40000 -: EPERM")" "$(session \
    "m $disk $on ext4 0x20 -" "m $disk $on ext4 0x1000 -" \
    "m $disk $on ext4 0x40000 -")"
same "unmounted" "u $on 0: 0" "$(session "u $on 0")"
same "is gone" "" "$(mounted)"
same "the names may lead there" "m $trusted/disk $trusted/link ext4 1 -: 0" \
    "$(session "m $trusted/disk $trusted/link ext4 1 -")"
same "flags are kept" "ro,nosuid,nodev,relatime" "$(mounted | cut -d ' ' -f 3)"
same "by any name" "u $trusted/./link 2: 0" "$(session "u $trusted/./link 2")"
same "not elsewhere, not otherwise" "$(printf '%s\n' \
    "m $disk $second ext4 0 -: EPERM" "m $disk $on ext4 0 noload: EPERM" \
    "m $disk $on xfs 0 -: EPERM" "m none $on tmpfs 0 -: EPERM" \
    "u $second 0: EPERM" "m none $second tmpfs 0 size=65k: EPERM" \
    "m $from $on - 0x1000 -: EPERM")" "$(session \
    "m $disk $second ext4 0 -" "m $disk $on ext4 0 noload" \
    "m $disk $on xfs 0 -" "m none $on tmpfs 0 -" "u $second 0" \
    "m none $second tmpfs 0 size=65k" "m $from $on - 0x1000 -")"
same "options that a rule names" "m none $second tmpfs 0 size=64k: 0" \
    "$(session "m none $second tmpfs 0 size=64k")"
like "with the rest as ever" "rw,nosuid,nodev,.* tmpfs none rw,size=64k" \
    "$(mounted)"
unmount_all
same "a folder of root's in the user's" "$(printf '%s\n' \
    "m $from $user_home/on - 0x1000 -: 0" \
    "m $from $user_home/on - 0x1001 -: EPERM")" "$(session \
    "m $from $user_home/on - 0x1000 -" "m $from $user_home/on - 0x1001 -")"
same "can be read" text "$(cat "$user_home/on/file")"
same "and let go of" "u $user_home/on 0: 0" "$(session "u $user_home/on 0")"
same "is gone" "" "$(mounted)"

policy <<END
	native-fswrite: filename eq "/dev/fuse" then permit as root
	native-mount: fstype eq "fuse" and target match "$user_home/*" and \
	    data re "^rootmode=40000,fd=[0-9]*,user_id=$user_uid,group_id=$user_gid\$" \
	    then permit as root
END
if [ -c /dev/fuse ] && grep -q "	fuse\$" /proc/filesystems; then
	same "a descriptor in options" "f $user_home/on: 0" \
	    "$(session "f $user_home/on")"
	like "it is a FUSE mount" "fuse thing rw,user_id=$user_uid" "$(mounted)"
	unmount_all
	same "one that is none" "F $user_home/on: EINVAL" \
	    "$(session "F $user_home/on")"
	same "elsewhere" "f $on: EPERM" "$(session "f $on")"
else
	skip 4 "no FUSE here"
fi

# What is there already: its attributes, and where it is.
policy <<END
	native-mount_setattr: target eq "$on" and \
	    mountflags eq "MOUNT_ATTR_RDONLY" and clearflags eq "0" then \
	    permit log as root
	native-mount_setattr: target eq "$second" and clearflags re ".*" then \
	    permit as root
	native-mount_setattr: target eq "$from" and mountflags re ".*" then \
	    permit with sys_admin
	native-move_mount: source eq "$second" and target eq "$user_home/on" then \
	    permit as root
	native-move_mount: target eq "$second" then permit with sys_admin
	native-umount2: target eq "$user_home/on" then permit as root
END
attributes() {
	mounted | awk '{ print $3 }'
}
for place in "$on" "$second"; do
	mount -t tmpfs -o nosuid none "$place"
done
same "attributes" "$(printf '%s\n' "a $on 0 1 0 0: 0" \
    "a $trusted/link 0 1 2 0: EPERM" "a $on 0 9 0 0: EPERM" \
    "a $second 0 0 2 0: 0" "a $second 0 1 0 0: EPERM" \
    "a $second 0 0 0 0x40000: EPERM" "a $from 0 1 0 0: EINVAL" \
    "a $user_home/on 0 1 0 0: EPERM" "a $on 0x8000 1 0 0: EPERM")" "$(session "a $on 0 1 0 0" \
    "a $trusted/link 0 1 2 0" "a $on 0 9 0 0" "a $second 0 0 2 0" \
    "a $second 0 1 0 0" "a $second 0 0 0 0x40000" "a $from 0 1 0 0" \
    "a $user_home/on 0 1 0 0" "a $on 0x8000 1 0 0")"
same "are changed so" "ro,nosuid,relatime rw,relatime" \
    "$(attributes | xargs)"
like "that is logged" "target: $on, mountflags: MOUNT_ATTR_RDONLY, clearflags: 0" \
    "$(cat "$T/log")"
same "nobody maps users" "I $from self: EPERM" "$(session "I $from self")"
same "what is moved" "$(printf '%s\n' "v $on $user_home/on 0: EPERM" \
    "v $on $second 0: EPERM" "v $second $user_home/on 0x200: EPERM" \
    "V $second $user_home/on 0: 0" "u $user_home/on 2: 0")" \
    "$(session "v $on $user_home/on 0" "v $on $second 0" \
    "v $second $user_home/on 0x200" "V $second $user_home/on 0" \
    "u $user_home/on 2")"
unmount_all

# By descriptors: what is set up is judged with all that was said before.
policy <<END
	native-fsopen: fstype re "^(tmpfs|ext4|fuse)\$" then permit as root
	native-fsconfig: fstype eq "tmpfs" and key eq "size" and \
	    value eq "64k" then permit as root
	native-fsconfig: fstype eq "ext4" and key eq "source" and \
	    value eq "$disk" then permit as root
	native-fsconfig: fstype eq "fuse" and key match "*" and value match "*" \
	    then permit as root
	native-fsconfig: fstype eq "fuse" and key eq "fd" and \
	    cmd eq "FSCONFIG_SET_FD" then permit as root
	native-fsconfig: cmd eq "FSCONFIG_CMD_CREATE" then permit as root
	native-fsmount: fstype match "*" then permit as root
	native-move_mount: fstype eq "tmpfs" and data eq "size=64k" and \
	    target eq "$on" then permit log as root
	native-move_mount: fstype eq "ext4" and source eq "$disk" and \
	    target eq "$on" then permit as root
	native-move_mount: fstype eq "fuse" and target match "$user_home/*" then \
	    permit as root
	native-open_tree: source eq "$from" then permit as root
	native-move_mount: source eq "$from" and target match "$user_home/*" then \
	    permit as root
	native-fswrite: filename eq "/dev/fuse" then permit as root
END
same "what is set up" "$(printf '%s\n' "O tmpfs 1: 0" "S 1 size 64k 0: 0" \
    "S 1 size 65k 0: EPERM" "S 1 mode 777 0: EPERM" "S 6 - - 0: 0" "M 0: 0" \
    "D .: ENOTDIR" "P $second 0: EPERM" "P $trusted/link 0x10: 0" \
    "P $trusted/link 0x10: EINVAL" "M 0: EINVAL")" \
    "$(session "O tmpfs 1" "S 1 size 64k 0" "S 1 size 65k 0" \
    "S 1 mode 777 0" "S 6 - - 0" "M 0" "D ." "P $second 0" \
    "P $trusted/link 0x10" "P $trusted/link 0x10" "M 0")"
like "is mounted so" "^/ $on rw,nosuid,nodev,.* tmpfs none rw,size=64k" \
    "$(mounted)"
like "with all that was said in the log" \
    "target: $on, mountflags: 0, fstype: tmpfs, data: size=64k" "$(cat "$T/log")"
unmount_all
same "what was not said" "$(printf '%s\n' "O tmpfs 1: 0" "S 6 - - 0: 0" \
    "M 0: 0" "P $on 0: EPERM" "O ramfs 0: EPERM" "S 6 - - 0: EINVAL")" \
    "$(session "O tmpfs 1" "S 6 - - 0" "M 0" "P $on 0" "O ramfs 0" \
    "S 6 - - 0")"
same "a device" "$(printf '%s\n' "O ext4 0: 0" \
    "S 1 source $from/file 0: EPERM" "S 1 source $trusted/disk 0: 0" \
    "S 6 - - 0: 0" "M 1: 0" "P $second 0: EPERM" "P $on 0: 0")" \
    "$(session "O ext4 0" "S 1 source $from/file 0" \
    "S 1 source $trusted/disk 0" "S 6 - - 0" "M 1" "P $second 0" "P $on 0")"
like "by its name" "^/ $on ro,nosuid,nodev,.* ext4 $disk rw" "$(mounted)"
unmount_all
same "a tree" "$(printf '%s\n' "T $second 1: EPERM" "T $from 0x8001: EPERM" \
    "T $from 1: 0" "D file: ENOTDIR" "P $on 0: EPERM" "P $user_home/on 0: 0")" \
    "$(session "T $second 1" "T $from 0x8001" "T $from 1" "D file" "P $on 0" \
    "P $user_home/on 0")"
same "is there to be read" text "$(cat "$user_home/on/file")"
unmount_all
if [ -c /dev/fuse ] && grep -q "	fuse\$" /proc/filesystems; then
	same "a descriptor that is an option" "$(printf '%s\n' "w: 0" "O fuse 0: 0" \
	    "S 5 fd - 78: EBADF" "S 5 fd - 77: EINVAL" "S 1 fd 77 0: 0" "S 1 rootmode 40000 0: 0" \
	    "S 1 user_id $user_uid 0: 0" "S 1 group_id $user_gid 0: 0" \
	    "S 6 - - 0: 0" "M 0: 0" "P $on 0: EPERM" "P $user_home/on 0: 0")" \
	    "$(session w "O fuse 0" "S 5 fd - 78" "S 5 fd - 77" "S 1 fd 77 0" \
	    "S 1 rootmode 40000 0" "S 1 user_id $user_uid 0" \
	    "S 1 group_id $user_gid 0" "S 6 - - 0" "M 0" "P $on 0" \
	    "P $user_home/on 0")"
	unmount_all
else
	skip 1 "no FUSE here"
fi
same "what changes counts once" "$(printf '%s\n' "O tmpfs 0: 0" \
    "y size 64k 99k: 0" "S 6 - - 0: 0" "M 0: 0" "P $on 0: EPERM" )" \
    "$(session "O tmpfs 0" "y size 64k 99k" "S 6 - - 0" "M 0" "P $on 0" )"

# What is in memory counts once: to take nosuid off is not permitted.
flipped() {
	mount -t tmpfs -o nosuid none "$on"
	policy
	roots "r $on"
	attributes
	unmount_all
}
# Natively it changes in time some of the times.
changed="$(printf '%s\n' "r $on: 0" ro,relatime)"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	flipped >"$T/flipped" <<-'END'
		native-mount_setattr: permit
	END
	[ "$(cat "$T/flipped")" != "$changed" ] || break
done
same "natively memory may change" "$changed" "$(cat "$T/flipped")"
flipped >"$T/flipped" <<'END'
	native-mount_setattr: mountflags eq "MOUNT_ATTR_RDONLY" and \
	    clearflags eq "0" then permit
	native-mount_setattr: deny
END
same "not behind the judge" "$(printf '%s\n' "r $on: 0" ro,nosuid,relatime)" \
    "$(cat "$T/flipped")"

# Quotas: there are none, and who asks for them is told so.
mount -t ext4 "$disk" "$on"
policy <<END
	native-quotactl: filename eq "$disk" and cmd eq "Q_GETQUOTA" and \
	    quotatype eq "USRQUOTA" and id eq "4711" then permit log as root
	native-quotactl: filename eq "$disk" and quotatype eq "GRPQUOTA" then \
	    permit with sys_admin
	native-quotactl_fd: filename eq "$on" and cmd eq "Q_SETQUOTA" then \
	    permit as root
END
same "quotas" "$(printf '%s\n' "q 0x80000700 $disk 4711: ESRCH" \
    "q 0x80000700 $disk 4712: EPERM" "q 0x80000700 $disk $user_uid: ESRCH" \
    "q 0x80000801 $disk 4711: EPERM" "q 0x80000701 $disk 4711: ESRCH" \
    "q 0x80000301 $disk 0: EPERM" "Q 0x80000800 $on 1: ESRCH" \
    "Q 0x80000700 $on 1: EPERM" "Q 0x80000800 $second 1: EPERM")" \
    "$(session "q 0x80000700 $disk 4711" "q 0x80000700 $disk 4712" \
    "q 0x80000700 $disk $user_uid" "q 0x80000801 $disk 4711" \
    "q 0x80000701 $disk 4711" "q 0x80000301 $disk 0" "Q 0x80000800 $on 1" \
    "Q 0x80000700 $on 1" "Q 0x80000800 $second 1")"
like "they are logged" "filename: $disk, cmd: Q_GETQUOTA, quotatype: USRQUOTA, id: 4711" \
    "$(cat "$T/log")"
unmount_all

# A space of the program's own is not the session's.
policy <<'END'
	native-unshare: args[0] eq "0x20000" then permit
	native-mount: target eq "/nowhere" then deny
	native-umount2: target eq "/nowhere" then deny
END
same "in a space of its own" "$(printf '%s\n' "n: 0" \
    "m none $on tmpfs 0 -: EPERM" "u $on 0: EPERM")" \
    "$(roots n "m none $on tmpfs 0 -" "u $on 0")"
like "that is written down" "namespaces of its own: mount" "$(cat "$T/log")"
same "the new calls are not there" "$(printf '%s\n' "o: ENOSYS" \
    "t $on: ENOSYS")" "$(roots o "t $on")"
done_testing
