/* SPDX-License-Identifier: ISC */
/*
 * The operations as they are written: groups, loops, blocks that a child or
 * a thread runs, words, variables.
 *
 *	== name			a group, in a process and folder of its own
 *	F = open file O_RDONLY	keeps what came of it as $F
 *	for P in a b ... done	%P in the lines between is a, then b
 *	child ... end		a process, which is waited for
 *	thread ... end		a thread
 *	quiet, loud		without and with the changes of the folder
 *
 * A word may be quoted, with \n, \\, \" and \xNN; @12(ab) is "ab" 12 times.
 */
#include "diff.h"

#include <sys/wait.h>

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINES_MAX 8192
#define LINE_MAX_ 16384
#define VARIABLES_MAX 64
#define LOOPS_MAX 8
#define GROUP_SECONDS 20

struct variable {
	char name[32];
	long value;
};

struct loop {
	char name[8];
	char value[512];
};

struct range {
	size_t from;
	size_t to;
};

static char *lines[LINES_MAX];
static size_t nlines;
static struct variable variables[VARIABLES_MAX];
static size_t nvariables;
static struct loop loops[LOOPS_MAX];
static size_t nloops;
static const char *group;
static unsigned int operations;

static void run_lines(struct range);

void
script_read(int fd)
{
	FILE *in = fdopen(dup(fd), "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (in == NULL)
		err(1, "standard input");
	while ((len = getline(&line, &size, in)) != -1) {
		if (nlines == LINES_MAX)
			errx(1, "more than %d lines", LINES_MAX);
		line[strcspn(line, "\n")] = '\0';
		lines[nlines] = strdup(line + strspn(line, " \t"));
		if (lines[nlines++] == NULL)
			err(1, NULL);
	}
	free(line);
	(void)fclose(in);
}

void
variable_set(const char *name, long value)
{
	size_t i;

	for (i = 0; i < nvariables; i++)
		if (strcmp(variables[i].name, name) == 0)
			break;
	if (i == VARIABLES_MAX)
		errx(1, "too many variables");
	if (i == nvariables)
		nvariables++;
	(void)snprintf(variables[i].name, sizeof(variables[i].name), "%s",
	    name);
	variables[i].value = value;
}

bool
variable_get(const char *name, long *value)
{
	size_t i;

	for (i = 0; i < nvariables; i++)
		if (strcmp(variables[i].name, name) == 0) {
			*value = variables[i].value;
			return true;
		}
	return false;
}

/* Is this line that keyword, alone or before others? */
static bool
is_keyword(const char *line, const char *keyword)
{
	size_t len = strlen(keyword);

	return strncmp(line, keyword, len) == 0 &&
	    (line[len] == '\0' || line[len] == ' ');
}

static bool
opens_block(const char *line)
{
	return is_keyword(line, "for") || is_keyword(line, "child") ||
	    is_keyword(line, "thread");
}

/* The line that ends the block which begins at `from`. */
static size_t
end_of_block(size_t from, size_t limit)
{
	unsigned int depth = 0;
	size_t i;

	for (i = from; i < limit; i++) {
		if (opens_block(lines[i]))
			depth++;
		else if (is_keyword(lines[i], "done") ||
		    is_keyword(lines[i], "end"))
			depth--;
		if (depth == 0)
			return i;
	}
	errx(1, "line %zu: a block without end", from + 1);
}

/* %P in the line, for each loop's variable. */
static void
put_loops(const char *line, char *out, size_t size)
{
	size_t i, n = 0;

	while (*line != '\0' && n + sizeof(loops[0].value) < size) {
		for (i = nloops; *line == '%' && i > 0; i--)
			if (strncmp(line + 1, loops[i - 1].name,
				strlen(loops[i - 1].name)) == 0)
				break;
		if (*line != '%' || i == 0) {
			out[n++] = *line++;
			continue;
		}
		line += 1 + strlen(loops[i - 1].name);
		n += (size_t)snprintf(out + n, size - n, "%s",
		    loops[i - 1].value);
	}
	out[n] = '\0';
}

/* One character of a quoted word; the place behind it. */
static const char *
unescape(const char *from, char *to)
{
	char hex[3] = { 0 };

	if (*from != '\\') {
		*to = *from;
		return from + 1;
	}
	from++;
	if (*from == 'x' && isxdigit((unsigned char)from[1]) &&
	    isxdigit((unsigned char)from[2])) {
		hex[0] = from[1];
		hex[1] = from[2];
		*to = (char)strtol(hex, NULL, 16);
		return from + 3;
	}
	*to = *from == 'n' ? '\n' : *from;
	return *from == '\0' ? from : from + 1;
}

/* "@12(ab)": what it stands for, to `to`; NULL if it is nothing like that. */
static const char *
repeat(const char *from, char **to, const char *end)
{
	char *open;
	const char *close;
	unsigned long count = strtoul(from + 1, &open, 10);
	size_t len;

	if (open == from + 1 || *open != '(' ||
	    (close = strchr(open, ')')) == NULL)
		return NULL;
	len = (size_t)(close - open) - 1;
	for (; count > 0 && *to + len < end; count--) {
		memcpy(*to, open + 1, len);
		*to += len;
	}
	return close + 1;
}

/* "$F": its value in digits; NULL if there is no such variable. */
static const char *
put_variable(const char *from, char **to, const char *end)
{
	char name[8];
	size_t len = strspn(from + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	long value;

	if (len == 0 || len >= sizeof(name))
		return NULL;
	memcpy(name, from + 1, len);
	name[len] = '\0';
	if (!variable_get(name, &value) || end - *to < 24)
		return NULL;
	*to += snprintf(*to, 24, "%ld", value);
	return from + 1 + len;
}

static const char *
take_word(const char *line, char **to, const char *end)
{
	bool quoted = *line == '"';
	const char *after;

	if (quoted)
		line++;
	while (*line != '\0' && *line != (quoted ? '"' : ' ') && *to < end) {
		if (!quoted && *line == '@' &&
		    (after = repeat(line, to, end)) != NULL) {
			line = after;
			continue;
		}
		if (*line == '$' &&
		    (after = put_variable(line, to, end)) != NULL) {
			line = after;
			continue;
		}
		if (quoted)
			line = unescape(line, *to);
		else
			**to = *line++;
		(*to)++;
	}
	return quoted && *line == '"' ? line + 1 : line;
}

bool
words_split(struct words *words, const char *line, char *room, size_t size)
{
	const char *end = room + size - 2;

	memset(words, 0, sizeof(*words));
	for (line += strspn(line, " "); *line != '\0';
	     line += strspn(line, " ")) {
		if (words->n == WORDS_MAX || room >= end)
			return false;
		words->word[words->n] = room;
		line = take_word(line, &room, end);
		words->len[words->n] = (size_t)(room - words->word[words->n]);
		words->n++;
		*room++ = '\0';
	}
	return true;
}

char *
words_next(struct words *words)
{
	static char none[1];

	if (words->next == words->n) {
		words->wrong = true;
		return none;
	}
	return words->word[words->next++];
}

static operation
find_operation(const char *name)
{
	operation found = files_find(name);

	if (found == NULL)
		found = sockets_find(name);
	if (found == NULL)
		found = processes_find(name);
	return found != NULL ? found : plain_run;
}

/*
 * Calls that only ask: what they change, if they do, is seen behind the next
 * one that does not.
 */
static bool
is_question(const char *name)
{
	static const char *const starts[] = { "stat", "lstat", "fstat",
		"newfstatat", "access", "faccessat", "readlink", "get", "lget",
		"fget", "list", "llist", "flist", "lseek", "caught", "recv" };
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strncmp(name, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

static void
run_operation(const char *line)
{
	static char room[WORD_MAX * 2];
	struct words words;
	const char *name = NULL, *what;
	operation operate;
	long result = 0;

	if (!words_split(&words, line, room, sizeof(room)))
		errx(1, "%s: too long", line);
	if (words.n > 2 && strcmp(words.word[1], "=") == 0) {
		name = words.word[0];
		words.next = 2;
	}
	operations++;
	say("%s.%u %s", group, operations, line);
	what = words_next(&words);
	operate = find_operation(what);
	if (!operate(&words, &result) || words.wrong || words.next != words.n)
		errx(1, "%s: not understood", line);
	if (name != NULL)
		variable_set(name, result);
	say("\n");
	if (!is_question(what))
		tree_changes();
	say_flush();
}

static void
run_child(struct range range)
{
	pid_t pid;
	int status;

	say_flush();
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		run_lines(range);
		say_flush();
		_exit(0);
	}
	if (waitpid(pid, &status, 0) == -1)
		err(1, "waitpid");
	say("%s child", group);
	say_status(status);
	say("\n");
	tree_changes();
}

static void *
thread_main(void *range)
{
	run_lines(*(struct range *)range);
	return NULL;
}

static void
run_thread(struct range range)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, thread_main, &range);
	if (errno != 0)
		err(1, "pthread_create");
	(void)pthread_join(thread, NULL);
}

/* A word as it is written, with its quotes; the place behind it. */
static const char *
take_raw(const char *line, char *to, size_t size)
{
	size_t n = 0;
	bool quoted = false;

	for (; *line != '\0' && (quoted || *line != ' '); line++) {
		if (*line == '"')
			quoted = !quoted;
		if (n + 1 < size)
			to[n++] = *line;
	}
	to[n] = '\0';
	return line + strspn(line, " ");
}

/* for NAME in VALUE ... */
static void
run_loop(const char *line, struct range range)
{
	struct loop *loop = &loops[nloops++];
	char word[8];

	if (nloops == LOOPS_MAX)
		errx(1, "%s: too deep", line);
	line = take_raw(line, word, sizeof(word));
	line = take_raw(line, loop->name, sizeof(loop->name));
	line = take_raw(line, word, sizeof(word));
	if (strcmp(word, "in") != 0)
		errx(1, "%s: not understood", line);
	while (*line != '\0') {
		line = take_raw(line, loop->value, sizeof(loop->value));
		run_lines(range);
	}
	nloops--;
}

/* A line that is no operation; returns the place of the last that it took. */
static size_t
run_block(size_t i, size_t limit, const char *line)
{
	struct range range = { i + 1, end_of_block(i, limit) };

	if (is_keyword(line, "for"))
		run_loop(line, range);
	else if (is_keyword(line, "child"))
		run_child(range);
	else
		run_thread(range);
	return range.to;
}

static void
run_lines(struct range range)
{
	char line[LINE_MAX_];
	size_t i;

	for (i = range.from; i < range.to; i++) {
		put_loops(lines[i], line, sizeof(line));
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (opens_block(line))
			i = run_block(i, range.to, line);
		else if (is_keyword(line, "quiet") || is_keyword(line, "loud"))
			tree_quiet(line[0] == 'q');
		else
			run_operation(line);
	}
}

/* In its own folder and process; a call that never returns ends it. */
static int
run_group(const char *name, struct range range)
{
	pid_t pid;
	int status;

	say_flush();
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		group = name;
		(void)alarm(GROUP_SECONDS);
		if (mkdir(name, 0755) == -1 || chdir(name) == -1)
			err(1, "%s", name);
		tree_start();
		run_lines(range);
		say_flush();
		_exit(0);
	}
	if (waitpid(pid, &status, 0) == -1)
		err(1, "waitpid");
	say("== %s", name);
	say_status(status);
	say("\n");
	say_flush();
	return status != 0;
}

static bool
is_wanted(const char *name, char *const *patterns)
{
	if (*patterns == NULL)
		return true;
	for (; *patterns != NULL; patterns++)
		if (fnmatch(*patterns, name, 0) == 0)
			return true;
	return false;
}

int
script_run(char *const *patterns)
{
	struct range range;
	size_t i, next;
	int failed = 0;

	for (i = 0; i < nlines; i = next) {
		for (next = i + 1; next < nlines; next++)
			if (strncmp(lines[next], "== ", 3) == 0)
				break;
		if (strncmp(lines[i], "== ", 3) != 0 ||
		    !is_wanted(lines[i] + 3, patterns))
			continue;
		range.from = i + 1;
		range.to = next;
		failed |= run_group(lines[i] + 3, range);
	}
	return failed;
}
