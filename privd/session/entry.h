/* SPDX-License-Identifier: ISC */
/*
 * What one line of a log says, as fields: what is in a value stays in it,
 * whatever it is printed for. A pure module. Values are bytes of anybody's;
 * printers escape, and nothing before them.
 */
#ifndef PRIVD_SESSION_ENTRY_H
#define PRIVD_SESSION_ENTRY_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENTRY_MAX 8192
#define ENTRY_VALUE_MAX 1024 /* of each value, in bytes; of a note, all */
#define ENTRY_NAME_MAX 64
#define ENTRY_ARGUMENTS_MAX 32

/* A line is of a judged call (it has a verdict), a note, or a count. */
enum entry_field {
	ENTRY_VERDICT = 1,
	ENTRY_USER,
	ENTRY_PROGRAM,
	ENTRY_PID,
	ENTRY_REGIME, /* the number of its policies in the session */
	ENTRY_PARENT,
	ENTRY_POLICY,
	ENTRY_RULES,
	ENTRY_CALL,
	ENTRY_NUMBER,
	/* any number of arguments: the name of one, then what it is */
	ENTRY_NAME,
	ENTRY_VALUE,
	ENTRY_MISSING, /* a value as well: there is no such file */
	ENTRY_AS,
	ENTRY_WITH,
	ENTRY_LINE, /* of the rule; without, it was the default */
	ENTRY_NOTE,
	ENTRY_DROPPED, /* so many lines are missing here */
	ENTRY_FIELDS
};

struct entry {
	size_t len;
	char bytes[ENTRY_MAX]; /* of each field its number, and a string */
};

void entry_start(struct entry *);
/* What is too long is cut, and shows it; what there is no room for is left
   out. Each field once. */
void entry_add(struct entry *, enum entry_field, const char *value);
void entry_addf(struct entry *, enum entry_field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* One more argument, as long as there are not too many; field: ENTRY_VALUE or
   ENTRY_MISSING. */
void entry_add_argument(struct entry *, enum entry_field, const char *name,
    const char *value);
/*
 * Takes bytes from somebody who is not trusted. -1 with EBADMSG: they are no
 * entry, or one with a field twice.
 */
int entry_take(struct entry *, const void *bytes, size_t len);
/* Is it of a call that was made with more than its caller's rights? */
bool entry_is_elevated(const struct entry *);
/* NULL: it has none. Not for arguments. */
const char *entry_get(const struct entry *, enum entry_field);

/* What is known of a line by whoever writes it, from nothing that it says. */
struct entry_stamp {
	int64_t seconds;
	uint32_t microseconds;
	int priority;     /* LOG_* */
	uint64_t session; /* 0: of none, but of the daemon itself */
	uid_t uid;        /* its user */
	pid_t pid;        /* its first process */
};

/*
 * Each prints into a buffer that is large enough for any entry, with a NUL
 * that does not count, and returns the length. Text and JSON are of printing
 * characters of ASCII, whatever the entry holds.
 */
#define ENTRY_TEXT_MAX 16384 /* what is longer is cut */
#define ENTRY_JSON_MAX (16 * ENTRY_MAX + 1024)
#define ENTRY_JOURNAL_MAX (ENTRY_TEXT_MAX + 16 * ENTRY_MAX + 1024)
/* systrace's line; nothing in a value looks like the end of it. */
size_t entry_print_text(const struct entry *, char *buf, size_t size);
/* The same behind what the stamp says, but for its time. */
size_t entry_print_stamped(const struct entry *, const struct entry_stamp *,
    char *buf, size_t size);
/* An object in one line, without its end. What is not UTF-8 is an array of
   the bytes, as the journal has it. */
size_t entry_print_json(const struct entry *, const struct entry_stamp *,
    char *buf, size_t size);
/* A datagram of the systemd journal's native protocol. */
size_t entry_print_journal(const struct entry *, const struct entry_stamp *,
    char *buf, size_t size);
/* Like 2026-11-29T23:42:04.123456Z. */
size_t entry_print_time(const struct entry_stamp *, char *buf, size_t size);

#endif /* PRIVD_SESSION_ENTRY_H */
