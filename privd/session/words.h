/* SPDX-License-Identifier: ISC */
/*
 * argv and envp of an execve, where a rule looks at them. The kernel reads
 * them again, so what was judged is kept, and compared with what the kernel
 * has put on the new image's stack.
 */
#ifndef PRIVD_SESSION_WORDS_H
#define PRIVD_SESSION_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct call;
struct judge;
struct words; /* of a call, call->words */

#define WORDS_HEAD_MAX 8192

/*
 * What the kernel puts before the arguments of a script: the interpreter,
 * what its first line says, the script; of scripts of scripts, all of them.
 */
struct words_head {
	char bytes[WORDS_HEAD_MAX]; /* strings with their NULs */
	size_t len;
	bool keeps_first; /* argv[0] as well */
};

/* Puts a string before the others; false: there is no room. */
bool words_prepend(struct words_head *, const char *);
/* Takes the first string away. */
void words_behead(struct words_head *);

/*
 * Copies what rules look at into call->words, and adds it to the request. 0 or
 * errno: E2BIG for more than is judged.
 */
int words_take(struct judge *, struct call *);
/*
 * Keeps it for the watch of the caller's process; head: NULL if what runs is
 * no script. 0 or errno.
 */
int words_keep(struct call *, const struct words_head *);
/* Has the new image exactly those? */
bool words_hold(struct judge *, struct call *);

void words_free(struct words *);

#endif /* PRIVD_SESSION_WORDS_H */
