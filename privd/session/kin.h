/* SPDX-License-Identifier: ISC */
/*
 * Kin: the processes that came of one execve, by forks alone. They share the
 * image and the places at which the kernel laid it out, which are chosen at
 * random; so a process whose parents are gone is still known by these.
 */
#ifndef PRIVD_SESSION_KIN_H
#define PRIVD_SESSION_KIN_H

#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "birth.h"

struct kept_kin;
struct policy_image;
struct policy_rule;
struct regime;

/* Of an exclusive "name" of this policy, this rule was used. */
struct choice {
	const struct policy_image *image;
	const struct policy_rule *rule;
	struct choice *next;
};

struct kin {
	dev_t dev; /* the image */
	ino_t ino;
	struct birth birth;
	struct regime *regime;
	char *program;
	struct choice *choices; /* of all of them */
	bool elevated;          /* the image that privrun became */
	unsigned int members;   /* that are known and alive */
	struct kept_kin *kept;  /* its place in the journal */
	struct kin *next;       /* older */
};

struct kin_list {
	struct kin *newest;
	size_t count;
};

/* -1 with ENOMEM. */
int choice_add(struct choice **, const struct policy_image *,
    const struct policy_rule *);
int choice_add_all(struct choice **, const struct choice *);
void choice_free(struct choice **);

/*
 * Enters what an execve came to, without members; old ones of which no member
 * is known are forgotten, beyond some thousands. NULL without memory.
 */
struct kin *kin_enter(struct kin_list *, const struct stat *image,
    const struct birth *, struct regime *, const char *program);
void kin_join(struct kin *);
void kin_leave(struct kin *);
/* The next that match, after `last` or the newest (NULL). A birth that could
   not be read matches nothing. */
struct kin *kin_find(const struct kin_list *, const struct kin *last,
    const struct stat *image, const struct birth *);
void kin_free(struct kin_list *);

#endif /* PRIVD_SESSION_KIN_H */
