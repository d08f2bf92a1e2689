/* SPDX-License-Identifier: ISC */
/*
 * privctl doctor: names what is missing for sessions to elevate, and how to
 * mend it. Here are its options and how findings are told.
 */
#include <err.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define LIBBSD_OPENBSD_VIS /* strvis(3) alone is used */
#include <vis.h>

#include "../privd/config.h"
#include "../privd/marks.h"
#include "../privd/policy/policy.h"
#include "doctor.h"
#include "privctl.h"

static const char *const weights[] = {
	[DOCTOR_NOTE] = "note",
	[DOCTOR_WRONG] = "wrong",
};

/* In order: the later ones use what the first have read. */
static void (*const checks[])(struct doctor *) = {
	doctor_configuration,
	doctor_kernel,
	doctor_here,
	doctor_launcher,
	doctor_daemon,
	doctor_folders,
	doctor_ids,
	doctor_programs,
	doctor_files,
	doctor_processes,
};

/* Names of files and processes are nobody's to write on a terminal with. */
static char *
visible(const char *text)
{
	char *out = malloc(4 * strlen(text) + 1);

	if (out == NULL)
		err(1, NULL);
	(void)strvis(out, text, VIS_CSTYLE | VIS_NL | VIS_TAB);
	return out;
}

void
doctor_find(struct doctor *doctor, enum doctor_weight weight, const char *check,
    const char *object, const char *problem, const char *mend, ...)
{
	struct doctor_finding *finding;
	va_list ap;
	char *text;
	int n;

	finding = reallocarray(doctor->findings, doctor->count + 1,
	    sizeof(*finding));
	va_start(ap, mend);
	n = vasprintf(&text, mend, ap);
	va_end(ap);
	if (finding == NULL || n == -1)
		err(1, NULL);
	doctor->findings = finding;
	finding += doctor->count++;
	finding->weight = weight;
	finding->check = check;
	finding->object = visible(object);
	finding->problem = visible(problem);
	finding->mend = visible(text);
	free(text);
	doctor->wrong += weight == DOCTOR_WRONG;
}

static void
print_text(const struct doctor *doctor)
{
	const struct doctor_finding *finding;
	size_t i;

	for (i = 0; i < doctor->count; i++) {
		finding = &doctor->findings[i];
		(void)printf("%s: %s: %s: %s\n    %s\n",
		    weights[finding->weight], finding->check, finding->object,
		    finding->problem, finding->mend);
	}
	if (doctor->wrong == 0)
		(void)printf("nothing is wrong\n");
}

static void
print_member(const char *name, const char *text, const char *end)
{
	(void)printf("\"%s\":", name);
	privctl_put_json(text);
	(void)fputs(end, stdout);
}

static void
print_json(const struct doctor *doctor)
{
	const struct doctor_finding *finding;
	size_t i;

	(void)printf("{\"wrong\":%zu,\"findings\":[", doctor->wrong);
	for (i = 0; i < doctor->count; i++) {
		finding = &doctor->findings[i];
		(void)printf("%s{", i > 0 ? "," : "");
		print_member("weight", weights[finding->weight], ",");
		print_member("check", finding->check, ",");
		print_member("object", finding->object, ",");
		print_member("problem", finding->problem, ",");
		print_member("mend", finding->mend, "}");
	}
	(void)printf("]}\n");
}

static void
clear(struct doctor *doctor)
{
	size_t i;

	for (i = 0; i < doctor->count; i++) {
		free(doctor->findings[i].object);
		free(doctor->findings[i].problem);
		free(doctor->findings[i].mend);
	}
	free(doctor->findings);
	config_free(doctor->config);
	policy_set_free(doctor->policies);
}

/* Those that root has marked, as far as that can be read. */
static void
read_marks(struct doctor *doctor, struct marks *marks)
{
	char why[PATH_MAX + 128];

	if (marks_open(marks, MARKS_FILE, false, why, sizeof(why)) == 0)
		doctor->marks = marks;
	else
		doctor_find(doctor, DOCTOR_WRONG, "marks", MARKS_FILE, why,
		    "put it right, or remove it and mark programs anew");
}

int
privctl_doctor(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	struct doctor doctor = { .config_file = NULL };
	struct marks marks = { .lock = -1 };
	bool json = false;
	size_t i;
	int c;

	while ((c = getopt_long(argc, argv, "+f:", options, NULL)) != -1) {
		if (c == 'f')
			doctor.config_file = optarg;
		else if (c == 'j')
			json = true;
		else
			privctl_usage("doctor");
	}
	doctor.programs = argv + optind;
	read_marks(&doctor, &marks);
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		checks[i](&doctor);
	if (json)
		print_json(&doctor);
	else
		print_text(&doctor);
	c = doctor.wrong == 0 ? 0 : 1;
	clear(&doctor);
	marks_close(&marks);
	return c;
}
