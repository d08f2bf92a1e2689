/* SPDX-License-Identifier: ISC */
/*
 * Calls of 32-bit programs: from their numbers and registers to rows, and
 * those behind one number whose arguments are in memory. Such arguments are
 * copied once, and the call is what the copy says: the kernel, which would
 * read them again, goes on with it only where no rule looks at them, and no
 * refusal beside the rules.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "../perform/perform.h"
#include "call.h"
#include "judge.h"
#include "record.h"

#define RULES_MAX 256 /* of one call; more are taken for any */
#define LARGEFILE 0100000
#define SIZE_MAX_32 INT32_MAX

/* One of several behind a number, by its first register. 0 or errno. */
static int
find_behind(struct call *call, const uint64_t *raw)
{
	uint32_t mask;
	int error;

	if (!sys_i386_is_many(call->row, &mask, &error))
		return 0;
	if (!sys_i386_called(call->row, raw, &call->behind))
		return error;
	call->row = call->behind.row;
	if (call->behind.nargs > 0)
		call->arguments = raw[call->behind.arguments];
	call->is_behind = call->behind.nargs > 0;
	return 0;
}

int
call_take_number(struct call *call, const struct seccomp_data *data)
{
	uint64_t mask;
	size_t i;
	int error;

	call->is_behind = false;
	call->machine = SYS_HAS_I386 && data->arch == AUDIT_ARCH_I386 ?
	    SYS_I386 :
	    SYS_NATIVE;
	/* The call has no more of them, whatever we are shown. */
	mask = sys_register_mask(call->machine);
	for (i = 0; i < SYS_REGS; i++)
		call->raw[i] = call->regs[i] = data->args[i] & mask;
	call->row = sys_by_number(call->machine, data->nr);
	if (call->row == NULL)
		return ENOSYS;
	if (call->machine == SYS_NATIVE)
		return 0;
	error = find_behind(call, call->raw);
	if (error == 0)
		sys_i386_registers(call->row, call->raw, call->regs);
	return error;
}

int
call_copy_arguments(struct judge *judge, struct call *call)
{
	uint32_t words[SYS_REGS] = { 0 };
	size_t i;
	int error;

	if (!call->is_behind)
		return 0;
	error = call_copy(judge, call, call->arguments, words,
	    call->behind.nargs * sizeof(words[0]));
	for (i = 0; i < SYS_REGS; i++)
		call->raw[i] = words[i];
	sys_i386_registers(call->row, call->raw, call->regs);
	return error;
}

/* Is nothing behind this rule ever tried? */
static bool
always_matches(const struct policy_rule *rule)
{
	return rule->pred == NULL && rule->limit == POLICY_UNLIMITED &&
	    rule->exclusive == NULL;
}

/* Does it look at no argument, down to the rule that is always the last? */
static bool
is_by_number(const struct judge *judge, const struct policy_image *image,
    const struct sys_call *call, const struct sys_call *base)
{
	const struct policy_rule *rules[RULES_MAX];
	size_t i, n;

	n = policy_candidates(image, call, base, SYS_ALIAS_NONE,
	    judge->plan->options.no_alias, rules, RULES_MAX);
	for (i = 0; i < n; i++) {
		if (rules[i]->expr->op != POLICY_TRUE)
			return false;
		if (always_matches(rules[i]))
			return true;
	}
	return n < RULES_MAX;
}

bool
call_is_by_number(const struct judge *judge, const struct call *call)
{
	const struct filter_set *set = &call->regime->set;
	size_t i;

	if (filter_looks(&judge->plan->filtered, call->row))
		return false;
	for (i = 0; i < set->count; i++)
		if (!is_by_number(judge, set->images[i], call->row, call->base))
			return false;
	return true;
}

static void
make_socket(struct judge *judge, struct call *call)
{
	int type = (int)call->regs[1], fd;

	call_begin(call);
	fd = perform_socket((int)call->regs[0], type, (int)call->regs[2], NULL,
	    0, NULL);
	if (fd == -1)
		call_refuse(judge, call, errno);
	else
		call_give(judge, call, fd, (type & SOCK_CLOEXEC) != 0, NULL);
}

static void
do_option(struct judge *judge, struct call *call)
{
	int error;

	error = call_take_late(judge, call);
	if (error != 0) {
		call_refuse(judge, call, error);
		return;
	}
	call_begin(call);
	error = perform_call(&call->ask, &call->result) == -1 ? errno : 0;
	call_deliver(judge, call, &call->result, error);
}

static void
refuse_note(struct judge *judge, struct call *call)
{
	record_note(judge,
	    "pid %d (%s): %s by the number of several calls has its arguments "
	    "in memory, and cannot be performed for it: a rule that looks at "
	    "them refuses it",
	    call->process->tgid, call->process->program, call->row->name);
	call_refuse(judge, call, EPERM);
}

void
call_perform_behind(struct judge *judge, struct call *call)
{
	bool option = call->row->op == SYS_OP_SETSOCKOPT ||
	    call->row->op == SYS_OP_GETSOCKOPT;

	if (!call_is_ours(judge, call) || !call_is_in_place(judge, call))
		call_refuse(judge, call, EPERM);
	else if (call->row->op == SYS_OP_SOCKET)
		make_socket(judge, call);
	else if (option && sys_performable(call->row, call->regs))
		do_option(judge, call);
	else
		refuse_note(judge, call);
}

bool
call_is_left(const struct call *call)
{
	return call->machine == SYS_I386 && call->row->op == SYS_OP_QUOTA;
}

/* By open and openat alone: the kernel adds the flag to all others. */
bool
call_is_too_large(const struct call *call, const struct stat *st)
{
	return call->machine == SYS_I386 && call->row->op == SYS_OP_OPEN &&
	    sys_form_register(call->row, SYS_FORM_OPEN_FLAGS) != -1 &&
	    (call->how.flags & (LARGEFILE | O_PATH)) == 0 &&
	    S_ISREG(st->st_mode) && st->st_size > SIZE_MAX_32;
}

bool
call_opened_too_large(const struct call *call, int fd)
{
	struct stat st;

	return call->machine == SYS_I386 && fstat(fd, &st) == 0 &&
	    call_is_too_large(call, &st);
}
