#!/bin/sh
# SPDX-License-Identifier: ISC
# find and xargs over a tree that they also change.
[ "$(id -u)" -ne 0 ] || exit 1 # never as root: see what it tries
mkdir -p t/a/b/c t/empty t/closed t/.hidden
for i in 1 2 3 4 5 6 7 8; do
	echo "$i" >t/a/f$i
	echo "$i" >t/a/b/g$i
done
: >t/a/none
ln -s a t/link
ln -s loop t/loop
ln t/a/f1 t/hard
mkfifo t/fifo
touch -d 2001-01-01 t/a/f1
chmod 600 t/a/f2
chmod 4755 t/a/f3
chmod 000 t/closed
find t | sort
find t -type f -printf '%p %m %s %n %y %l\n' 2>&1 | sort
find -L t 2>&1 | sort
find -H t/link | sort
find t -perm -4000 -o -perm 600 | sort
find t -empty 2>&1 | sort
find t -samefile t/hard 2>&1 | sort
find t -newer t/a/f1 -name 'f*' 2>&1 | sort
find t -links 2 -type f 2>&1
find t -xtype l 2>&1
find t -readable -not -writable 2>&1
find t -executable -type f 2>&1
find t -user "$(id -u)" -group "$(id -g)" 2>&1 | wc -l
find t -mindepth 2 -maxdepth 2 2>&1 | sort
find t -depth -name c -exec echo {} \; 2>&1
find t -name 'g*' -exec cat {} + 2>/dev/null | sort
find t -name 'f[12]' -execdir sh -c 'cat "$1"; pwd | sed s,.*/,,' sh {} \; \
    2>/dev/null | sort
find t -name 'g[1-4]' -delete 2>/dev/null
find t -name 'f4' -ok rm {} \; </dev/null 2>/dev/null
find t -type d -fprint listed 2>/dev/null
sort listed
find t -type f -print0 2>/dev/null | sort -z | xargs -0 -n 3 echo
find t -type f 2>/dev/null | sort | xargs -P 2 -I % cp % %.copy
find t -name '*.copy' 2>/dev/null | sort | xargs wc -c
find t -name '*.copy' -print0 2>/dev/null | xargs -0 rm -v | sort
echo a b c | xargs -t -n 1 false 2>&1; echo "xargs: $?"
xargs -a listed ls -d 2>&1 | sort
find missing 2>&1
find t -regex '.*/a/b/.*' 2>/dev/null | sort
find /proc/self/fd -maxdepth 1 -name 0 -printf '%f %y\n'
find t -fstype nothing 2>/dev/null
find t -inum 0 2>/dev/null
find t -xdev -type l -printf '%p %l\n' 2>/dev/null | sort
chmod 755 t/closed
