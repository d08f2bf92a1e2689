# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
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

# The six ways of attack 14: a name, and which of its lines are of it.
thief_ways="PTRACE_SEIZE=ptrace-[a-z]* pidfd_getfd=pidfd_getfd
    process_vm_writev=process_vm_[a-z]* /proc/T/mem=(proc|task)/mem/[a-z]*
    /proc/T/fd=fd-(open|link) /proc/T/root=(proc|task)/root(/etc)?/[a-z]*"

# by_way FILE WAY: what it says is open of that; also if nothing was tried
by_way() {
	grep -E "^${2#*=} " "$1" | awk '{ any = 1 } $2 == "in"
	    END { if (!any) print "not tried" }'
}
