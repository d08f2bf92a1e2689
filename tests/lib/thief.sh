# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# What tests/attack/thief.c may say of a process of its own uid that is guarded:
# what uids alone decide, signals, limits and memory accounting. Which numbers a
# program's descriptors have is shown to all who may read the folder's inode, so
# to the user where the program is not of mode 0711; not what they are.
open_by_design='^(kill|sigqueueinfo|pidfd_send_signal|prlimit-get|prlimit-set'
open_by_design="$open_by_design|set-coredump_filter|set-oom_score_adj"
open_by_design="$open_by_design|set-clear_refs|proc/fd/list|task/fd/list) in\$"

# stolen FILE: what else it says is open
stolen() {
	grep ' in$' "$1" | grep -Ev "$open_by_design"
}

# shut_out FILE: how often it was refused
shut_out() {
	grep -c refused "$1"
}
