/* SPDX-License-Identifier: ISC */
/*
 * Places of fixed size in shared memory. One is written while it is not
 * `used`, and a process's new one before its old one is given up, so that
 * whatever moment a judge is killed at there is one that was true.
 *
 * Policies are numbered as they come in the plan, which every judge of the
 * session has the same (judge_setup.c). What names none is a policy that
 * permits nothing.
 */
#include "journal.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "judge.h"
#include "lineage.h"
#include "move.h"

#define KINS 8192
#define PROCESSES 1024
#define IMAGES 16384
#define CHOICES 16
#define NAME 256
#define WORDING (1U << 20)
#define NOTHING UINT32_MAX /* policy_none() */

enum session_flag {
	S_BEGUN = 1 << 0, /* a judge was here */
	S_LAUNCHED = 1 << 1,
	S_SAID_REFUSED = 1 << 2,
	S_BLURRED = 1 << 3,
	S_GAVE = 1 << 4,
	S_OVER = 1 << 5,
	S_RELEASED = 1 << 6,
	S_ROOTS_MOVE = 1 << 7,
	S_ROOTS_FREE = 1 << 8,
	S_CREDS_CHANGED = 1 << 9,
	S_ADOPTERS = 1 << 10,
	S_LOST = 1 << 11 /* there was no place for somebody who may less */
};

struct kept_file {
	uint64_t dev;
	uint64_t ino;
};

struct kept_regime {
	uint32_t count;
	uint32_t images[FILTER_IMAGES_MAX];
};

struct kept_choice {
	uint32_t image;
	uint32_t rule;
};

struct kept_kin {
	_Atomic uint32_t used;
	uint32_t elevated;
	struct kept_file image;
	struct birth birth;
	struct kept_regime regime;
	_Atomic uint32_t nchoices; /* more than CHOICES: too many */
	struct kept_choice choices[CHOICES];
	char program[NAME];
};

struct kept_watch {
	uint64_t id; /* of the notification */
	int32_t tid; /* 0: there is none */
	bool launch;
	bool any;
	bool is_script;
	bool unread;
	bool digested;
	bool words;
	uint8_t digest[32];
	struct kept_file image;
	struct kept_file script;
	struct kept_regime regime;
	char program[NAME];
};

struct kept_process {
	_Atomic uint32_t used;
	int32_t tgid;
	uint64_t start;
	bool elevated;
	bool condemned;
	bool chose; /* what nobody of its kin knows of */
	struct kept_file image;
	struct birth birth;
	struct kept_regime regime;
	char program[NAME];
	struct kept_watch watch;
};

struct journal {
	_Atomic uint32_t session; /* enum session_flag */
	_Atomic uint32_t filters;
	_Atomic uint32_t images; /* written so far */
	_Atomic uint32_t kins;   /* of which some were ever used */
	_Atomic uint32_t processes;
	struct moves moves;
	struct kept_kin kin[KINS];
	struct kept_process process[PROCESSES];
	struct kept_file image[IMAGES];
	_Atomic uint32_t worded;
	uint32_t wording_len; /* more than WORDING: too long */
	char wording[WORDING];
};

/* This judge's; and how many places of it were given up again. */
static struct journal *mine;
static uint32_t free_kins, free_processes;
static bool left; /* something about processes that are not known now */

struct journal *
journal_new(void)
{
	void *p;

	p = mmap(NULL, sizeof(struct journal), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

void
journal_hide(struct journal *journal)
{
	(void)munmap(journal, sizeof(*journal));
}

int
journal_wording(struct journal *journal, const char *text, size_t len)
{
	if (!atomic_load(&journal->worded)) {
		journal->wording_len = len <= WORDING ? (uint32_t)len : ~0U;
		if (len <= WORDING)
			memcpy(journal->wording, text, len);
		atomic_store(&journal->worded, 1);
		return 0;
	}
	if (journal->wording_len == len && len <= WORDING &&
	    memcmp(journal->wording, text, len) == 0)
		return 0;
	errno = ESTALE;
	return -1;
}

/* --- writing */

void
journal_session(struct judge *judge)
{
	uint32_t before, now = S_BEGUN;

	if (mine == NULL)
		return;
	before = atomic_load_explicit(&mine->session, memory_order_relaxed);
	now |= before & (S_ADOPTERS | S_LOST);
	now |= (judge->launched ? S_LAUNCHED : 0U) |
	    (judge->said_refused ? S_SAID_REFUSED : 0U) |
	    (judge->blurred ? S_BLURRED : 0U) | (judge->gave ? S_GAVE : 0U) |
	    (judge->over ? S_OVER : 0U) | (judge->released ? S_RELEASED : 0U) |
	    (judge->roots_move ? S_ROOTS_MOVE : 0U) |
	    (judge->roots_free ? S_ROOTS_FREE : 0U) |
	    (judge->creds_changed ? S_CREDS_CHANGED : 0U) |
	    (judge->adopters ? S_ADOPTERS : 0U);
	if (now == before)
		return;
	atomic_store(&mine->filters, judge->filters);
	atomic_store(&mine->session, now);
}

static void
keep_file(struct kept_file *kept, const struct stat *st)
{
	kept->dev = st->st_dev;
	kept->ino = st->st_ino;
}

static void
keep_name(char *kept, const char *name)
{
	size_t len = strlen(name);

	/* Its end says more than its beginning. */
	if (len >= NAME)
		name += len - NAME + 1;
	(void)strlcpy(kept, name, NAME);
}

static uint32_t
number_of(const struct judge *judge, const struct policy_image *image)
{
	size_t i;

	for (i = 0; i < judge->nimages; i++)
		if (judge->images[i] == image)
			return (uint32_t)i;
	return NOTHING;
}

static void
keep_regime(const struct judge *judge, struct kept_regime *kept,
    const struct regime *regime)
{
	size_t i;

	kept->count = 0;
	if (regime == NULL)
		return;
	for (i = 0; i < regime->set.count; i++)
		kept->images[i] = number_of(judge, regime->set.images[i]);
	kept->count = (uint32_t)regime->set.count;
}

void
journal_image(const struct stat *image)
{
	uint32_t n;

	if (mine == NULL)
		return;
	n = atomic_load(&mine->images);
	keep_file(&mine->image[n % IMAGES], image);
	atomic_store(&mine->images, n + 1);
}

/*
 * A place that is not used, by its first member; *count is how many ever were.
 * NULL: there is none.
 */
static void *
find_place(void *places, size_t size, uint32_t most, _Atomic uint32_t *count,
    uint32_t *nfree)
{
	uint32_t n = atomic_load(count), i;
	_Atomic uint32_t *used;

	for (i = 0; i<n && * nfree> 0; i++) {
		used = (void *)((char *)places + i * size);
		if (atomic_load(used) == 0) {
			--*nfree;
			return used;
		}
	}
	if (n == most)
		return NULL;
	atomic_store(count, n + 1);
	return (char *)places + n * size;
}

void
journal_choice(const struct judge *judge, const struct kin *kin)
{
	struct kept_kin *kept = kin->kept;
	uint32_t n;

	if (kept == NULL)
		return;
	n = atomic_load(&kept->nchoices);
	if (n < CHOICES) {
		kept->choices[n].image = number_of(judge, kin->choices->image);
		kept->choices[n].rule = kin->choices->rule->index;
	}
	if (n <= CHOICES)
		atomic_store(&kept->nchoices, n + 1);
}

void
journal_kin(const struct judge *judge, struct kin *kin)
{
	const struct choice *choice;
	struct kept_kin *kept;
	uint32_t n = 0;

	if (mine == NULL)
		return;
	kept = find_place(mine->kin, sizeof(mine->kin[0]), KINS, &mine->kins,
	    &free_kins);
	if (kept == NULL) /* whom nobody knows may nothing */
		return;
	kept->elevated = kin->elevated;
	kept->image.dev = kin->dev;
	kept->image.ino = kin->ino;
	kept->birth = kin->birth;
	keep_regime(judge, &kept->regime, kin->regime);
	keep_name(kept->program, kin->program);
	for (choice = kin->choices; choice != NULL; choice = choice->next) {
		if (n < CHOICES) {
			kept->choices[n].image = number_of(judge,
			    choice->image);
			kept->choices[n].rule = choice->rule->index;
		}
		n++;
	}
	atomic_store(&kept->nchoices, n <= CHOICES ? n : CHOICES + 1);
	atomic_store(&kept->used, 1);
	kin->kept = kept;
}

void
journal_forget_kin(struct kin *kin)
{
	struct kept_kin *kept = kin->kept;

	if (kept == NULL)
		return;
	kin->kept = NULL;
	atomic_store(&kept->used, 0);
	free_kins++;
}

static void
keep_watch(const struct judge *judge, struct kept_watch *kept,
    const struct exec_watch *watch)
{
	kept->tid = watch->tid;
	if (watch->tid == 0)
		return;
	kept->id = watch->id;
	kept->launch = watch->launch;
	kept->any = watch->any;
	kept->is_script = watch->is_script;
	kept->unread = watch->unread;
	kept->digested = watch->digest != NULL;
	if (watch->digest != NULL)
		memcpy(kept->digest, watch->digest, sizeof(kept->digest));
	kept->words = watch->argv.bytes != NULL || watch->envp.bytes != NULL;
	keep_file(&kept->image, &watch->image);
	keep_file(&kept->script, &watch->script);
	keep_regime(judge, &kept->regime, watch->regime);
	keep_name(kept->program, watch->program);
}

/* Is there more to be known of it than of its kin, or has it none? */
static bool
is_special(const struct process *process)
{
	return process->exec.tid != 0 || process->condemned ||
	    !birth_is_known(&process->birth) ||
	    (process->kin != NULL && process->kin->elevated &&
		!process->elevated);
}

static void
give_up(struct kept_process *kept)
{
	atomic_store(&kept->used, 0);
	free_processes++;
}

/* Its own, not what another has there by now: see sweep(). */
static void
give_up_own(struct kept_process *kept, const struct process *process)
{
	if (kept != NULL && atomic_load(&kept->used) != 0 &&
	    kept->tgid == process->tgid && kept->start == process->start)
		give_up(kept);
}

/* Only those that are still there keep their places. */
static void
sweep(void)
{
	uint32_t n = atomic_load(&mine->processes), i;
	struct kept_process *kept;

	free_processes = 0;
	for (i = 0; i < n; i++) {
		kept = &mine->process[i];
		if (atomic_load(&kept->used) == 0)
			free_processes++;
		else if (kept->tgid <= 0 ||
		    birth_started(kept->tgid) != kept->start)
			give_up(kept);
	}
}

static struct kept_process *
find_process_place(void)
{
	struct kept_process *kept;

	kept = find_place(mine->process, sizeof(mine->process[0]), PROCESSES,
	    &mine->processes, &free_processes);
	if (kept != NULL)
		return kept;
	sweep();
	return find_place(mine->process, sizeof(mine->process[0]), PROCESSES,
	    &mine->processes, &free_processes);
}

void
journal_process(struct judge *judge, struct process *process)
{
	const struct exec_watch *watch = &process->exec;
	struct kept_process *before = process->kept, *kept = NULL;

	if (mine == NULL)
		return;
	if (process->start == 0 && is_special(process))
		process->start = birth_started(process->tgid);
	if (process->start != 0 && is_special(process))
		kept = find_process_place();
	if (kept == NULL && is_special(process))
		atomic_fetch_or(&mine->session, S_LOST);
	if (kept != NULL) {
		kept->tgid = process->tgid;
		kept->start = process->start;
		kept->elevated = process->elevated;
		kept->condemned = process->condemned;
		kept->chose = process->kin == NULL && process->choices != NULL;
		keep_file(&kept->image, &process->image);
		kept->birth = watch->tid != 0 ? watch->birth : process->birth;
		keep_regime(judge, &kept->regime, process->regime);
		keep_name(kept->program, process->program);
		keep_watch(judge, &kept->watch, watch);
		atomic_store(&kept->used, 1);
	}
	process->kept = kept;
	give_up_own(before, process);
}

/* The last thread that was known is gone; others may be there. */
void
journal_forget_process(struct process *process)
{
	if (process->kept == NULL)
		return;
	if (birth_started(process->tgid) != process->start)
		give_up_own(process->kept, process);
	else
		left = true;
	process->kept = NULL;
}

/* --- reading */

static void
recall_file(const struct kept_file *kept, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_dev = (dev_t)kept->dev;
	st->st_ino = (ino_t)kept->ino;
}

static void
recall_name(const char *kept, char *name, size_t size)
{
	char text[NAME];

	memcpy(text, kept, sizeof(text));
	text[sizeof(text) - 1] = '\0';
	(void)strlcpy(name, text, size);
}

/* What cannot be is nothing. NULL without memory. */
static struct regime *
recall_regime(struct judge *judge, const struct kept_regime *kept)
{
	struct filter_set set;
	uint32_t i;

	memset(&set, 0, sizeof(set));
	if (kept->count == 0 || kept->count > FILTER_IMAGES_MAX)
		return lineage_nothing(judge);
	for (i = 0; i < kept->count; i++) {
		if (kept->images[i] >= judge->nimages)
			return lineage_nothing(judge);
		set.images[set.count++] = judge->images[kept->images[i]];
	}
	return judge_regime(judge, &set);
}

/* All of them, or it may nothing. */
static bool
recall_choices(struct judge *judge, const struct kept_kin *kept,
    struct kin *kin)
{
	uint32_t n = atomic_load(&kept->nchoices), i;
	const struct kept_choice *choice;
	const struct policy_rule *rule;

	if (n > CHOICES)
		return false;
	for (i = 0; i < n; i++) {
		choice = &kept->choices[i];
		rule = choice->image < judge->nimages ?
		    policy_rule(judge->images[choice->image], choice->rule) :
		    NULL;
		if (rule == NULL || rule->exclusive == NULL ||
		    choice_add(&kin->choices, judge->images[choice->image],
			rule) == -1)
			return false;
	}
	return true;
}

static int
recall_kin(struct judge *judge, struct kept_kin *kept)
{
	struct birth birth = kept->birth;
	struct regime *regime = recall_regime(judge, &kept->regime);
	char program[NAME];
	struct stat image;
	struct kin *kin;

	recall_file(&kept->image, &image);
	recall_name(kept->program, program, sizeof(program));
	if (regime == NULL)
		return -1;
	kin = kin_enter(&judge->kin, &image, &birth, regime, program);
	if (kin == NULL)
		return -1;
	kin->kept = kept;
	kin->elevated = kept->elevated != 0;
	if (!recall_choices(judge, kept, kin)) {
		kin->regime = lineage_nothing(judge);
		kin->elevated = false;
	}
	return kin->regime == NULL ? -1 : 0;
}

static void
recall_session(struct judge *judge, uint32_t session)
{
	judge->launched = (session & S_LAUNCHED) != 0;
	judge->said_refused = (session & S_SAID_REFUSED) != 0;
	judge->blurred = (session & S_BLURRED) != 0;
	judge->gave = (session & S_GAVE) != 0;
	/* Somebody who was to have less would be taken for another. */
	judge->over = (session & (S_OVER | S_LOST)) != 0;
	judge->released = (session & S_RELEASED) != 0;
	judge->roots_move = (session & S_ROOTS_MOVE) != 0;
	judge->roots_free = (session & S_ROOTS_FREE) != 0;
	judge->creds_changed = (session & S_CREDS_CHANGED) != 0;
	judge->adopters = (session & S_ADOPTERS) != 0;
	judge->filters = atomic_load(&mine->filters);
}

static int
recall_all(struct judge *judge)
{
	uint32_t n = atomic_load(&mine->kins), i;
	struct stat image;

	for (i = 0; i < n; i++) {
		if (atomic_load(&mine->kin[i].used) == 0)
			free_kins++;
		else if (recall_kin(judge, &mine->kin[i]) == -1)
			return -1;
	}
	n = atomic_load(&mine->images);
	for (i = 0; i < n && i < IMAGES; i++) {
		recall_file(&mine->image[i], &image);
		lineage_recall_image(&image);
	}
	sweep();
	return 0;
}

int
journal_open(struct journal *journal, struct judge *judge)
{
	uint32_t session = atomic_load(&journal->session);

	mine = journal;
	if (atomic_load(&mine->kins) > KINS ||
	    atomic_load(&mine->processes) > PROCESSES ||
	    moves_keep(&mine->moves) == -1) {
		errno = EINVAL;
		return -1;
	}
	judge->succeeds = (session & S_BEGUN) != 0;
	if (judge->succeeds) {
		recall_session(judge, session);
		if (recall_all(judge) == -1)
			return -1;
	}
	journal_session(judge);
	return 0;
}

static void
recall_watch(struct judge *judge, const struct kept_watch *kept,
    struct process *process)
{
	struct exec_watch *watch = &process->exec;

	watch->id = kept->id;
	watch->launch = kept->launch;
	watch->any = kept->any;
	watch->is_script = kept->is_script;
	watch->unread = kept->unread;
	watch->birth = process->birth;
	recall_file(&kept->image, &watch->image);
	recall_file(&kept->script, &watch->script);
	recall_name(kept->program, watch->program, sizeof(watch->program));
	/* The words themselves are lost: nobody can compare them. */
	watch->regime = kept->words ? lineage_nothing(judge) :
				      recall_regime(judge, &kept->regime);
	if (kept->digested) {
		memcpy(watch->kept_digest, kept->digest,
		    sizeof(watch->kept_digest));
		watch->digest = watch->kept_digest;
	}
	watch->tid = kept->tid;
}

static struct kept_process *
find_process(const struct process *process)
{
	uint32_t n = atomic_load(&mine->processes), i;
	struct kept_process *kept;

	for (i = 0; i < n; i++) {
		kept = &mine->process[i];
		if (atomic_load(&kept->used) != 0 &&
		    kept->tgid == process->tgid &&
		    kept->start == process->start)
			return kept;
	}
	return NULL;
}

/* Does all of what it is under depend on this, not on its kin? */
static bool
tells_regime(const struct kept_process *kept, const struct process *process)
{
	struct stat image;

	recall_file(&kept->image, &image);
	return kept->watch.tid > 0 ||
	    (!birth_is_known(&kept->birth) &&
		resolve_same(&image, &process->image));
}

bool
journal_recall(struct judge *judge, struct process *process)
{
	const struct kept_process *kept;
	struct kin *kin;

	if (mine == NULL || !(judge->succeeds || left))
		return false;
	process->adopts = process->adopts || judge->adopters;
	process->start = birth_started(process->tgid);
	process->kept = process->start == 0 ? NULL : find_process(process);
	kept = process->kept;
	if (kept == NULL)
		return false;
	process->condemned = kept->condemned;
	process->fallen = !kept->elevated;
	if (!tells_regime(kept, process))
		return false;
	recall_file(&kept->image, &process->image);
	process->birth = kept->birth;
	process->elevated = kept->elevated && !judge->blurred && !judge->over;
	recall_name(kept->program, process->program, sizeof(process->program));
	process->regime = kept->chose ? lineage_nothing(judge) :
					recall_regime(judge, &kept->regime);
	kin = kin_find(&judge->kin, NULL, &process->image, &process->birth);
	process_join(process, kin);
	if (kin != NULL &&
	    choice_add_all(&process->choices, kin->choices) == -1)
		process->regime = NULL;
	if (kept->watch.tid > 0)
		recall_watch(judge, &kept->watch, process);
	if (process->regime == NULL ||
	    (process->exec.tid != 0 && process->exec.regime == NULL))
		process->condemned = true;
	return true;
}

bool
journal_is_launch(struct judge *judge, uint64_t id)
{
	uint32_t n = atomic_load(&mine->processes), i;
	struct kept_process *kept;

	for (i = 0; i < n; i++) {
		kept = &mine->process[i];
		if (atomic_load(&kept->used) == 0 ||
		    kept->tgid != judge->program || kept->watch.tid == 0 ||
		    !kept->watch.launch || kept->watch.id != id)
			continue;
		give_up(kept);
		return true;
	}
	return false;
}
