/* SPDX-License-Identifier: ISC */
/*
 * Calls that move the program itself to another folder or root: nobody can
 * make them for it, so they are let go on and looked at afterwards.
 */
#ifndef PRIVD_SESSION_MOVE_H
#define PRIVD_SESSION_MOVE_H

#include <stdbool.h>

struct call;
struct judge;

/* chdir, fchdir or chroot, permitted: checked on its pin, let go on, and
   remembered. */
void call_move(struct judge *, struct call *);
/*
 * Before anything is done for whoever calls now: do all who moved stand where
 * they were judged to go, or where they were? Who does not is killed. False:
 * it is the caller.
 */
bool moves_settle(struct judge *, struct call *);

#endif /* PRIVD_SESSION_MOVE_H */
