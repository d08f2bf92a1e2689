/* SPDX-License-Identifier: ISC */
/*
 * The last refusals of a session: pages that the judge writes and that who
 * explains them reads. The judge may be in the program's hands, so they are
 * bytes like any other's: refusal_take() alone makes something of them.
 */
#ifndef PRIVD_SESSION_REFUSAL_H
#define PRIVD_SESSION_REFUSAL_H

#include <sys/types.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../policy/policy.h"

struct call;
struct judge;

/* By policies, and by the kernel, which often means nothing: these do not take
   the place of those. */
#define REFUSALS_POLICY 6
#define REFUSALS_KERNEL 2
#define REFUSALS (REFUSALS_POLICY + REFUSALS_KERNEL)

/* What refused it. */
enum refusal_check {
	REFUSAL_RULE = 1, /* a rule denies it */
	REFUSAL_DEFAULT,  /* none permits it */
	REFUSAL_NOPOLICY, /* there is none for the program */
	REFUSAL_UNNAMED,  /* refused unless a rule names the call */
	REFUSAL_GUARD,    /* refused whatever rules say */
	REFUSAL_SESSION,  /* permitted, and could not be performed */
	REFUSAL_KERNEL,   /* permitted, and the kernel refused */
	REFUSAL_SPENT,    /* a rule that permits it does not count */
	REFUSAL_CHECKS
};

/* Why not. */
enum refusal_spent {
	REFUSAL_UNSPENT,
	REFUSAL_ONCE,
	REFUSAL_TIMES,
	REFUSAL_RATE,
	REFUSAL_EXCLUSIVE,
	REFUSAL_ELSEWHERE, /* it elevates nothing outside of privd's root */
	REFUSAL_SPENTS
};

#define REFUSAL_USERS 0x01    /* the policy is the user's own */
#define REFUSAL_ELEVATED 0x02 /* it was tried as the rule says */
#define REFUSAL_I386 0x04
#define REFUSAL_CUT 0x08     /* there is more than is here */
#define REFUSAL_OBJECT 0x10  /* uid, gid and mode are what it names */
#define REFUSAL_VARIANT 0x20 /* the rule names the very call, not its base */
#define REFUSAL_PLAIN 0x40   /* no rule elevates what its process does */
#define REFUSAL_RAW 0x80     /* no walk led to what it names: it is as given */
#define REFUSAL_FLAGS 0xff

#define REFUSAL_TEXT_MAX 4040

struct refusal {
	_Atomic uint32_t turn; /* later ones have higher; 0: none */
	uint32_t check;
	int32_t error;
	int32_t pid;
	uint32_t line; /* of the rule */
	uint32_t flags;
	uint32_t uid;
	uint32_t gid;
	uint32_t mode;
	uint16_t needs; /* of the mode's bits: 4 to read, 2 to write */
	uint16_t nvalues;
	uint16_t missing; /* a bit for each value */
	uint16_t len;
	uint16_t spent; /* enum refusal_spent */
	uint16_t again; /* of a rate: in that many seconds */
	int64_t time;   /* CLOCK_REALTIME, in nanoseconds */
	/* strings with their NULs: call, base, program, policy, its file, the
	   rule's file, rule or note, the folder in which the walk was refused,
	   then name and value of each */
	char text[REFUSAL_TEXT_MAX];
};

struct refusals {
	struct refusal all[REFUSALS];
};

/* The judge's side; each notes a call once, and nothing if the session has no
   such pages. A new call begins. */
void refusal_begin(struct call *);
/* Its policies have judged it. */
void refusal_judged(struct judge *, struct call *);
/* It is refused before its rules are asked, by that check. */
void refusal_check(struct judge *, struct call *, enum refusal_check,
    int error);
/* It is refused with that errno, by the kernel unless it was noted before. */
void refusal_answer(struct judge *, struct call *, int error);

/* What is in one, all of it checked; strings lie in the refusal. */
struct refusal_view {
	enum refusal_check check;
	int error;
	pid_t pid;
	unsigned int line;
	unsigned int flags;
	uid_t uid;
	gid_t gid;
	mode_t mode;
	unsigned int needs;
	int64_t time; /* in nanoseconds */
	const struct sys_call *call;
	const struct sys_call *base;
	const char *program;
	const char *policy;
	const char *home;   /* the policy's file */
	const char *file;   /* the rule's, "" without one */
	const char *rule;   /* or what is said in its place */
	const char *folder; /* that the caller may not search, or "" */
	enum refusal_spent spent;
	unsigned int again; /* seconds from then */
	struct policy_value values[SYS_ARGS_MAX];
	size_t nvalues;
};

/* False: there is none, or it is none. Reads nothing but the refusal, which
   nobody else may be able to change. */
bool refusal_take(const struct refusal *, struct refusal_view *);

#endif /* PRIVD_SESSION_REFUSAL_H */
