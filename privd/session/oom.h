/* SPDX-License-Identifier: ISC */
/*
 * Whom the kernel ends when there is no memory left: not those that keep
 * others alive, before whoever took it.
 */
#ifndef PRIVD_SESSION_OOM_H
#define PRIVD_SESSION_OOM_H

/* This process, and those that it forks, late; where the kernel allows it. */
void oom_protect(void);
/* One of these, forked from such a one, no later than others. */
void oom_expose(void);

#endif /* PRIVD_SESSION_OOM_H */
