/* SPDX-License-Identifier: ISC */
/*
 * Calls of 32-bit programs, in the terms of the rows: what stands in one
 * register there and in two here, ids of 16 bits, offsets that have a sign,
 * and the calls that stand behind one number. Everything else reads the
 * registers of a row alone, whichever ABI it was called by.
 *
 * The kernel's entry takes 32 bits of each register. The rest is zero, unless a
 * program has gone to 64-bit code to make a 32-bit call: then it is what it
 * likes, and a filter is shown it.
 */
#include <linux/blkpg.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/if_tun.h>
#include <linux/perf_event.h>
#include <linux/ppp-ioctl.h>
#include <linux/rtc.h>

#include <errno.h>
#include <string.h>

#include "rows.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define OLD_ID_NONE UINT64_C(0xffff)

/*
 * How each register of the row comes about: 'r' as it is, 'i' an id of 16
 * bits, 's' with its sign, 'q' of two registers, the lower word first.
 */
static const struct layout {
	const char *name;
	const char *how;
} layouts[] = {
	{ "chown", "rii" },
	{ "lchown", "rii" },
	{ "fchown", "rii" },
	{ "setuid", "i" },
	{ "setgid", "i" },
	{ "setfsuid", "i" },
	{ "setfsgid", "i" },
	{ "setreuid", "ii" },
	{ "setregid", "ii" },
	{ "setresuid", "iii" },
	{ "setresgid", "iii" },
	{ "truncate", "rs" },
	{ "ftruncate", "rs" },
	{ "truncate64", "rq" },
	{ "ftruncate64", "rq" },
	{ "fallocate", "rrqq" },
	{ "fanotify_mark", "rrqrr" },
};

/*
 * The same by other numbers: requests that have the size of what they are made
 * with in them. A rule that names one speaks of both.
 */
static const struct alias {
	uint8_t kind;
	uint32_t number;
	uint32_t native;
} aliases[] = {
	{ SYS_REQUEST, 0x400854d5, TUNATTACHFILTER },
	{ SYS_REQUEST, 0x400854d6, TUNDETACHFILTER },
	{ SYS_REQUEST, 0x800854db, TUNGETFILTER },
	{ SYS_REQUEST, 0x400c744d, PPPIOCSCOMPRESS },
	{ SYS_REQUEST, 0x40087447, PPPIOCSPASS },
	{ SYS_REQUEST, 0x40087446, PPPIOCSACTIVE },
	{ SYS_REQUEST, 0x8008743f, PPPIOCGIDLE },
	{ SYS_REQUEST, 0x80046601, FS_IOC_GETFLAGS },
	{ SYS_REQUEST, 0x40046602, FS_IOC_SETFLAGS },
	{ SYS_REQUEST, 0x80047601, FS_IOC_GETVERSION },
	{ SYS_REQUEST, 0x40047602, FS_IOC_SETVERSION },
	{ SYS_REQUEST, 0x80041270, BLKBSZGET },
	{ SYS_REQUEST, 0x40041271, BLKBSZSET },
	{ SYS_REQUEST, 0x80041272, BLKGETSIZE64 },
	{ SYS_REQUEST, 0x8004700b, RTC_IRQP_READ },
	{ SYS_REQUEST, 0x4004700c, RTC_IRQP_SET },
	{ SYS_REQUEST, 0x8004700d, RTC_EPOCH_READ },
	{ SYS_REQUEST, 0x4004700e, RTC_EPOCH_SET },
	{ SYS_REQUEST, 0x801c7011, RTC_PLL_GET },
	{ SYS_REQUEST, 0x401c7012, RTC_PLL_SET },
	{ SYS_REQUEST, 0x40042406, PERF_EVENT_IOC_SET_FILTER },
	{ SYS_REQUEST, 0x80042407, PERF_EVENT_IOC_ID },
	{ SYS_REQUEST, 0xc004240a, PERF_EVENT_IOC_QUERY_BPF },
	{ SYS_REQUEST, 0x4004240b, PERF_EVENT_IOC_MODIFY_ATTRIBUTES },
};

/* By how many arguments each is followed in memory. */
static const struct behind {
	const char *name;
	uint32_t number;
	uint8_t nargs;
} behind_socketcall[] = {
	{ "socket", 1, 3 },
	{ "bind", 2, 3 },
	{ "connect", 3, 3 },
	{ "listen", 4, 2 },
	{ "accept", 5, 3 },
	{ "getsockname", 6, 3 },
	{ "getpeername", 7, 3 },
	{ "socketpair", 8, 4 },
	{ "sendto", 9, 4 }, /* send: without address */
	{ "recvfrom", 10, 4 },
	{ "sendto", 11, 6 },
	{ "recvfrom", 12, 6 },
	{ "shutdown", 13, 2 },
	{ "setsockopt", 14, 5 },
	{ "getsockopt", 15, 5 },
	{ "sendmsg", 16, 3 },
	{ "recvmsg", 17, 3 },
	{ "accept4", 18, 4 },
	{ "recvmmsg", 19, 5 },
	{ "sendmmsg", 20, 4 },
};

/* In registers, but for some; no rule looks at any. */
static const struct behind behind_ipc[] = {
	{ "semop", 1, 0 },
	{ "semget", 2, 0 },
	{ "semctl", 3, 0 },
	{ "semtimedop", 4, 0 },
	{ "msgsnd", 11, 0 },
	{ "msgrcv", 12, 0 },
	{ "msgget", 13, 0 },
	{ "msgctl", 14, 0 },
	{ "shmat", 21, 0 },
	{ "shmdt", 22, 0 },
	{ "shmget", 23, 0 },
	{ "shmctl", 24, 0 },
};

/* The first of its calls took a structure, as i386 had but five registers. */
static const struct behind behind_mmap[] = { { "mmap", 0, 6 } };

static const struct multiplexer {
	const char *name;
	const struct behind *behind;
	size_t count;
	uint32_t mask; /* of the first register: which it is */
	int error;     /* of any other */
	uint8_t arguments;
} multiplexers[] = {
	{ "socketcall", behind_socketcall, NELEMS(behind_socketcall),
	    UINT32_MAX, EINVAL, 1 },
	{ "ipc", behind_ipc, NELEMS(behind_ipc), UINT16_MAX, ENOSYS, 1 },
	{ "mmap", behind_mmap, NELEMS(behind_mmap), 0, ENOSYS, 0 },
};

static const struct multiplexer *
find_multiplexer(const struct sys_call *call)
{
	size_t i;

	for (i = 0; i < NELEMS(multiplexers); i++)
		if (strcmp(multiplexers[i].name, call->name) == 0)
			return &multiplexers[i];
	return NULL;
}

bool
sys_i386_is_many(const struct sys_call *call, uint32_t *mask, int *error)
{
	const struct multiplexer *m = find_multiplexer(call);

	if (m == NULL)
		return false;
	*mask = m->mask;
	*error = m->error;
	return true;
}

bool
sys_i386_behind(const struct sys_call *call, size_t nth,
    struct sys_behind *behind)
{
	const struct multiplexer *m = find_multiplexer(call);

	if (m == NULL || nth >= m->count)
		return false;
	behind->number = m->behind[nth].number;
	behind->nargs = m->behind[nth].nargs;
	behind->row = sys_by_name(m->behind[nth].name);
	behind->arguments = m->arguments;
	return behind->row != NULL;
}

bool
sys_i386_called(const struct sys_call *call, const uint64_t regs[SYS_REGS],
    struct sys_behind *behind)
{
	uint32_t mask;
	size_t i;
	int error;

	if (!sys_i386_is_many(call, &mask, &error))
		return false;
	for (i = 0; sys_i386_behind(call, i, behind); i++)
		if (((uint32_t)regs[0] & mask) == behind->number)
			return true;
	return false;
}

static const char *
find_layout(const struct sys_call *call)
{
	size_t i;

	for (i = 0; i < NELEMS(layouts); i++)
		if (strcmp(layouts[i].name, call->name) == 0)
			return layouts[i].how;
	return NULL;
}

bool
sys_i386_differs(const struct sys_call *call)
{
	return find_layout(call) != NULL;
}

static uint64_t
widen(char how, const uint64_t *from)
{
	switch (how) {
	case 'i':
		return (*from & OLD_ID_NONE) == OLD_ID_NONE ?
		    UINT32_MAX :
		    *from & OLD_ID_NONE;
	case 's':
		return (uint64_t)(int64_t)(int32_t)*from;
	case 'q':
		return (from[0] & UINT32_MAX) | from[1] << 32;
	default:
		return *from;
	}
}

bool
sys_i386_alias(const struct sys_arg *arg, uint64_t value, size_t nth,
    uint32_t *number)
{
	size_t i;

	for (i = 0; i < NELEMS(aliases); i++) {
		if (aliases[i].kind != arg->kind ||
		    aliases[i].native != value || nth-- != 0)
			continue;
		*number = aliases[i].number;
		return true;
	}
	return false;
}

bool
sys_i386_is_alias(const struct sys_arg *arg, uint64_t value, uint32_t *native)
{
	size_t i;

	for (i = 0; i < NELEMS(aliases); i++) {
		if (aliases[i].kind != arg->kind ||
		    aliases[i].number != (uint32_t)value)
			continue;
		*native = aliases[i].native;
		return true;
	}
	return false;
}

/* What rules know by another number. */
static void
take_aliases(const struct sys_call *call, uint64_t regs[SYS_REGS])
{
	const struct sys_arg *arg;
	uint32_t native;

	for (arg = call->args; arg->name != NULL; arg++)
		if (sys_i386_is_alias(arg, regs[arg->reg], &native))
			regs[arg->reg] = native;
}

void
sys_i386_registers(const struct sys_call *call, const uint64_t raw[SYS_REGS],
    uint64_t regs[SYS_REGS])
{
	const char *how = find_layout(call);
	uint64_t from[SYS_REGS];
	size_t i, at = 0;

	for (i = 0; i < SYS_REGS; i++)
		from[i] = raw[i] & UINT32_MAX;
	for (i = 0; i < SYS_REGS; i++)
		regs[i] = how == NULL ? from[i] : 0;
	for (i = 0; how != NULL && how[i] != '\0'; i++) {
		regs[i] = widen(how[i], &from[at]);
		at += how[i] == 'q' ? 2 : 1;
	}
	take_aliases(call, regs);
}
