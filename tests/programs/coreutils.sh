#!/bin/sh
# SPDX-License-Identifier: ISC
# coreutils at work: trees made, copied, moved, linked, looked at, removed.
# Run in an empty folder; says nothing that differs from run to run.
[ "$(id -u)" -ne 0 ] || exit 1 # never as root: see what it tries
old=2001-02-03T04:05:06Z
mkdir -p tree/a/b/c && mkdir -m 750 "tree/with blank"
mkdir -m 2775 tree/setgid
mkdir -m 1777 tree/sticky
for i in 1 2 3 4 5 6 7 8 9; do
	echo "file $i" >"tree/a/f$i"
	seq "$((i * 100))" >"tree/a/b/numbers$i"
done
head -c 100000 /dev/zero >tree/zero
truncate -s 1M tree/sparse
ln -s a/f1 tree/link
ln -s missing tree/dangling
ln tree/a/f1 tree/hard
mkfifo tree/fifo
install -m 4755 -D /bin/true tree/bin/true
touch -d "$old" tree/a/f2
touch -h -d "$old" tree/link
touch -r tree/a/f2 tree/a/f3
touch -c tree/none; echo "touch -c: $?"
# shellcheck disable=SC2012 # it is ls that is tried
ls -lR --time-style=+%Y --hide='*.x' tree | sed 's/^total.*/total/' |
    awk '{ $5 = $1 ~ /^[dl]/ ? "-" : $5; print }'
cp -a tree copy && echo copied
cp -r --preserve=all tree/a copy/again
cp -l tree/a/f4 copy/hardcopy
cp -s "$PWD/tree/a/f4" copy/symbolic
cp -u tree/a/f5 tree/a/f6; echo "cp -u: $?"
cp -n tree/a/f5 tree/a/f7; echo "cp -n: $?"
cp --sparse=always tree/zero copy/holes
cp --reflink=auto tree/zero copy/ref
cp --parents tree/a/b/numbers1 copy
cp -b --suffix=.orig tree/a/f1 copy/a/f1
cp tree copy 2>&1
cp missing copy 2>&1
cp -T tree/a copy/zero 2>&1
cp tree/a/f1 tree/a/f1 2>&1
cmp tree/zero copy/zero && echo same
mv copy/a copy/moved
mv -n copy/hardcopy copy/symbolic; echo "mv -n: $?"
mv copy/moved/f1 copy/moved/f2 "copy/with blank"
mv copy/dangling copy/dangling2
mv copy copy/moved 2>&1
mv --backup=numbered copy/moved/f3 copy/moved/f4
mv tree/fifo copy/fifo2
chmod -R go-w,u+x copy/moved
chmod u=rw,go= copy/zero
chmod --reference=tree/zero copy/zero
chmod -v 700 copy/sparse
chmod 755 missing 2>&1
chown -R "$(id -u):$(id -g)" copy/moved
chown root copy/zero 2>&1
chgrp "$(id -g)" copy/zero
chown -h "$(id -u)" copy/dangling2
stat -c '%n %f %u:%g %h %s %F' copy/zero copy/fifo2 copy/dangling2 copy/setgid
stat -c '%n %Y' tree/a/f2 copy/moved/f4
stat -L -c '%n %s' tree/link tree/dangling 2>&1
stat -f -c '%l %T' . /proc
readlink -f tree/link copy/../tree/a/./b tree/missing
readlink -e tree/dangling; echo "readlink -e: $?"
realpath --relative-to=copy tree/a/f1
pwd -P | sed 's,.*/,,'
df --output=target . >/dev/null && echo df
du -a --apparent-size tree/a | sort
du -s --inodes tree
sort -R tree/a/b/numbers3 | sort -n -S 16k -T . | tail -n 1
sort -m -o sorted tree/a/b/numbers1 tree/a/b/numbers2
split -n 4 tree/a/b/numbers9 part.
csplit -s tree/a/b/numbers2 50 '{2}'
cat part.* | cmp - tree/a/b/numbers9 && echo joined
wc -lc part.* xx*
sha256sum tree/a/f* >sums
sha256sum -c sums
md5sum tree/zero tree/none 2>&1
cksum tree/a/f1
tee copy/t1 copy/t2 <tree/a/f1
tee -a copy/t1 <tree/a/f2 >/dev/null
cat copy/t1
dd if=tree/zero of=copy/dd bs=1000 count=5 skip=2 seek=1 conv=notrunc \
    2>&1 | sed 's/ copied.*//'
dd if=tree/a/f1 of=copy/dd bs=1 oflag=append conv=notrunc status=none
od -An -c copy/dd | tail -n 2
tail -c 5 copy/dd
tac tree/a/b/numbers1 | head -n 2
comm -12 tree/a/f1 tree/hard
paste tree/a/f1 tree/a/f2
shred -u -n 1 copy/t2; echo "shred: $?"
sync tree/zero; echo "sync: $?"
for flag in e f d r w x s h p g u k; do
	for name in tree tree/a/f1 tree/link tree/dangling copy/fifo2 \
	    tree/setgid tree/bin/true tree/sticky /etc/shadow /root/x; do
		test -$flag $name; printf %s $?
	done
done
echo
test tree/a/f2 -ot tree/a/f1; echo $?
test tree/hard -ef tree/a/f1; echo $?
mktemp -d -p . template.XXXX | sed 's/[.][^.]*$//'
rm -r template.*
timeout 0.1 sleep 5; echo "timeout: $?"
timeout -s KILL 0.1 cat copy/fifo2; echo "cat fifo: $?"
# Another one: who was killed may still be there to read.
mkfifo copy/fifo3
(echo through >copy/fifo3 &) ; cat copy/fifo3
nice -n 5 nice
env -i A=b env
nohup echo hup 2>/dev/null </dev/null
id -u >/dev/null && echo id
(umask 077 && touch copy/private && stat -c %a copy/private)
chroot . true 2>&1
mknod copy/dev c 1 3 2>&1
ln tree copy/tree 2>&1
ln -s a copy/moved/f5 2>&1
ln -sf a copy/moved/f5; readlink copy/moved/f5
ln -sfn /tmp copy/moved/f5; readlink copy/moved/f5
unlink copy/moved/f6
rm tree 2>&1
rm -d tree 2>&1
rmdir tree/a 2>&1
rmdir -p copy/none/x 2>&1
mkdir -p d1/d2/d3 && rmdir -p d1/d2/d3 && ls -d d1 2>&1
chmod 000 tree/a/b
ls tree/a/b 2>&1
rm -rf tree/a 2>&1; echo "rm: $?"
chmod 755 tree/a/b
rm -rf tree/a; echo "rm: $?"
ls /root/x /etc/shadow/x /proc/self/fd/99 2>&1
cat /etc/shadow 2>&1
ls -A
