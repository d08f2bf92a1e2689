/* SPDX-License-Identifier: ISC */
/*
 * The page that outlives the judge: every notification is received into it,
 * and where its call stands and what came of it is written there before
 * anything is answered. Whoever keeps the listener can answer from it.
 */
#ifndef PRIVD_SESSION_PAGE_H
#define PRIVD_SESSION_PAGE_H

#include <sys/types.h>

#include <linux/seccomp.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../notify/notify.h"

enum page_stage {
	PAGE_FREE,
	PAGE_RECEIVED, /* perhaps: the id tells */
	PAGE_BEGUN,    /* an effect may have happened */
	PAGE_DONE      /* it has; error and value are its result */
};

struct page_slot {
	_Atomic uint32_t stage; /* enum page_stage */
	_Atomic uint32_t tries; /* judges that began with it and died */
	int32_t error;
	int64_t value;
	union {
		struct seccomp_notif notif;
		char room[NOTIFY_SIZE_MAX];
	};
};

struct page {
	/* The launcher's word when its exec failed: an errno. */
	_Atomic int32_t exec_error;
	_Atomic uint64_t calls; /* notifications so far */
	/* Who signals for the programs: what comes from them does not come
	   from outside. */
	_Atomic int32_t judge;
	_Atomic int32_t twin;
	/* Something is to be written down: not to be unset. Whoever calls is
	   answered after that. */
	_Atomic bool said;
	/* how many is said nowhere in here, where others write */
	struct page_slot slots[];
};

/* Of n slots; shared with every process forked from here on; NULL with
   errno. */
struct page *page_new(size_t n);
/* A free slot of the first n, from now on taken; NULL if there is none. */
struct page_slot *page_take(struct page *, size_t n);
/* Its call is answered, or nobody waits for it. */
void page_free(struct page_slot *);
/* May an effect of some call happen just now? */
bool page_is_busy(const struct page *, size_t n);
/* Is there one that the judge is at, or may be at? */
bool page_is_used(const struct page *, size_t n);
/*
 * What a dead judge left, for its successor: what was received, and had no
 * effect yet, is to be judged again, and put into `again` (how many is
 * returned); the rest is answered: EIO if nobody knows, the recorded result
 * after the effect. A call that three judges have died of gets EIO.
 */
size_t page_succeed(struct page *, size_t n, int listener,
    struct page_slot **again);
/* What nobody shall see but the judge and its keeper. */
void page_hide(struct page *, size_t n);
/*
 * Answers what a dead judge left: EINTR before the effect, EIO if nobody
 * knows, the recorded result after it.
 */
void page_recover(struct page *, size_t n, int listener);

#endif /* PRIVD_SESSION_PAGE_H */
