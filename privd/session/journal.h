/* SPDX-License-Identifier: ISC */
/*
 * What a judge knows of its session and nobody could find out again: what each
 * execve came to (kin.h), which processes are under way to something else or
 * may less than their kin, where programs were let go to, and what has
 * happened to the session as a whole. Everything else a successor reads anew.
 *
 * Only the judges of one session have this memory. Who owns a judge can write
 * anything there, and gains nothing by it: what its successor can be made to
 * believe, and to do, is no more than the owned judge could do itself, for
 * hands and fetcher take neither's word. Still it is taken for a stranger's:
 * numbers are bounded, text is ended, and what does not hold together ends
 * the session.
 *
 * A judge can be killed between any two stores. What is written comes before
 * the answer by which it becomes true; what is lost on the way makes a
 * program do with less.
 */
#ifndef PRIVD_SESSION_JOURNAL_H
#define PRIVD_SESSION_JOURNAL_H

#include <sys/stat.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call;
struct journal;
struct judge;
struct kin;
struct process;

/* Shared with whoever is forked from here on; NULL with errno. */
struct journal *journal_new(void);
void journal_hide(struct journal *);

/*
 * A judge begins with it: with what its predecessor left, if there was one.
 * -1: it is none that a judge has left.
 */
int journal_open(struct journal *, struct judge *);

/* The user's own policies: -1 if a predecessor had others, or they are too
   long to be compared. */
int journal_wording(struct journal *, const char *, size_t len);

/* What holds of the whole session; before anything is answered. */
void journal_session(struct judge *);
/* An image that was judged. */
void journal_image(const struct stat *);
/* A new kin; and a choice of it (kin_enter(), process_choose()). */
void journal_kin(const struct judge *, struct kin *);
void journal_choice(const struct judge *, const struct kin *);
void journal_forget_kin(struct kin *);
/* A process, where more is to be known of it than its kin; and no more. */
void journal_process(struct judge *, struct process *);
void journal_forget_process(struct process *);

/*
 * What is known of a process that this judge has not seen before; its image
 * is what it runs. False: nothing but what its kin are.
 */
bool journal_recall(struct judge *, struct process *);
/* Was that the call by which the program was to be launched? */
bool journal_is_launch(struct judge *, uint64_t id);

#endif /* PRIVD_SESSION_JOURNAL_H */
