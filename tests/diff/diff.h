/* SPDX-License-Identifier: ISC */
/*
 * calls: reads operations from its standard input, one a line, makes each
 * system call, and prints what came of it and what changed in its folder.
 * Run natively and in a session, the outputs must be the same. Nothing of
 * privd's is used here: it must not know that it is watched.
 */
#ifndef TESTS_DIFF_H
#define TESTS_DIFF_H

#include <sys/socket.h>
#include <sys/stat.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORDS_MAX 24
#define WORD_MAX 8192

/* A line in words, and what has been taken of them. */
struct words {
	char *word[WORDS_MAX];
	size_t len[WORDS_MAX]; /* a word may hold NUL */
	size_t n;
	size_t next;
	bool wrong; /* one was missing, or not of its kind: the script's */
};

/* What a call's result looks like. */
enum shown {
	SHOW_NUMBER,
	SHOW_PID,
	SHOW_FD,
	SHOW_STAT,
	SHOW_STATX,
	SHOW_STATFS,
	SHOW_BYTES, /* as many as it returned */
	SHOW_LIST,  /* of names, each with its NUL */
	SHOW_INT,   /* the first int */
	SHOW_ADDR,
	SHOW_LIMIT,
	SHOW_NOTHING
};

/* script.c */
char *words_next(struct words *); /* never NULL: "" if there is none */
bool words_split(struct words *, const char *line, char *room, size_t size);
void script_read(int fd);
/* Runs the groups that one of the patterns names, all without patterns. */
int script_run(char *const *patterns);
void variable_set(const char *name, long value);
bool variable_get(const char *name, long *value);

/* names.c */
/* A number, or names joined by "|": false if a name is unknown. */
bool names_parse(const char *, long *);
const char *names_errno(int);
const char *names_signal(int);
/* A process: self, parent, none, $variable, or a number. */
bool names_process(const char *, long *);

/* arguments.c: registers of one plain call */
struct frame {
	long reg[8];
	size_t n;
	long at; /* the register of the output, -1 */
	union {
		long long align;
		char out[16384];
	};
	char in[8][256]; /* structures that the call reads */
	struct sockaddr_storage addr;
	socklen_t addr_len;
};
/* Fills it by a string of letters, see there. */
void frame_fill(struct frame *, struct words *, const char *kinds);
/* A path or string argument: @null, @bad and the like are addresses. */
long pointer_of(char *word);

/* address.c */
bool address_parse(const char *, struct sockaddr_storage *, socklen_t *);
void address_show(const struct sockaddr_storage *, socklen_t);

/* show.c */
void say(const char *, ...) __attribute__((format(printf, 1, 2)));
void say_bytes(const char *, size_t);
void say_result(long); /* " = 0", " = -1 ENOENT" */
void say_status(int);  /* of a child */
void say_stat(const struct stat *);
void say_fd(int);
void say_shown(enum shown, long result, struct frame *);
size_t hide_process(char *, size_t);
void say_flush(void);
const char *say_time(long long seconds, unsigned long nanoseconds);

/* tree.c */
void tree_start(void); /* in the folder to watch */
void tree_quiet(bool);
void tree_changes(void); /* prints them */

/* plain.c and the others: operations by name */
typedef bool (*operation)(struct words *, long *result);
bool plain_run(struct words *, long *result);
operation files_find(const char *name);
operation sockets_find(const char *name);
operation processes_find(const char *name);

#endif /* TESTS_DIFF_H */
