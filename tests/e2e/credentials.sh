#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Programs of root's that become others: what each thread may do under a
# policy that judges every call on paths is what it may do without privd,
# whatever it has done with its ids, groups, capabilities and root before.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
own_netns "$0" "$@"
program=$helpers/credentials
T=$(readlink -f "$T")

mkdir "$T/root" "$T/one" "$T/group" "$T/all" "$T/jail" "$T/jail/inner"
for folder in root one group all jail; do
	echo text >"$T/$folder/file"
	echo text >"$T/$folder/closed"
	chmod 600 "$T/$folder/closed"
done
chown -R 4001:4001 "$T/one"
chown -R 0:4002 "$T/group"
chmod 700 "$T/root" "$T/one"
chmod 770 "$T/group"
chmod 640 "$T/group/closed"
chmod 1777 "$T/all"
echo text >"$T/all/ones"
chown 4001 "$T/all/ones"
chmod 400 "$T/all/ones"
chmod 2777 "$T/jail/inner"
chgrp 4002 "$T/jail/inner"

# Nothing that is asked here has such a name: it is judged, and performed.
{
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n' \
	    "$(readlink -f "$program")"
	echo "	native-execve: permit[inherit]"
	for call in fsread fswrite chdir chroot; do
		echo "	native-$call: filename eq \"/no/such\" then deny[enotty]"
	done
	for call in bind connect; do
		echo "	native-$call: sockaddr eq \"/no/such\" then deny[enotty]"
	done
	echo "	native-kill: pidname eq \"/no/such\" then deny[enotty]"
} >"$T/policy"

alike() {
	what=$1
	shift
	timeout 30 "$program" "$@" >"$T/plain" 2>&1 </dev/null
	echo "status $?" >>"$T/plain"
	timeout 30 "$privrun" -U -a -E "$T/log" -f "$T/policy" "$program" \
	    "$@" >"$T/judged" 2>&1 </dev/null
	echo "status $?" >>"$T/judged"
	same_files "$what" "$T/plain" "$T/judged"
}

r=$T/root/file
o=$T/one/closed
g=$T/group/closed
a=$T/all/ones
w=w:$T/all/new
look="o:$r o:$o o:$g o:$a a:$r a:$o a:$g a:$a A:$r A:$o A:$g A:$a s:$r s:$g $w"
look="$look w:$T/root/new w:$T/one/new w:$T/group/new p:81 l:$T/all/socket q:1 q:$$"

# look is a list of words
# shellcheck disable=SC2086
{
	alike "root" $look
	alike "another user, for good" u:4001 $look
	alike "with groups first" G: g:4001 u:4001 $look
	alike "groups alone" G:4002,4003 $look
	alike "in a group" G:4002 g:4003 u:4004 $look
	alike "in another by its id" G: g:4002 u:4004 $look
	alike "for a while" e:4001 $look e:0 $look
	alike "the group for a while" u:0 E:4002 $look E:0 $look
	alike "by file system id" F:4001 $look F:0 $look
	alike "and group" G: f:4002 F:4001 $look f:0 F:0 $look
	alike "real, effective and saved" R:4001,4004,0 $look R:4004,0,0 $look
	alike "real another, effective root" R:4001,0,0 $look
	alike "real root, effective another" R:0,4001,4001 $look
	alike "capabilities kept, not raised" k:1 u:4001 $look
	alike "and raised" k:1 u:4001 c:400,400 $look
	alike "to read everything" k:1 u:4001 c:4,4 $look
	alike "to search everything" k:1 u:4001 c:2,2 $look
	alike "to be everybody" k:1 u:4001 c:80,80 R:-1,4005,-1 $look
	alike "root without capabilities" c:0,0 $look
	alike "root without effective ones" c:0,ffffffff $look
	alike "and again with them" c:0,ffffffff $look c:ffffffff,ffffffff \
	    $look
	alike "root that is nobody special" b:3 u:4001 u:0 $look
	# Not a: and A:, which ask of what /proc does not show.
	alike "setuid without effect on capabilities" b:4 u:4001 o:$r o:$g \
	    A:$r $w w:$T/root/new p:81 l:$T/all/socket
	alike "a mask" M:027 $w u:4001 $w M:0 $w
	alike "a folder that gives its group" M:0 "w:$T/jail/inner/new" \
	    u:4001 "w:$T/jail/inner/new" g:4003
	alike "not back" u:4001 u:0 e:0 $look
	alike "a chroot" "r:$T/jail" C:/ o:/file o:/closed o:/etc/passwd \
	    "o:$r" o:../../../etc/passwd s:/inner w:/inner/new u:4001 \
	    o:/file o:/closed w:/inner/new p:81 l:/inner/socket
	alike "a chroot without chdir" "C:$T" "r:$T/jail" o:root/file o:/file \
	    u:4001 o:root/file o:one/file o:/closed
	alike "a chroot for others is none" u:4001 "r:$T/jail" o:/file
	alike "a chroot by capability" k:1 u:4001 c:40000,40000 "r:$T/jail" \
	    o:/file o:/closed w:/inner/new
	alike "a folder that is not open to it" "C:$T/root" u:4001 o:file \
	    o:../one/file "C:$T/root" C:.
}

# What it may do with its own folder of /proc, and what is root's there.
own="s:/proc/self/fd/100 L:/proc/self/fd/100 o:/proc/self/fd/100"
own="$own O:/proc/self/fd/100 a:/proc/self/fd/100 O:/proc/thread-self/fd/100"
for name in mem environ maps auxv stack syscall fd fdinfo fdinfo/0 map_files \
    ns ns/user attr task status oom_score_adj cwd root exe; do
	own="$own s:/proc/self/$name o:/proc/self/$name a:/proc/self/$name"
	own="$own A:/proc/self/$name O:/proc/self/$name"
done
own="$own L:/proc/self/exe L:/proc/self/ns/user L:/proc/self/cwd"
own="$own D:/proc/self/stack D:/proc/self/syscall Z: o:/proc/1/environ"
own="$own L:/proc/1/exe o:/proc/self/root/$r o:/proc/thread-self/mem"
# shellcheck disable=SC2086
{
	alike "root's own /proc" K:$r $own
	alike "that of who was root" K:$r u:4001 $own
	alike "of who is not for a while" K:$r e:4001 $own
	alike "of one by file system id" K:$r F:4001 $own
	alike "of root without capabilities" K:$r c:0,0 $own
	alike "of who has some" K:$r k:1 u:4001 c:2,2 $own
	alike "of who executed" K:$r u:4001 x:$program $own
	alike "of one thread" K:$r t:R:4001,4001,4001 t:o:/proc/self/mem \
	    t:o:/proc/thread-self/mem t:D:/proc/thread-self/stack t:Z: \
	    t:O:/proc/self/fd/100 t:L:/proc/thread-self/fd/100
}

# Threads: libc's calls are for all of them, the bare ones for one.
# shellcheck disable=SC2086
{
	alike "all threads" t:o:$r u:4001 t:o:$r t:o:$o t:$w o:$o
	alike "by another thread" t:u:4001 o:$r o:$o t:o:$r $w
	alike "one thread alone" t:R:4001,4001,4001 $look t:o:$r t:o:$o \
	    t:a:$r t:$w t:l:$T/all/socket o:$r
	alike "the other one" t:o:$r R:4001,4001,4001 t:o:$r t:$w o:$r $w
	alike "alternating" t:F:4001 o:$r t:o:$r o:$a t:o:$a o:$r t:o:$r \
	    F:4004 t:o:$o o:$o t:F:0 t:o:$r o:$r
	alike "groups of one thread" t:P:4002,4002,4002 t:R:4004,4004,4004 \
	    t:o:$g o:$g t:w:$T/group/new w:$T/group/new
}

# Children, orphans and what is executed.
# shellcheck disable=SC2086
{
	alike "a child of another user" u:4001 n: $look
	alike "a child that becomes one" n: u:4001 $look
	alike "an orphan" N: G: g:4001 u:4001 $look
	alike "an orphan of another user" u:4001 N: $look
	alike "an orphan of one thread" t:R:4001,4001,4001 t:N: o:$r
	alike "an exec as another" u:4001 x:$program $look
	alike "an exec of who was root" R:4001,4001,0 x:$program $look
	alike "an exec that gives up capabilities" k:1 u:4001 c:4,4 o:$r \
	    x:$program $look
	alike "an exec that gives them back" R:0,4001,0 x:$program $look e:0 \
	    x:$program $look
	alike "an exec by a thread that is another" o:$r t:R:4001,4001,4001 \
	    X:$program $look
	alike "an exec by the thread that is root" t:o:$r R:4001,4001,0 o:$r \
	    X:$program $look
}
done_testing
