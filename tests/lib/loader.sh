# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# Programs that name a loader of the test's:
#	loader_of PROGRAM	the one that it names
#	can_name_loaders PROGRAM	can such be made here, and is it one?
#	loaded_by LOADER PROGRAM	makes tests/attack/try-open.c one

loader_of() {
	tr '\0' '\n' <"$1" | grep -a -m 1 '^/.*/ld[^/]*$'
}

can_name_loaders() {
	command -v cc >/dev/null && [ -x "$(loader_of "$1")" ]
}

loaded_by() {
	cc -D_GNU_SOURCE -o "$2" -Wl,--dynamic-linker="$1" \
	    tests/attack/try-open.c
}
