/* SPDX-License-Identifier: ISC */
/*
 * Finding calls: by index, name and number. The numbers of each machine come
 * from libseccomp, and from a short list where it lags behind the kernel; they
 * are resolved once, at the first question, which must come before the first
 * thread. Numbers of x32 (bit 30) are in no table and so are never found.
 */
#include <sys/types.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <seccomp.h>

#include "rows.h"

#define ROWS_MAX 640
#define NAMES_MAX 1024 /* a power of two, more than rows */
#define NUMBERS_MAX 512

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

/* What libseccomp 2.5 does not know; from 403 on all machines agree. */
static const struct late {
	const char *name;
	int number;
	bool x86_64_only;
} late[] = {
	{ "uretprobe", 335, true },
	{ "uprobe", 336, true },
	{ "cachestat", 451, false },
	{ "fchmodat2", 452, false },
	{ "map_shadow_stack", 453, false },
	{ "futex_wake", 454, false },
	{ "futex_wait", 455, false },
	{ "futex_requeue", 456, false },
	{ "statmount", 457, false },
	{ "listmount", 458, false },
	{ "lsm_get_self_attr", 459, false },
	{ "lsm_set_self_attr", 460, false },
	{ "lsm_list_modules", 461, false },
	{ "mseal", 462, false },
	{ "setxattrat", 463, false },
	{ "getxattrat", 464, false },
	{ "listxattrat", 465, false },
	{ "removexattrat", 466, false },
	{ "open_tree_attr", 467, false },
	{ "file_getattr", 468, false },
	{ "file_setattr", 469, false },
};

static const struct sys_table *const tables[] = {
	&sys_table_files,
	&sys_table_other,
	&sys_table_i386,
};

static const uint32_t arches[SYS_MACHINES] = {
	[SYS_X86_64] = SCMP_ARCH_X86_64,
	[SYS_AARCH64] = SCMP_ARCH_AARCH64,
	[SYS_I386] = SCMP_ARCH_X86,
};

/* Written by sys_rows_init(), sort_rows() and resolve_numbers() alone. */
static const struct sys_call *named[NAMES_MAX]; /* by what their names say */
static const struct sys_call *sorted[ROWS_MAX];
static const struct sys_call *bases[ROWS_MAX][SYS_FOLDS_MAX];
static struct machine {
	bool ready;
	int end;
	int16_t numbers[ROWS_MAX];
	const struct sys_call *calls[NUMBERS_MAX];
} machines[SYS_MACHINES];

size_t
sys_count(void)
{
	size_t i, n = 0;

	for (i = 0; i < NELEMS(tables); i++)
		n += tables[i]->count;
	return n;
}

const struct sys_call *
sys_row(size_t index)
{
	size_t i;

	for (i = 0; i < NELEMS(tables); i++) {
		if (index < tables[i]->count)
			return &tables[i]->rows[index];
		index -= tables[i]->count;
	}
	return NULL;
}

static bool
table_holds(const struct sys_table *table, const struct sys_call *call)
{
	uintptr_t p = (uintptr_t)call;

	return p >= (uintptr_t)table->rows &&
	    p < (uintptr_t)(table->rows + table->count);
}

size_t
sys_index(const struct sys_call *call)
{
	size_t i, before = 0;

	for (i = 0; i < NELEMS(tables); i++) {
		if (table_holds(tables[i], call))
			return before + (size_t)(call - tables[i]->rows);
		before += tables[i]->count;
	}
	/* Not a row: a fault of ours, and no index would be right. */
	abort();
}

/* Where the row of that name is, or would be. */
static const struct sys_call **
place_of(const char *name)
{
	size_t hash = 0, i;

	for (i = 0; name[i] != '\0'; i++)
		hash = 31 * hash + (unsigned char)name[i];
	for (i = hash & (NAMES_MAX - 1); named[i] != NULL;
	     i = (i + 1) & (NAMES_MAX - 1))
		if (strcmp(named[i]->name, name) == 0)
			break;
	return &named[i];
}

static const struct sys_call *
find_row(const char *name)
{
	sys_rows_init();
	return *place_of(name);
}

/* A fold into a call that the table has not got is a fault of ours. */
static void
resolve_folds(const struct sys_call *call, const struct sys_call **into)
{
	size_t i;

	for (i = 0; i < SYS_FOLDS_MAX && call->folds[i].base != NULL; i++) {
		into[i] = find_row(call->folds[i].base);
		if (into[i] == NULL)
			abort();
	}
}

void
sys_rows_init(void)
{
	static bool ready;
	size_t i, n = sys_count();

	if (ready)
		return;
	if (n > ROWS_MAX)
		abort();
	for (i = 0; i < n; i++)
		*place_of(sys_row(i)->name) = sys_row(i);
	ready = true;
	for (i = 0; i < n; i++)
		resolve_folds(sys_row(i), bases[i]);
}

static int
by_name(const void *a, const void *b)
{
	const struct sys_call *const *one = a, *const *two = b;

	return strcmp((*one)->name, (*two)->name);
}

static void
sort_rows(void)
{
	size_t i, n = sys_count();

	if (sorted[0] != NULL || n > ROWS_MAX)
		return;
	for (i = 0; i < n; i++)
		sorted[i] = sys_row(i);
	qsort(sorted, n, sizeof(sorted[0]), by_name);
}

const struct sys_call *
sys_row_sorted(size_t n)
{
	sort_rows();
	return n < sys_count() ? sorted[n] : NULL;
}

const struct sys_call *
sys_by_name(const char *name)
{
	const struct sys_call *call = find_row(name);
	const char *const *linux_names;

	if (call != NULL && table_holds(&sys_table_i386, call) &&
	    sys_bsd(name, &linux_names))
		return NULL;
	return call;
}

static void
set_number(struct machine *m, const struct sys_call *call, int number)
{
	if (call == NULL || number < 0 || number >= NUMBERS_MAX ||
	    m->calls[number] != NULL)
		return;
	m->calls[number] = call;
	m->numbers[sys_index(call)] = (int16_t)number;
	if (number >= m->end)
		m->end = number + 1;
}

/* For names that an ABI has not got libseccomp gives numbers of its own making,
   all of them negative. */
static void
resolve_by_name(struct machine *m, uint32_t arch)
{
	const struct sys_call *call;
	size_t i, n = sys_count();

	for (i = 0; i < n; i++) {
		call = sys_row(i);
		set_number(m, call,
		    seccomp_syscall_resolve_name_arch(arch, call->name));
	}
}

/* It looks through all of its names for each number: this takes longer. */
static void
resolve_by_number(struct machine *m, uint32_t arch)
{
	char *name;
	int n;

	for (n = 0; n < NUMBERS_MAX; n++) {
		name = seccomp_syscall_resolve_num_arch(arch, n);
		if (name != NULL)
			set_number(m, find_row(name), n);
		free(name);
	}
}

/* Of i386's socket calls it gives numbers of its own making even where they
   have others. */
static void
resolve_numbers(enum sys_machine machine)
{
	struct machine *m = &machines[machine];
	size_t i;

	for (i = 0; i < NELEMS(m->numbers); i++)
		m->numbers[i] = -1;
	if (machine == SYS_I386)
		resolve_by_number(m, arches[machine]);
	else
		resolve_by_name(m, arches[machine]);
	for (i = 0; i < NELEMS(late); i++)
		if (!late[i].x86_64_only || machine == SYS_X86_64)
			set_number(m, find_row(late[i].name), late[i].number);
	m->ready = true;
}

static const struct machine *
get_machine(enum sys_machine machine)
{
	if (!machines[machine].ready)
		resolve_numbers(machine);
	return &machines[machine];
}

const struct sys_call *
sys_by_number(enum sys_machine machine, int number)
{
	if (number < 0 || number >= NUMBERS_MAX)
		return NULL;
	return get_machine(machine)->calls[number];
}

int
sys_number(const struct sys_call *call, enum sys_machine machine)
{
	return get_machine(machine)->numbers[sys_index(call)];
}

void
sys_learn_numbers(void)
{
	sys_rows_init();
	(void)get_machine(SYS_NATIVE);
	(void)get_machine(SYS_I386);
}

int
sys_number_end(enum sys_machine machine)
{
	return get_machine(machine)->end;
}

static bool
fold_holds(const struct sys_fold *fold, const uint64_t *regs, bool emptypath)
{
	if (fold->mask == 0)
		return !fold->unseen || emptypath;
	if (regs == NULL || (fold->unseen && !emptypath))
		return false;
	return (regs[fold->reg] & fold->mask) == fold->value;
}

const struct sys_call *
sys_base(const struct sys_call *call, const uint64_t regs[SYS_REGS],
    bool emptypath)
{
	size_t i;

	sys_rows_init();
	for (i = 0; i < SYS_FOLDS_MAX && call->folds[i].base != NULL; i++)
		if (fold_holds(&call->folds[i], regs, emptypath))
			return bases[sys_index(call)][i];
	return call;
}

size_t
sys_bases(const struct sys_call *call,
    const struct sys_call *into[SYS_FOLDS_MAX])
{
	size_t n;

	sys_rows_init();
	for (n = 0; n < SYS_FOLDS_MAX && call->folds[n].base != NULL; n++)
		into[n] = bases[sys_index(call)][n];
	if (n == 0)
		into[n++] = call;
	return n;
}

/* Asked for each test of each rule: mostly the first letter says no. */
static bool
is_name(const char *a, const char *b)
{
	return ((a[0] ^ b[0]) & ~('a' ^ 'A')) == 0 && strcasecmp(a, b) == 0;
}

const struct sys_arg *
sys_arg_by_name(const struct sys_call *call, const char *name, unsigned int nth)
{
	size_t i;

	for (i = 0; i < SYS_ARGS_MAX && call->args[i].name != NULL; i++)
		if (is_name(call->args[i].name, name) && nth-- == 0)
			return &call->args[i];
	return NULL;
}
