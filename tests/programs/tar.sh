#!/bin/sh
# SPDX-License-Identifier: ISC
# tar: all kinds of objects, there and back.
[ "$(id -u)" -ne 0 ] || exit 1 # never as root: see what it tries
mkdir -p t/a/b t/set
for i in 1 2 3 4 5 6 7 8 9; do
	seq $((i * 300)) >t/a/f$i
done
ln -s a/f1 t/link
ln t/a/f1 t/a/hard
mkfifo -m 640 t/fifo
truncate -s 200000 t/sparse
chmod 2750 t/set
chmod 4711 t/a/f2
chmod 000 t/a/f3
mkdir "t/$(printf 'long%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)"
mkdir -p t/d1/d2/d3/d4/d5/d6/d7/d8/d9/d10/d11/d12/d13/d14/d15/d16/d17/d18
find t -exec touch -h -d 2002-02-02 {} +
tar -cf all.tar t 2>&1; echo "tar: $?"
chmod 400 t/a/f3
find t -exec touch -h -d 2002-02-02 {} +
tar -cf all.tar t; echo "tar: $?"
tar -tvf all.tar | sed "s,$(id -un)/$(id -gn),user/group,"
mkdir one two three
tar -xpf all.tar -C one; echo "tar: $?"
diff -r --no-dereference t one/t 2>&1
tar -df all.tar -C one && echo same
tar -czf all.tgz -C one t/a && tar -xzf all.tgz -C two t/a/f1 t/a/hard 2>&1
find two | sort
tar -cSf sparse.tar t/sparse && tar -xSf sparse.tar -C three
stat -c '%n %s %b' three/t/sparse
tar -xf all.tar -C three --strip-components=2 --wildcards 't/a/*'
ls three
tar -g snapshot -cf level0.tar t
# times of files go by ticks: what changes is to be newer than the snapshot
until touch tick && test tick -nt snapshot; do :; done
rm tick
echo more >>t/a/f1
rm t/a/f4
tar -g snapshot -cf level1.tar t
tar -tf level1.tar | sort
mkdir restored
tar -g /dev/null -xf level0.tar -C restored
tar -g /dev/null -xf level1.tar -C restored
find restored -printf '%P %y %m %s %l\n' | sort
cp t/a/f1 added
tar -rf all.tar added 2>&1
tar --delete -f all.tar t/link && tar -tf all.tar | wc -l
(cd t && tar -cf - a) | (cd two && tar -xf - -k) 2>&1; echo "keep: $?"
tar -xf all.tar --overwrite -C one; echo "overwrite: $?"
tar -xf all.tar -C one -U; echo "unlink: $?"
tar -cf /dev/null t/missing 2>&1
tar --remove-files -cf gone.tar three && ls -d three 2>&1
chmod 600 t/a/f3 one/t/a/f3
rm -f snapshot # the times in it are as long as they are
