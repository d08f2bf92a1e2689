/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_LINEAGE_H
#define PRIVD_SESSION_LINEAGE_H

#include <sys/stat.h>

struct birth;
struct call;
struct judge;

/*
 * Gives a process that was not seen before its policies, its choices and its
 * elevation: the launcher, or somebody's fork. -1: it cannot be known.
 */
int lineage_adopt(struct judge *, struct call *);
/* The regime of what may nothing; NULL ENOMEM. */
struct regime *lineage_nothing(struct judge *);
/* Remembers an executable that was judged: no other runs in the session. */
void lineage_saw_image(struct judge *, const struct stat *);
/* The same, as a predecessor did. */
void lineage_recall_image(const struct stat *);
/* What the image of the calling thread's process began with. */
void lineage_read_birth(struct judge *, const struct call *, struct birth *);

#endif /* PRIVD_SESSION_LINEAGE_H */
