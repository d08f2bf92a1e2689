/* SPDX-License-Identifier: ISC */
/*
 * Who waits for a place among the sessions: what comes of those before it, and
 * that nothing in doubt is taken for free.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/card.h"
#include "../../privd/vacancy.h"

#define OTHERS_MAX 3
#define CALLS 64       /* that each wants */
#define BEGUN_CALLS 20 /* that one has, as it says */
#define SOON 1500      /* milliseconds, before anything is given up */

/* What one does that came before, once it is waited for. */
enum deed {
	STAYS,
	TALKS,
	BEGINS,
	ENDS
};

static const char in_all[] = "too many sessions";
static const char no_calls[] = "too few calls are left for a session "
			       "(max-calls-in-all in privd.conf(5))";
static const char no_own_calls[] =
    "too few calls are left for a session of this user "
    "(max-calls-per-user in privd.conf(5))";
static const char of_user[] = "too many sessions of this user";

static const struct {
	const char *what;
	size_t all, own, most, most_own; /* sessions */
	struct {
		bool is;
		bool own;
		bool opening;
		enum deed deed;
	} others[OTHERS_MAX];
	const char *refusal; /* NULL: there is a place */
	bool soon;           /* it is not waited for to the end */
	/* calls of all and of the user, beside CALLS for each; 0: no limit */
	uint64_t most_calls, most_calls_own;
	uint32_t calls; /* that there is room for in the end; 0: as wanted */
} cases[] = {
	{ "free", 1, 0, 2, 1, { { 0 } }, NULL, true, 0, 0, 0 },
	{ "all taken", 2, 0, 2, 1, { { 0 } }, in_all, true, 0, 0, 0 },
	{ "his taken", 1, 1, 9, 1, { { 0 } }, of_user, true, 0, 0, 0 },
	{ "in doubt beside what is taken", 1, 1, 9, 1,
	    { { true, true, true, STAYS } }, of_user, true, 0, 0, 0 },
	{ "a question", 0, 0, 9, 1, { { true, true, true, TALKS } }, NULL, true,
	    0, 0, 0 },
	{ "another's question", 1, 0, 2, 1, { { true, false, true, TALKS } },
	    NULL, true, 0, 0, 0 },
	{ "a session", 0, 0, 9, 1, { { true, true, true, BEGINS } }, of_user,
	    true, 0, 0, 0 },
	{ "another's session", 0, 0, 1, 1, { { true, false, true, BEGINS } },
	    in_all, true, 0, 0, 0 },
	{ "another's is not his", 0, 0, 9, 1, { { true, false, true, STAYS } },
	    NULL, true, 0, 0, 0 },
	{ "nothing", 0, 0, 9, 1, { { true, true, true, ENDS } }, NULL, true, 0,
	    0, 0 },
	{ "the end of a session", 0, 0, 9, 1, { { true, true, false, ENDS } },
	    NULL, true, 0, 0, 0 },
	{ "an end that does not come", 0, 0, 9, 1,
	    { { true, true, false, STAYS } }, of_user, false, 0, 0, 0 },
	{ "one of two", 0, 0, 9, 2,
	    { { true, true, true, TALKS }, { true, true, true, BEGINS } }, NULL,
	    true, 0, 0, 0 },
	{ "the other of two", 0, 0, 9, 2,
	    { { true, true, true, BEGINS }, { true, true, false, ENDS } }, NULL,
	    true, 0, 0, 0 },
	{ "none of three", 0, 0, 9, 2,
	    { { true, true, true, BEGINS }, { true, true, true, BEGINS },
		{ true, true, true, ENDS } },
	    of_user, true, 0, 0, 0 },
	{ "calls enough", 2, 1, 9, 9, { { 0 } }, NULL, true, 192, 128, 0 },
	{ "few in all", 2, 1, 9, 9, { { 0 } }, NULL, true, 160, 0, 32 },
	{ "few of his", 2, 1, 9, 9, { { 0 } }, NULL, true, 0, 80, 16 },
	{ "too few in all", 2, 1, 9, 9, { { 0 } }, no_calls, true, 143, 0, 0 },
	{ "too few of his", 2, 1, 9, 9, { { 0 } }, no_own_calls, true, 0, 79,
	    0 },
	{ "more than there may be", 2, 1, 9, 9, { { 0 } }, no_calls, true, 100,
	    0, 0 },
	{ "calls of a question", 0, 0, 9, 9, { { true, true, true, TALKS } },
	    NULL, true, 0, 64, 0 },
	{ "of a session that says how many", 0, 0, 9, 9,
	    { { true, true, true, BEGINS } }, NULL, true, 0, 64, 44 },
	{ "of another's", 0, 0, 9, 9, { { true, false, true, BEGINS } }, NULL,
	    true, 64, 64, 44 },
	{ "of one whose end does not come", 0, 0, 9, 9,
	    { { true, true, false, STAYS } }, no_own_calls, false, 0, 64, 0 },
};

#define NCASES (sizeof(cases) / sizeof(cases[0]))

static void __attribute__((noreturn)) be_other(int card, enum deed deed)
{
	const struct timespec moment = { 0, 30000000 };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)nanosleep(&moment, NULL); /* most often it is waited for by now */
	if (deed == TALKS)
		(void)card_write(card, CARD_TALK, "", 0);
	if (deed == BEGINS)
		(void)card_write(card, CARD_SESSION, "/bin/cat", BEGUN_CALLS);
	while (deed != ENDS)
		(void)pause();
	_exit(0);
}

static int64_t
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
add_others(struct vacancy *vacancy, size_t n, pid_t *pids)
{
	struct vacancy_other *other;
	size_t i;

	vacancy->others = calloc(OTHERS_MAX, sizeof(*vacancy->others));
	assert_non_null(vacancy->others);
	for (i = 0; i < OTHERS_MAX && cases[n].others[i].is; i++) {
		other = &vacancy->others[vacancy->n++];
		other->card = card_new();
		assert_int_not_equal(other->card, -1);
		other->own = cases[n].others[i].own;
		other->calls = CALLS;
		other->opening = cases[n].others[i].opening;
		pids[i] = fork();
		assert_int_not_equal(pids[i], -1);
		if (pids[i] == 0)
			be_other(other->card, cases[n].others[i].deed);
		other->process = (int)syscall(SYS_pidfd_open, pids[i], 0);
		assert_int_not_equal(other->process, -1);
	}
}

static uint64_t
most(uint64_t calls)
{
	return calls != 0 ? calls : UINT64_MAX;
}

static void
waits_for_what_is_in_doubt(void **state)
{
	pid_t pids[OTHERS_MAX];
	const char *refusal;
	uint32_t calls;
	int64_t began;
	size_t i, k;

	(void)state;
	for (i = 0; i < NCASES; i++) {
		struct vacancy vacancy = {
			.all = { cases[i].all, cases[i].all * CALLS },
			.own = { cases[i].own, cases[i].own * CALLS },
			.most = { cases[i].most, most(cases[i].most_calls) },
			.most_own = { cases[i].most_own,
			    most(cases[i].most_calls_own) },
			.wanted = CALLS,
		};

		memset(pids, 0, sizeof(pids));
		add_others(&vacancy, i, pids);
		began = now();
		refusal = vacancy_wait(&vacancy, &calls);
		if (cases[i].soon != (now() - began < SOON))
			fail_msg("%s: it took %lld ms", cases[i].what,
			    (long long)(now() - began));
		if (refusal == NULL || cases[i].refusal == NULL ?
			refusal != cases[i].refusal :
			strcmp(refusal, cases[i].refusal) != 0)
			fail_msg("%s: %s", cases[i].what,
			    refusal != NULL ? refusal : "a place");
		if (refusal == NULL &&
		    calls != (cases[i].calls == 0 ? CALLS : cases[i].calls))
			fail_msg("%s: room for %u", cases[i].what, calls);
		vacancy_clear(&vacancy);
		assert_null(vacancy.others);
		for (k = 0; k < OTHERS_MAX && pids[k] != 0; k++) {
			(void)kill(pids[k], SIGKILL);
			(void)waitpid(pids[k], NULL, 0);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_for_what_is_in_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
