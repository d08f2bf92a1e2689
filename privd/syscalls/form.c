/* SPDX-License-Identifier: ISC */
/*
 * Forms of calls: from registers to numbers with a meaning. Judge and hand
 * both go through here, so that what is performed is what was judged; nothing
 * is read but the registers.
 */
#include <stdio.h>
#include <string.h>

#include "syscalls.h"

int
sys_form_register(const struct sys_call *call, char letter)
{
	const char *at;

	if (call->form == NULL)
		return -1;
	at = strchr(call->form, letter);
	return at == NULL ? -1 : (int)(at - call->form);
}

bool
sys_takes_fd(const struct sys_call *call)
{
	return call->disposal == SYS_PERFORMED && call->op != SYS_OP_STAT &&
	    call->op != SYS_OP_STATFS &&
	    sys_form_register(call, SYS_FORM_FD) != -1;
}

bool
sys_acts_on_fd(const struct sys_call *call)
{
	const struct sys_arg *arg;

	if (!sys_takes_fd(call))
		return false;
	for (arg = call->args; arg->name != NULL; arg++)
		if (arg->kind == SYS_FDPATH)
			return true;
	return false;
}

bool
sys_exchanges(const struct sys_call *call, const uint64_t regs[SYS_REGS])
{
	struct sys_numbers numbers;

	if (call->op != SYS_OP_RENAME)
		return false;
	sys_numbers(call, regs, &numbers);
	return (numbers.flags & RENAME_EXCHANGE) != 0;
}

/* How many of those were taken of which there may be several. */
struct taken {
	int lengths;
	int plain;
};

static void
take(struct sys_numbers *numbers, char letter, uint64_t value,
    struct taken *taken)
{
	switch (letter) {
	case SYS_FORM_OPEN_FLAGS:
	case SYS_FORM_FLAGS:
		numbers->flags = value & UINT32_MAX;
		break;
	case SYS_FORM_MASK:
		numbers->mask = value;
		break;
	case SYS_FORM_MODE:
		numbers->mode = (uint32_t)value;
		break;
	case SYS_FORM_UID:
		numbers->uid = (uint32_t)value;
		break;
	case SYS_FORM_GID:
		numbers->gid = (uint32_t)value;
		break;
	case SYS_FORM_DEVICE:
		numbers->device = value;
		break;
	case SYS_FORM_LENGTH:
		if (taken->lengths < 2)
			numbers->length[taken->lengths++] = (int64_t)value;
		break;
	case SYS_FORM_SIGNAL:
		numbers->signal = (int32_t)value;
		break;
	case SYS_FORM_PLAIN:
	case SYS_FORM_ARGUMENT:
		if (taken->plain < SYS_PLAIN_MAX)
			numbers->plain[taken->plain++] = value;
		break;
	case SYS_FORM_SIZE:
		numbers->size = value;
		break;
	default: /* an address, or a descriptor */
		break;
	}
}

void
sys_numbers(const struct sys_call *call, const uint64_t regs[SYS_REGS],
    struct sys_numbers *numbers)
{
	const char *letter = call->form;
	struct taken taken = { 0, 0 };
	size_t i;

	memset(numbers, 0, sizeof(*numbers));
	if (letter == NULL)
		return;
	for (i = 0; i < SYS_REGS && letter[i] != '\0'; i++)
		take(numbers, letter[i], regs[i], &taken);
}

bool
sys_performable(const struct sys_call *call, const uint64_t regs[SYS_REGS])
{
	struct sys_numbers numbers;
	uint32_t first, second;

	sys_numbers(call, regs, &numbers);
	first = (uint32_t)numbers.plain[0];
	second = (uint32_t)numbers.plain[1];
	switch (call->op) {
	case SYS_OP_IOCTL:
		return sys_request(first) != NULL;
	case SYS_OP_SETSOCKOPT:
		return sys_option(first, second, true) != SYS_OPTION_NONE;
	case SYS_OP_GETSOCKOPT:
		return sys_option(first, second, false) != SYS_OPTION_NONE;
	default:
		return true;
	}
}
