/* SPDX-License-Identifier: ISC */
/*
 * The aliases fsread and fswrite. Of opens the flags decide: whatever could
 * write, create or truncate is fswrite, so that a rule for fsread never
 * permits more than reading.
 */
#include <fcntl.h>
#include <string.h>

#include "rows.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

static const char *const names[] = {
	[SYS_ALIAS_FSREAD] = "fsread",
	[SYS_ALIAS_FSWRITE] = "fswrite",
};

static enum sys_alias
base_alias(const struct sys_call *base)
{
	return sys_base(base, NULL, false)->alias;
}

enum sys_alias
sys_alias_of(const struct sys_call *base, uint64_t flags)
{
	enum sys_alias alias = base_alias(base);

	if (alias != SYS_ALIAS_BY_FLAGS)
		return alias;
	if ((flags & (O_CREAT | O_TRUNC | TMPFILE_BIT)) != 0)
		return SYS_ALIAS_FSWRITE;
	if ((flags & O_ACCMODE) == O_RDONLY || (flags & O_PATH) != 0)
		return SYS_ALIAS_FSREAD;
	return SYS_ALIAS_FSWRITE;
}

enum sys_alias
sys_alias_of_text(const struct sys_call *base, const char *oflags)
{
	enum sys_alias alias = base_alias(base);

	if (alias != SYS_ALIAS_BY_FLAGS)
		return alias;
	if (oflags == NULL)
		return SYS_ALIAS_FSREAD;
	if (strlen(oflags) < 2 || strpbrk(oflags + 2, "ctm") != NULL)
		return SYS_ALIAS_FSWRITE;
	if (strncmp(oflags, "ro", 2) == 0 || strchr(oflags + 2, 'p') != NULL)
		return SYS_ALIAS_FSREAD;
	return SYS_ALIAS_FSWRITE;
}

const char *
sys_alias_name(enum sys_alias alias)
{
	return alias < NELEMS(names) ? names[alias] : NULL;
}

enum sys_alias
sys_alias_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < NELEMS(names); i++)
		if (names[i] != NULL && strcmp(names[i], name) == 0)
			return (enum sys_alias)i;
	return SYS_ALIAS_NONE;
}

bool
sys_open_flags(const struct sys_call *call, const uint64_t regs[SYS_REGS],
    uint64_t *flags)
{
	const struct sys_arg *arg = sys_arg_by_name(call, "oflags", 0);

	if (arg == NULL)
		return false;
	if (arg->kind == SYS_CREATFLAGS) {
		*flags = O_CREAT | O_WRONLY | O_TRUNC;
		return true;
	}
	if (arg->kind != SYS_OFLAGS)
		return false;
	*flags = (uint32_t)regs[arg->reg];
	return true;
}
