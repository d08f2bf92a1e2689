/* SPDX-License-Identifier: ISC */
/*
 * Mounting, for the judge and for the hand.
 */
#ifndef PRIVD_SESSION_MOUNT_H
#define PRIVD_SESSION_MOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call;
struct judge;
struct perform_request;
struct policy_rule;

/* Gathers the strings of a mount(2): of the source, the type, and those of the
   options that are at addr. 0 or errno. */
int call_take_mount(struct judge *, struct call *, uint64_t addr);
/* The struct mount_attr at addr. 0 or errno. */
int call_take_attr(struct judge *, struct call *, uint64_t addr);
/* Of move_mount(2), as AT_* flags of its source or its target. */
uint64_t call_move_flags(uint32_t flags, bool source);
/* The key and the value of fsconfig(2), with all that they name. 0 or errno. */
int call_take_config(struct judge *, struct call *);
/* Is its path one from a folder that it names? */
bool call_names_folder(const struct call *);
/* Does move_mount(2) move what is mounted nowhere? Its descriptor is kept. */
void call_take_stand_in(struct judge *, struct call *, size_t path);
/* What its descriptor stands for is judged as it is now. */
void call_note_context(struct call *);
/* Lets go of what is to be unmounted, and keeps its entry. */
void call_leave_mount(struct judge *, struct call *);
/* Once it was performed: before the caller hears of it, which may unmount what
   is pinned. */
void call_let_go_of_mounts(struct call *);
/*
 * May a hand do this by that rule? What the rule does not speak of is what is
 * harmless: the flags are changed so, or it may not.
 */
bool mount_may_be_lent(const struct policy_rule *, struct perform_request *);
/* One of SYS_CTXTYPE and its kin, or of SYS_ATTRSET and its kin, as
   SYS_VALUE_MAX bytes of text. */
bool mount_format_context(int token, unsigned int kind, char *text);
bool mount_format_attr(const struct perform_request *, unsigned int kind,
    char *text);

#endif /* PRIVD_SESSION_MOUNT_H */
