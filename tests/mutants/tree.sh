# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2154
# Copies of the source tree in which a check is spoiled: for tests/mutants/run
# and tests/attack/breaks, which say where they are ($top), where there is room
# ($work), how many at a time ($JOBS), what is to be built (goals of make, $GOAL),
# and end what they started.

# place N: where the Nth worker works
place() {
	tree=$work/tree.$1 saved=$work/saved.$1 out=$work/out.$1
}

comment() {
	sed 's/^/# /' "$@"
}

bail_out() {
	echo "Bail out! $*"
	exit 1
}

# build GOAL ...
build() {
	make -s -C "$tree" BUILD=build "$@" >"$out" 2>&1
}

build_all() {
	build -j "$JOBS" "${GOAL:-check-build}" && return
	comment "$out"
	bail_out "the tree does not build"
}

# A tree, built once; the others are copies of it. Only the daemon's instance
# knows where it is.
copy() {
	mkdir "$tree" || exit 1
	(cd "$top" && tar cf - --exclude='./build*' --exclude=./.git .) |
	    tar xf - -C "$tree" || exit 1
	build_all
	first=$tree
	for n in $(seq 2 "$JOBS"); do
		place "$n"
		cp -a "$first" "$tree" || exit 1
		rm -rf "$tree/build/instance"
		build_all
	done
}

# needed CHECK: what it runs, as goals of make
needed() {
	case $1 in
	build/*) echo "$1" ;;
	*)	echo all ;;
	esac
	if grep -qs -e '^\. tests/lib/daemon.sh' -e 'sh tests/chaos/run' \
	    "$tree/$1"; then
		echo instance
	fi
}

# mutate FILE CHANGE: exactly one place of the file changes; or a diff's, which
# may be of further files.
mutate() {
	cp -p "$tree/$1" "$saved"
	case $2 in
	*.diff)
		diff=$top/tests/mutants/$2
		patch -s -f -p1 --dry-run -d "$tree" <"$diff" >"$out" 2>&1 &&
		    patch -s -f -p1 -d "$tree" <"$diff" >"$out" 2>&1
		return
		;;
	*)
		sed -E "$2" "$saved" >"$tree/$1" 2>"$out" || return 1
		;;
	esac
	changed=$(diff "$saved" "$tree/$1" | grep -c '^[0-9]')
	[ "$changed" -eq 1 ]
}

# restore FILE CHANGE: as it was, but newer than what was built of the mutant
restore() {
	case $2 in
	*.diff)	patch -s -R -p1 -d "$tree" <"$top/tests/mutants/$2" ;;
	esac >/dev/null 2>&1
	cat "$saved" >"$tree/$1"
}
