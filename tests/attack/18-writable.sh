#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 18: a program that the user could change, or a folder above it, or the
# loader that it names, is not elevated; nor is a script, whose interpreter
# reads it by name, nor one with capabilities of its own, which would lose the
# guard (attack 40). It runs without, and it is said why.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$TOP" || exit 1
# shellcheck source=tests/lib/loader.sh
. tests/lib/loader.sh

cat >"$OWN/policy" <<END
Policy: */try-open, Emulation: native
	Default: permit
	native-execve: permit[inherit]
	native-open: filename eq "$SECRET" then permit as root
END
install_tool try-open

# tried PROGRAM: what comes of the elevated file
tried() {
	session "$OWN/policy" "$1" "$SECRET" >"$OWN/out" 2>"$OWN/err"
	head -1 "$OWN/out"
}
# refused PROGRAM WHY DESCRIPTION
refused() {
	is EACCES "$(tried "$1")" "$3: not elevated"
	has "runs without elevation: .*$2" "$OWN/err" "$3: it is said why"
}

is "secret cloexec" "$(tried "$OWN/try-open")" "root's program is elevated"

mkdir "$OWN/a" "$OWN/b" "$OWN/c"
for name in a b c; do
	cp "$OWN/try-open" "$OWN/$name"
done
chown "$ID" "$OWN/a/try-open"
refused "$OWN/a/try-open" "does not belong to root" "the user's program"
chmod 0775 "$OWN/b/try-open"
refused "$OWN/b/try-open" "" "one that its group can write"
chmod 0757 "$OWN/b/try-open"
refused "$OWN/b/try-open" "" "one that all can write"
chown "$ID" "$OWN/c"
refused "$OWN/c/try-open" "does not belong to root" "the user's folder"
chown 0 "$OWN/c"
chmod 0777 "$OWN/c"
refused "$OWN/c/try-open" "" "a folder that all can write"
mkdir "$OWN/c/d"
cp "$OWN/try-open" "$OWN/c/d"
refused "$OWN/c/d/try-open" "" "a folder below such a folder"
chmod 0755 "$OWN/c"
is "secret cloexec" "$(tried "$OWN/c/d/try-open")" "and when it is put right"

# The name that is given may be anybody's link: what it leads to counts.
ln -s "$OWN/try-open" "$USERS/try-open"
is "secret cloexec" "$(tried "$USERS/try-open")" "a link of the user's"
rm "$USERS/try-open"
cp "$OWN/try-open" "$USERS/try-open"
refused "$USERS/try-open" "does not belong to root" "a copy of the user's"

# The loader, which runs before anything of the program's does.
if can_name_loaders "$OWN/try-open"; then
	mkdir "$OWN/loaders" "$OWN/loaded"
	loader=$(loader_of "$OWN/try-open")
	cp "$loader" "$OWN/loaders/ld.so"
	cp "$loader" "$USERS/ld.so"
	ln -s "$loader" "$USERS/link.so"
	named=$OWN/loaded/try-open
	loaded_by "$OWN/loaders/ld.so" "$named"
	is "secret cloexec" "$(tried "$named")" "a loader of root's"
	chown "$ID" "$OWN/loaders/ld.so"
	refused "$named" "loader: .*does not belong to root" \
	    "a loader that is the user's"
	chown 0 "$OWN/loaders/ld.so"
	chmod 0777 "$OWN/loaders"
	refused "$named" "loader: .*can be written by others" \
	    "a loader in a folder that all can write"
	loaded_by "$USERS/ld.so" "$named"
	refused "$named" "loader: .*does not belong to root" \
	    "a loader in the user's folder"
	loaded_by "$USERS/link.so" "$named"
	refused "$named" "loader: .*others than root can set a link" \
	    "the user's link to root's"
	loaded_by ld.so "$named"
	chmod 0755 "$OWN/loaders"
	# What it is today says nothing of where the next one starts it.
	for folder in "$USERS" "$OWN/loaders"; do
		(cd "$folder" && session "$OWN/policy" "$named" "$SECRET") \
		    >"$OWN/out" 2>"$OWN/err"
		is EACCES "$(head -n 1 "$OWN/out")" \
		    "a loader in the working folder, $folder"
		has "runs without elevation: .*loader \"ld.so\"" "$OWN/err" \
		    "a loader in the working folder: it is said why"
	done
else
	skip "no compiler" "a loader that is the user's" \
	    "a loader in a folder that all can write" \
	    "a loader in the user's folder" "the user's link to root's" \
	    "a loader in the working folder"
fi

mkdir "$OWN/script"
cat >"$OWN/script/try-open" <<'END'
#!/bin/sh
read -r line <"$1" && echo "$line" || echo EACCES
END
chmod 0755 "$OWN/script/try-open"
refused "$OWN/script/try-open" "script" "a script"

setcap cap_net_raw=ep "$OWN/a/try-open"
chown 0 "$OWN/a/try-open"
setcap cap_net_raw=ep "$OWN/a/try-open"
refused "$OWN/a/try-open" "capabilities" "one with file capabilities"
setcap cap_block_suspend=i "$OWN/a/try-open"
is "secret cloexec" "$(tried "$OWN/a/try-open")" "the mark"
finish
