/* SPDX-License-Identifier: ISC */
/*
 * The policy language. What is accepted is printed; what was printed is
 * accepted, and prints as the same. A file that adds policies has no errors in
 * its report; one that is refused has one, with a line of the file.
 */
#include <string.h>

#include "../../privd/policy/policy.h"
#include "fuzz.h"

static size_t
count_lines(const char *bytes, size_t len)
{
	size_t n = 1, i;

	for (i = 0; i < len; i++)
		n += bytes[i] == '\n';
	return n;
}

static void
check_report(const struct policy_report *report, int result, const char *bytes,
    size_t len)
{
	size_t i;

	HOLDS((result == 0) == (report->errors == 0));
	for (i = 0; i < report->count; i++) {
		HOLDS(report->messages[i].text != NULL);
		if (strcmp(report->messages[i].file, "fuzz") == 0)
			HOLDS(report->messages[i].line <=
			    count_lines(bytes, len) + 1);
	}
}

static int
format(const struct policy_source *source, const char *bytes, size_t len,
    char **text, size_t *size)
{
	struct policy_report report = { NULL, 0, 0, 0 };
	FILE *out = open_memstream(text, size);
	int result;

	HOLDS(out != NULL);
	result = policy_format(source, "fuzz", bytes, len, out, &report);
	(void)fclose(out);
	policy_report_clear(&report);
	return result;
}

static void
check_format(const struct policy_source *source, const char *bytes, size_t len)
{
	char *once = NULL, *twice = NULL;
	size_t n, m;

	HOLDS(format(source, bytes, len, &once, &n) == 0);
	HOLDS(format(source, once, n, &twice, &m) == 0);
	HOLDS(n == m && memcmp(once, twice, n) == 0);
	free(once);
	free(twice);
}

/* Every rule's call, with values that say nothing. */
static void
evaluate(const struct policy_image *image)
{
	const struct policy_caller caller = { .uid = 1, .gid = 1 };
	struct policy_request request;
	struct policy_verdict verdict;
	char text[1024];
	size_t i;

	for (i = 0; i < sys_count(); i += 7) {
		memset(&request, 0, sizeof(request));
		request.call = request.base = sys_row(i);
		request.caller = &caller;
		policy_evaluate(image, &request, true, &verdict);
		policy_print_verdict(&verdict, text, sizeof(text));
		HOLDS(verdict.rule != NULL || verdict.explicit_default ||
		    verdict.action == POLICY_DENY);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct policy_source source = { POLICY_SYSTEM, POLICY_LOAD_WILDCARD,
		NULL, NULL };
	struct policy_report report = { NULL, 0, 0, 0 };
	struct policy_set *set = policy_set_new();
	const struct policy_image *const *images;
	const char *text;
	size_t n, i;
	int result;

	if (len == 0)
		goto out;
	/* The first byte says how it is read. */
	if (bytes[0] & 1)
		source.authority = POLICY_USER;
	if (bytes[0] & 2)
		source.flags |= POLICY_LOAD_LINT | POLICY_LOAD_PATHS;
	text = (const char *)bytes + 1;
	len--;
	HOLDS(set != NULL);
	result = policy_load_buffer(set, &source, "fuzz", text, len, &report);
	check_report(&report, result, text, len);
	n = policy_images(set, &images);
	HOLDS(result == 0 || n == 0);
	for (i = 0; i < n; i++)
		evaluate(images[i]);
	if (result == 0)
		check_format(&source, text, len);
	policy_report_clear(&report);
out:
	policy_set_free(set);
	return 0;
}
