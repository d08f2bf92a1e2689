/* SPDX-License-Identifier: ISC */
/*
 * All that decides: the rules as they are printed, and what was resolved when
 * they were loaded (links, names of users), which their print does not show.
 */
#include "wording.h"

#include <stdio.h>

#include "../memory_text.h"
#include "../policy/policy.h"

/* Chains grow to the right: see policy.h. */
static void
add_resolved(const struct policy_expr *expr, FILE *out)
{
	for (; expr != NULL; expr = expr->right) {
		if (expr->op == POLICY_TEST)
			(void)fprintf(out, "%s%c%s%c", expr->string, '\0',
			    expr->kept == NULL ? "" : expr->kept, '\0');
		add_resolved(expr->left, out);
	}
}

static void
add_ids(const struct policy_pred *pred, FILE *out)
{
	for (; pred != NULL; pred = pred->right) {
		(void)fprintf(out, "%u%c", pred->id, '\0');
		add_ids(pred->left, out);
	}
}

static void
add_image(const struct policy_image *image, FILE *out)
{
	const uint8_t *digest = policy_digest(image);
	struct policy_verdict verdict;
	const struct policy_rule *rule;
	char text[256];
	size_t i;

	policy_default(image, true, &verdict);
	policy_print_verdict(&verdict, text, sizeof(text));
	(void)fprintf(out, "%s%c%s%c%d%c%s%c", policy_program(image), '\0',
	    policy_emulation(image), '\0', policy_detached(image), '\0', text,
	    '\0');
	if (digest != NULL)
		(void)fwrite(digest, 32, 1, out);
	for (i = 0; i < policy_rule_count(image); i++) {
		rule = policy_rule(image, i);
		policy_print_rule(rule, out);
		(void)putc('\0', out);
		add_resolved(rule->expr, out);
		add_ids(rule->pred, out);
	}
}

char *
wording_of(const struct policy_image *const *images, size_t n, size_t *len)
{
	struct memory_text text;
	FILE *out;
	size_t i;

	out = memory_text_open(&text);
	if (out == NULL)
		return NULL;
	for (i = 0; i < n; i++)
		if (policy_authority(images[i]) == POLICY_USER)
			add_image(images[i], out);
	return memory_text_close(out, &text, len);
}
