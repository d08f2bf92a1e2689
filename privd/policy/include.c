/* SPDX-License-Identifier: ISC */
/*
 * Files: reading one as a whole, and the templates that policies include.
 *
 * A template holds rules alone, so nothing that is included can include and
 * there are no loops; what one file can make privd read is bounded.
 */
#include "parser.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sign_internal.h"

/* What one file can make privd read besides itself. */
#define INCLUDED_MAX (16 * 1024 * 1024)

static char *
read_all(int fd, size_t *len)
{
	char *bytes;
	ssize_t n;

	/* One byte more than is allowed shows that there is more. */
	bytes = malloc(POLICY_FILE_MAX + 1);
	if (bytes == NULL)
		return NULL;
	for (*len = 0; *len < POLICY_FILE_MAX + 1; *len += (size_t)n) {
		n = read(fd, bytes + *len, POLICY_FILE_MAX + 1 - *len);
		if (n == -1 && errno == EINTR) {
			n = 0;
			continue;
		}
		if (n == -1) {
			free(bytes);
			return NULL;
		}
		if (n == 0)
			break;
	}
	return bytes;
}

char *
file_read(const char *path, bool regular, size_t *len)
{
	struct stat st;
	char *bytes;
	int fd, saved;

	/* A FIFO in a folder of policies must not hold privd up. */
	fd = open(path,
	    O_RDONLY | O_CLOEXEC | O_NOCTTY | (regular ? O_NONBLOCK : 0));
	if (fd == -1)
		return NULL;
	bytes = NULL;
	if (fstat(fd, &st) == -1)
		goto out;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		goto out;
	}
	if (regular && !S_ISREG(st.st_mode)) {
		errno = EINVAL;
		goto out;
	}
	bytes = read_all(fd, len);
out:
	saved = errno;
	(void)close(fd);
	errno = saved;
	return bytes;
}

/* The file of a template in the folders of the source; NULL without memory. */
static char *
include_find(struct policy_parse *p, const char *name)
{
	const char *const *folder;
	struct stat st;
	char *path;

	if (name[0] == '/')
		return arena_string(p->arena, name);
	for (folder = p->source->templates; folder != NULL && *folder != NULL;
	     folder++) {
		path = arena_alloc(p->arena,
		    strlen(*folder) + strlen(name) + 2);
		if (path == NULL)
			return NULL;
		(void)sprintf(path, "%s/%s", *folder, name);
		/* Not access(2): a judge's real uid is its own. */
		if (stat(path, &st) == 0)
			return path;
	}
	return arena_string(p->arena, "");
}

/* Takes over the rules of the template that was read. */
static int
include_take(struct policy_parse *p, const struct policy_parse *sub,
    struct policy_place place)
{
	const struct policy_block *from = sub->blocks;
	size_t i;

	if (from == NULL || from->broken)
		return 0;
	if (from->foreign != p->block->foreign) {
		parse_error(p, place,
		    "the template is for emulation \"%s\", the policy for "
		    "\"%s\"",
		    from->emulation, p->block->emulation);
		return 0;
	}
	for (i = 0; i < from->rules.count; i++) {
		lint_reached(p, from->rules.rules[i]);
		if (rule_list_add(&p->block->rules, from->rules.rules[i]) == -1)
			return -1;
	}
	return 0;
}

static int
include_parse(struct policy_parse *p, const char *path, const char *bytes,
    size_t len, struct policy_place place)
{
	struct policy_parse *sub;
	int ret;

	sub = parse_new(p->source, p->report, path, p->arena);
	if (sub == NULL)
		return -1;
	sub->nrules = p->nrules;
	sub->spent = p->spent;
	ret = parse_run(sub, bytes, len);
	if (ret == 0)
		ret = include_take(p, sub, place);
	else if (errno == EINVAL)
		ret = 0; /* reported: this file goes on */
	parse_free(sub);
	return ret;
}

int
include_read(struct policy_parse *p, const char *name,
    struct policy_place place)
{
	char text[REPORT_TEXT_MAX], reason[PATH_MAX + 128], *bytes;
	const char *path, *wrong;
	size_t len;
	int ret;

	(void)report_text(name, strlen(name), text);
	if (name[0] == '\0' || name[0] == '.' ||
	    (name[0] != '/' && strchr(name, '/') != NULL)) {
		parse_error(p, place,
		    "found \"%s\", expected the name of a template or an "
		    "absolute path",
		    text);
		return 0;
	}
	path = include_find(p, name);
	if (path == NULL)
		return -1;
	if (path[0] == '\0') {
		parse_error(p, place, "no template \"%s\"", text);
		return 0;
	}
	if (p->trusted && policy_trusted(path, reason, sizeof(reason)) == -1) {
		parse_error(p, place, "template \"%s\": %s", text, reason);
		return 0;
	}
	bytes = file_read(path, true, &len);
	if (bytes == NULL) {
		parse_error(p, place, "template \"%s\": %s", text,
		    strerror(errno));
		return 0;
	}
	ret = 0;
	p->included_bytes += len;
	if (p->included_bytes > INCLUDED_MAX)
		parse_error(p, place, "includes of more than 16 MiB");
	else if (p->seal != NULL &&
	    (wrong = sign_seal_include(p->seal, bytes, len)) != NULL)
		parse_error(p, place, "template \"%s\": %s", text, wrong);
	else
		ret = include_parse(p, path, bytes, len, place);
	free(bytes);
	return ret;
}
