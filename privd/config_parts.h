/* SPDX-License-Identifier: ISC */
/*
 * What privd.conf is read with: the lexer, and the reader of statements,
 * pure functions of bytes. What they must know of the world they ask for.
 */
#ifndef PRIVD_CONFIG_PARTS_H
#define PRIVD_CONFIG_PARTS_H

#include <sys/types.h>

#include <stddef.h>

#include "policy/reader.h"

struct privd_config;

#define CONFIG_WORD_MAX 4095 /* bytes, as of a path */
#define CONFIG_DEPTH_MAX 8   /* files that include one another */
#define CONFIG_FILES_MAX 256 /* that one reading includes */

enum config_kind {
	CONFIG_END, /* of the file */
	CONFIG_LINE,
	CONFIG_WORD,
	CONFIG_STRING,
	CONFIG_BAD
};

struct config_token {
	enum config_kind kind;
	struct policy_place place;
	/* Of words and strings; of what is bad the byte, if it is one. */
	char text[CONFIG_WORD_MAX + 1];
	size_t len;
	const char *wrong; /* what was expected instead */
};

struct config_lexer {
	const char *bytes;
	size_t len;
	size_t pos;
	size_t line_start;
	unsigned int line;
};

void config_lexer_start(struct config_lexer *, const char *bytes, size_t len);
/* Takes any bytes; each token but the end is at least one of them. */
void config_lexer_next(struct config_lexer *, struct config_token *);
/* On to the end of the line, which is the next token. */
void config_lexer_skip(struct config_lexer *);

/* A file: the reader frees the bytes. The numbers say which one it is. */
struct config_file {
	char *bytes;
	size_t len;
	dev_t dev;
	ino_t ino;
};

/*
 * What is asked of the world. Whatever is NULL is not there: no user is
 * known, nothing can be included.
 */
struct config_world {
	int (*user)(const char *, uid_t *);
	int (*group)(const char *, gid_t *);
	void (*offer_users)(struct nearest *);
	void (*offer_groups)(struct nearest *);
	/*
	 * The names that a pattern has in a folder, in order, which the
	 * caller frees, and their array; a pattern without wildcards is one
	 * name. 0, or -1 with the reason.
	 */
	int (*expand)(const char *folder, const char *pattern, char ***names,
	    size_t *count, char *reason, size_t len);
	/* 0, or -1 with the reason. */
	int (*read)(const char *path, struct config_file *, char *reason,
	    size_t len);
};

/*
 * From bytes to a configuration; they are freed in any case. Name is that of
 * the file, for messages, and what its folder is known by. As config_load().
 */
int config_parse(const struct config_world *, const char *name,
    struct config_file *, struct privd_config **, struct policy_report *);

/* --- the reader's own parts */

/* With what holds unless it is stated; NULL with ENOMEM. */
struct privd_config *config_new(void);
/* What follows from the rest unless it was stated. */
void config_settle(struct privd_config *);

#define CONFIG_KEYWORDS_MAX 32

struct config_source {
	char *name;
	struct config_file file;
	struct config_lexer lexer;
	/* what its last statement includes, and where that stands */
	char **included;
	size_t nincluded;
	size_t next;
	struct policy_place place;
};

/* Where a statement stood first. */
struct config_first {
	char *file; /* NULL: it did not */
	struct policy_place place;
};

struct config_reading {
	const struct config_world *world;
	struct policy_report *report;
	struct privd_config *config;
	struct config_token token;
	struct config_source stack[CONFIG_DEPTH_MAX];
	size_t depth;
	size_t files;
	bool nomem;
	struct config_first first[CONFIG_KEYWORDS_MAX]; /* by keyword */
};

struct config_keyword {
	const char *name;
	bool (*read)(struct config_reading *, const struct config_keyword *);
	size_t offset; /* of what it sets */
	bool often;    /* may stand more than once */
	uint32_t least;
	uint32_t most;
	/* by default */
	const char *text;
	uint32_t number;
};

/* The keywords; the last has no name. */
extern const struct config_keyword config_keywords[];

/* The file that is being read. */
struct config_source *reading_top(struct config_reading *);
void reading_complain(struct config_reading *, struct policy_place,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Says of the token what was expected instead, and a hint. */
void reading_refuse(struct config_reading *, const char *expected,
    const char *hint);
/* The same without one; false, as is what follows from it. */
bool reading_expect(struct config_reading *, const char *expected);
/* There is no memory: reading ends. False. */
bool reading_fail(struct config_reading *);
void reading_next(struct config_reading *);
bool reading_is_end(const struct config_reading *);
/* Reads the next token, which must be a word or a string. */
bool reading_value(struct config_reading *, const char *expected);
/* The statement that has a file of its own. */
bool reading_include(struct config_reading *, const struct config_keyword *);

#endif /* PRIVD_CONFIG_PARTS_H */
