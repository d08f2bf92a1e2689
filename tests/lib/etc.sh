# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2154
# After tests/lib/e2e.sh and own_spaces: /etc and /var/lib that can be written to,
# nothing of which stays, and no /etc/privd and /var/lib/privd in them.
mkdir "$T/fs" "$T/work"
mount -t tmpfs tmpfs "$T/fs" || skip_all "nothing can be mounted here"
for name in etc lib; do
	mkdir "$T/fs/$name.up" "$T/fs/$name.work"
done
# lay_over NAME FOLDER
lay_over() {
	mount -t overlay overlay -o \
	    "lowerdir=$2,upperdir=$T/fs/$1.up,workdir=$T/fs/$1.work" "$2"
}
lay_over etc /etc || skip_all "no overlays here"
lay_over lib /var/lib || skip_all "no overlays here"
umount -l "$T/fs"	# they keep it
rm -rf /etc/privd /var/lib/privd
