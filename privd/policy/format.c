/* SPDX-License-Identifier: ISC */
/*
 * A whole file as fmt prints it: each line in its one form, comments where
 * they stood, blank lines kept one deep. What comes out reads back as the
 * same policies.
 */
#include "parser.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct printer {
	FILE *out;
	const struct policy_comment *comment; /* the next */
	unsigned int last_line; /* that was printed, in the file */
};

/* Blank lines of the file come out as one. */
static void
print_gap(struct printer *printer, unsigned int line)
{
	if (printer->last_line > 0 && line > printer->last_line + 1)
		(void)putc('\n', printer->out);
}

static bool
is_header(const struct policy_item *item)
{
	return item == NULL || item->kind == ITEM_POLICY ||
	    item->kind == ITEM_TEMPLATE;
}

/* Comments that stand on lines of their own before the item. */
static void
print_comments(struct printer *printer, const struct policy_item *item)
{
	const struct policy_comment *comment;

	while ((comment = printer->comment) != NULL &&
	    (item == NULL || comment->line < item->line)) {
		print_gap(printer, comment->line);
		(void)fprintf(printer->out, "%s%s\n",
		    is_header(item) ? "" : "\t", comment->text);
		printer->last_line = comment->line;
		printer->comment = comment->next;
	}
}

static void
print_path(const char *path, FILE *out)
{
	if (strpbrk(path, " ,#\"\\\t\r\n") != NULL)
		print_quoted(path, out);
	else
		(void)fputs(path, out);
}

static void
print_item(const struct policy_item *item, FILE *out)
{
	if (!is_header(item))
		(void)putc('\t', out);
	switch (item->kind) {
	case ITEM_POLICY:
		(void)fputs("Policy: ", out);
		print_path(item->text, out);
		(void)fprintf(out, ", Emulation: %s", item->emulation);
		break;
	case ITEM_TEMPLATE:
		(void)fprintf(out,
		    "Template: %s, Emulation: %s, Description: %s", item->text,
		    item->emulation, item->description);
		break;
	case ITEM_DETACHED:
		(void)fputs("detached", out);
		break;
	case ITEM_DEFAULT:
		(void)fputs("Default: ", out);
		print_action(item->outcome.action, item->outcome.error,
		    item->outcome.value, POLICY_CHILD_OWN, NULL, out);
		break;
	case ITEM_DIGEST:
		(void)fprintf(out, "Digest: sha256:%s", item->text);
		break;
	case ITEM_INCLUDE:
		(void)fputs("Include: ", out);
		print_quoted(item->text, out);
		break;
	case ITEM_RULE:
		policy_print_rule(item->rule, out);
		break;
	}
}

static void
print_items(const struct policy_parse *p, FILE *out)
{
	struct printer printer = { .out = out, .comment = p->comments };
	const struct policy_item *item;

	for (item = p->items; item != NULL; item = item->next) {
		print_comments(&printer, item);
		print_gap(&printer, item->line);
		print_item(item, out);
		if (printer.comment != NULL &&
		    printer.comment->line <= item->last_line) {
			(void)fprintf(out, " %s", printer.comment->text);
			printer.comment = printer.comment->next;
		}
		(void)putc('\n', out);
		printer.last_line = item->last_line;
	}
	print_comments(&printer, NULL);
}

int
policy_format(const struct policy_source *source, const char *name,
    const char *bytes, size_t len, FILE *out, struct policy_report *report)
{
	struct policy_parse *p;
	int ret, saved;

	p = parse_new(source, report, name, NULL);
	if (p == NULL)
		return -1;
	p->format = true;
	ret = parse_run(p, bytes, len);
	if (ret == 0)
		print_items(p, out);
	saved = errno;
	parse_free(p);
	errno = saved;
	return ret;
}
