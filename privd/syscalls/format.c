/* SPDX-License-Identifier: ISC */
/*
 * Numbers in registers as policies and logs see them, and the inverse: the
 * one comparison of a register that says the same as `eq` does with a
 * string, for the filter. A register is cut to what the kernel looks at: it
 * must be judged by what the call will do.
 *
 * Both directions come from one table of kinds, and the inverse is checked
 * by formatting what it found: it can be of no use, but never wrong.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define TYPE_FLAGS (SOCK_CLOEXEC | SOCK_NONBLOCK)
#define MAP_TYPE_BITS 0x0f
#define MAP_HUGE_BITS (UINT32_C(0x3f) << 26)
#define MS_MAGIC_BITS UINT64_C(0xffff0000)
#define MS_MAGIC UINT64_C(0xc0ed0000)
#define FIRST_RT 34 /* what libc leaves of the real-time signals */
#define LAST_RT 64
#define TREE_BITS UINT64_C(0x8001)
#define MOVE_BITS UINT64_C(0x300)
/* PROT_SEM has no meaning; mmap(2) looks at what it knows alone. */
#define PROT_BITS (~UINT64_C(0x8))
#if defined(__aarch64__)
#define MAP_PROT_BITS UINT64_C(0x37)
#else
#define MAP_PROT_BITS UINT64_C(0x7)
#endif
#define BITS_32 UINT64_C(0xffffffff)
#define BITS_64 UINT64_MAX

static const struct oflag {
	char letter;
	unsigned int bit;
} oflags[] = {
	{ 'n', O_NONBLOCK },
	{ 'a', O_APPEND },
	{ 'c', O_CREAT },
	{ 't', O_TRUNC },
	{ 'x', O_EXCL },
	{ 'f', O_NOFOLLOW },
	{ 'd', O_DIRECTORY },
	{ 'm', TMPFILE_BIT },
	{ 'p', O_PATH },
};

#define OFLAG_BITS                                                      \
	((unsigned int)(O_ACCMODE | O_NONBLOCK | O_APPEND | O_CREAT |   \
	    O_TRUNC | O_EXCL | O_NOFOLLOW | O_DIRECTORY | TMPFILE_BIT | \
	    O_PATH))

/* How a kind is shown, and read back. */
struct kind {
	uint64_t mask; /* bits that show; 0: see read */
	const struct sys_name *names;
	void (*show)(struct sys_text *, const struct kind *, uint64_t);
	/* Finds a candidate; NULL: no single comparison will do. */
	bool (*read)(const struct kind *, const char *, uint64_t *);
};

/* --- open flags */

void
sys_format_oflags(uint64_t flags, char *buf, size_t size)
{
	static const char *const modes[] = { "ro", "wo", "rw", "--" };
	char text[2 + NELEMS(oflags) + 1];
	size_t i, n;

	/* For every opening: printf(3) would be a tenth of its cost. */
	memcpy(text, modes[flags & O_ACCMODE], 2);
	for (i = 0, n = 2; i < NELEMS(oflags); i++)
		if ((flags & oflags[i].bit) != 0)
			text[n++] = oflags[i].letter;
	text[n] = '\0';
	(void)strlcpy(buf, text, size);
}

static void
show_oflags(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	char buf[16];

	(void)kind;
	sys_format_oflags(value, buf, sizeof(buf));
	sys_text_add(text, "%s", buf);
}

static bool
read_oflags(const struct kind *kind, const char *string, uint64_t *value)
{
	size_t i, j;

	(void)kind;
	*value = O_RDONLY;
	if (strncmp(string, "wo", 2) == 0)
		*value = O_WRONLY;
	else if (strncmp(string, "rw", 2) == 0)
		*value = O_RDWR;
	else if (strncmp(string, "--", 2) == 0)
		*value = O_ACCMODE;
	for (i = 2; i < strlen(string); i++)
		for (j = 0; j < NELEMS(oflags); j++)
			if (string[i] == oflags[j].letter)
				*value |= oflags[j].bit;
	return true;
}

static void
show_creat(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	(void)value;
	show_oflags(text, kind, O_CREAT | O_WRONLY | O_TRUNC);
}

/* Whatever the registers hold. */
static bool
read_creat(const struct kind *kind, const char *string, uint64_t *value)
{
	(void)kind;
	(void)string;
	*value = 0;
	return true;
}

/* --- plain numbers */

static void
show_octal(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	(void)kind;
	sys_text_add(text, "%o", (unsigned int)value);
}

static void
show_hex(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	(void)kind;
	sys_text_add(text, "0x%llx", (unsigned long long)value);
}

static void
show_signed(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	(void)kind;
	sys_text_add(text, "%d", (int)value);
}

/* -1 is "no change" to the calls that take ids. */
static void
show_id(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	(void)kind;
	if ((uint32_t)value == UINT32_MAX)
		sys_text_add(text, "-1");
	else
		sys_text_add(text, "%u", (uint32_t)value);
}

static bool
read_octal(const struct kind *kind, const char *string, uint64_t *value)
{
	(void)kind;
	*value = strtoull(string, NULL, 8);
	return true;
}

static bool
read_hex(const struct kind *kind, const char *string, uint64_t *value)
{
	(void)kind;
	*value = strtoull(string, NULL, 16);
	return true;
}

static bool
read_decimal(const struct kind *kind, const char *string, uint64_t *value)
{
	(void)kind;
	*value = (uint64_t)strtoll(string, NULL, 10);
	return true;
}

/* --- names of users and groups; the same id may get another name */

static void
show_user(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	const struct sys_account *user = sys_account_user((uid_t)value);

	(void)kind;
	sys_text_add(text, "%s", user == NULL ? "<unknown>" : user->name);
}

static void
show_group(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	const struct sys_account *group = sys_account_group((gid_t)value);

	(void)kind;
	sys_text_add(text, "%s", group == NULL ? "<unknown>" : group->name);
}

/* --- names from lists, numbers where there is none */

static bool
show_name(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	const char *name = sys_name_of(kind->names, (uint32_t)value);

	if (name != NULL)
		sys_text_add(text, "%s", name);
	return name != NULL;
}

static void
show_or_number(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	if (!show_name(text, kind, value))
		show_signed(text, kind, value);
}

static void
show_or_hex(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	if (!show_name(text, kind, value))
		show_hex(text, kind, value);
}

static void
show_or_unknown(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	if (!show_name(text, kind, value))
		sys_text_add(text, "<unknown>: %d", (int)value);
}

/* None is a file's. */
static void
show_type(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	show_or_hex(text, kind, value == 0 ? S_IFREG : value);
}

/* As the kernel counts them. */
static void
show_device(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	(void)kind;
	sys_text_add(text, "%u:%u", (unsigned int)(value >> 8 & 0xfff),
	    (unsigned int)((value & 0xff) | (value >> 12 & 0xfff00)));
}

static void
show_signal(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	int sig = (int)value;

	if (sig == FIRST_RT)
		sys_text_add(text, "SIGRTMIN");
	else if (sig > FIRST_RT && sig <= LAST_RT)
		sys_text_add(text, "SIGRTMIN+%d", sig - FIRST_RT);
	else
		show_or_unknown(text, kind, value);
}

static void
show_policy(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	show_or_number(text, kind, value & ~(uint64_t)SCHED_RESET_ON_FORK);
	if ((value & SCHED_RESET_ON_FORK) != 0)
		sys_text_add(text, "|SCHED_RESET_ON_FORK");
}

static bool
read_name(const struct kind *kind, const char *string, size_t len,
    uint64_t *value)
{
	const struct sys_name *found = sys_name_find(kind->names, string, len);

	if (found != NULL)
		*value = found->value;
	return found != NULL;
}

static bool
read_or_number(const struct kind *kind, const char *string, uint64_t *value)
{
	return read_name(kind, string, strlen(string), value) ||
	    read_decimal(kind, string, value);
}

static bool
read_or_hex(const struct kind *kind, const char *string, uint64_t *value)
{
	return read_name(kind, string, strlen(string), value) ||
	    read_hex(kind, string, value);
}

static bool
read_or_unknown(const struct kind *kind, const char *string, uint64_t *value)
{
	static const char prefix[] = "<unknown>: ";

	if (read_name(kind, string, strlen(string), value))
		return true;
	if (strncmp(string, prefix, sizeof(prefix) - 1) != 0)
		return false;
	return read_decimal(kind, string + sizeof(prefix) - 1, value);
}

static bool
read_signal(const struct kind *kind, const char *string, uint64_t *value)
{
	static const char prefix[] = "SIGRTMIN";

	if (strncmp(string, prefix, sizeof(prefix) - 1) != 0)
		return read_or_unknown(kind, string, value);
	(void)read_decimal(kind, string + sizeof(prefix) - 1, value);
	*value += FIRST_RT;
	return true;
}

static bool
read_policy(const struct kind *kind, const char *string, uint64_t *value)
{
	const char *bar = strchr(string, '|');
	size_t len = bar == NULL ? strlen(string) : (size_t)(bar - string);

	if (!read_name(kind, string, len, value))
		(void)read_decimal(kind, string, value);
	*value &= ~(uint64_t)SCHED_RESET_ON_FORK;
	if (bar != NULL)
		*value |= SCHED_RESET_ON_FORK;
	return true;
}

/* --- bits by name */

static void
show_part(struct sys_text *text, const char *name)
{
	sys_text_add(text, "%s%s", text->at == text->start ? "" : "|", name);
}

static uint64_t
show_bits(struct sys_text *text, const struct sys_name *names, uint64_t value)
{
	for (; names->name != NULL; names++) {
		if (names->value == 0 || (value & names->value) != names->value)
			continue;
		show_part(text, names->name);
		value &= ~(uint64_t)names->value;
	}
	return value;
}

/* Some of the bits are a number of its own; 0 is nothing. */
static uint64_t
show_field(struct sys_text *text, const struct sys_name *names, uint64_t value,
    uint32_t bits)
{
	const char *name = sys_name_of(names, (uint32_t)value & bits);

	if (name == NULL)
		return value;
	show_part(text, name);
	return value & ~(uint64_t)bits;
}

static void
show_rest(struct sys_text *text, uint64_t rest, const char *none)
{
	if (rest != 0)
		sys_text_add(text, "%s<unknown:0x%llx>",
		    text->at == text->start ? "" : "|",
		    (unsigned long long)rest);
	else if (text->at == text->start)
		sys_text_add(text, "%s", none);
}

static void
show_prot(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	show_rest(text, show_bits(text, kind->names, value), "PROT_NONE");
}

static void
show_mapflags(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	value = show_field(text, sys_names_map_type, value, MAP_TYPE_BITS);
	value = show_bits(text, kind->names, value);
	value = show_field(text, sys_names_map_huge, value, MAP_HUGE_BITS);
	show_rest(text, value, "0");
}

/* The kernel takes off a magic number of its first years. */
static void
show_mount(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	if ((value & MS_MAGIC_BITS) == MS_MAGIC)
		value &= 0xffff;
	show_rest(text, show_bits(text, kind->names, value), "0");
}

static void
show_flags(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	show_rest(text, show_bits(text, kind->names, value), "0");
}

/* Its number stands above that of the type. */
static void
show_command(struct sys_text *text, const struct kind *kind, uint64_t value)
{
	show_or_hex(text, kind, value >> 8);
}

static bool
read_command(const struct kind *kind, const char *string, uint64_t *value)
{
	if (!read_or_hex(kind, string, value) || *value > BITS_32 >> 8)
		return false;
	*value <<= 8;
	return true;
}

static bool
read_bits(const struct kind *kind, const char *string, uint64_t *value)
{
	static const char unknown[] = "<unknown:";
	const struct kind types = { .names = sys_names_map_type };
	const struct kind huge = { .names = sys_names_map_huge };
	uint64_t bits;
	size_t len;

	*value = 0;
	for (;; string += len + 1) {
		len = strcspn(string, "|");
		bits = 0;
		if (strncmp(string, unknown, sizeof(unknown) - 1) == 0)
			(void)read_hex(kind, string + sizeof(unknown) - 1,
			    &bits);
		else if (!read_name(kind, string, len, &bits) &&
		    !read_name(&types, string, len, &bits))
			(void)read_name(&huge, string, len, &bits);
		*value |= bits;
		if (string[len] == '\0')
			return true;
	}
}

/* SYS_SOCKPROTO and SYS_OPTNAME need a second register: see sys_format(). */
static const struct kind kinds[SYS_MEMORY] = {
	[SYS_OFLAGS] = { OFLAG_BITS, NULL, show_oflags, read_oflags },
	[SYS_MODE] = { 07777, NULL, show_octal, read_octal },
	[SYS_NODETYPE] = { S_IFMT, sys_names_node, show_type, NULL },
	[SYS_DEVICE] = { BITS_32, NULL, show_device, NULL },
	[SYS_UID] = { BITS_32, NULL, show_id, read_decimal },
	[SYS_UNAME] = { BITS_32, NULL, show_user, NULL },
	[SYS_GID] = { BITS_32, NULL, show_id, read_decimal },
	[SYS_GNAME] = { BITS_32, NULL, show_group, NULL },
	[SYS_SOCKDOM] = { BITS_32, sys_names_domain, show_or_number,
	    read_or_number },
	[SYS_SOCKTYPE] = { BITS_32 & ~(uint64_t)TYPE_FLAGS, sys_names_type,
	    show_or_number, read_or_number },
	[SYS_SOCKPROTO] = { BITS_32, NULL, show_or_number, NULL },
	[SYS_LEVEL] = { BITS_32, sys_names_level, show_or_number,
	    read_or_number },
	[SYS_OPTNAME] = { BITS_32, NULL, show_or_number, NULL },
	[SYS_REQUEST] = { BITS_32, sys_names_request, show_or_hex,
	    read_or_hex },
	[SYS_SIGNAME] = { BITS_32, sys_names_signal, show_signal, read_signal },
	[SYS_PROT] = { PROT_BITS, sys_names_prot, show_prot, read_bits },
	[SYS_MAPPROT] = { MAP_PROT_BITS, sys_names_prot, show_prot, read_bits },
	[SYS_MAPFLAGS] = { BITS_32, sys_names_map, show_mapflags, read_bits },
	[SYS_CMD] = { BITS_32, sys_names_cmd, show_or_unknown,
	    read_or_unknown },
	[SYS_FD] = { BITS_32, NULL, show_signed, read_decimal },
	[SYS_RESOURCE] = { BITS_32, sys_names_resource, show_or_number,
	    read_or_number },
	[SYS_OPTION] = { BITS_32, sys_names_prctl, show_or_number,
	    read_or_number },
	[SYS_WHICH] = { BITS_32, sys_names_which, show_or_number,
	    read_or_number },
	[SYS_SCHEDPOLICY] = { BITS_32, sys_names_policy, show_policy,
	    read_policy },
	[SYS_MOUNTFLAGS] = { BITS_64, sys_names_mount, show_mount, NULL },
	[SYS_UMOUNTFLAGS] = { BITS_32, sys_names_umount, show_flags,
	    read_bits },
	[SYS_ATTRFLAGS] = { BITS_32, sys_names_attr, show_flags, read_bits },
	[SYS_MOVEFLAGS] = { MOVE_BITS, sys_names_move, show_flags, read_bits },
	[SYS_TREEFLAGS] = { TREE_BITS, sys_names_tree, show_flags, read_bits },
	[SYS_FSCMD] = { BITS_32, sys_names_fsconfig, show_or_number,
	    read_or_number },
	[SYS_QUOTACMD] = { ~(uint64_t)0xff & BITS_32, sys_names_quota,
	    show_command, read_command },
	[SYS_QUOTATYPE] = { 0xff, sys_names_quota_type, show_or_number,
	    read_or_number },
	[SYS_SYSLOG] = { BITS_32, sys_names_syslog, show_or_number,
	    read_or_number },
	[SYS_REBOOT] = { BITS_32, sys_names_reboot, show_or_hex, read_or_hex },
	[SYS_CREATFLAGS] = { 0, NULL, show_creat, read_creat },
	[SYS_SIGNED] = { BITS_32, NULL, show_signed, read_decimal },
	[SYS_HEX] = { BITS_64, NULL, show_hex, read_hex },
};

/* A packet socket's protocol: 16 bits in network byte order. */
static void
show_protocol(struct sys_text *text, uint32_t domain, uint64_t value)
{
	const struct kind kind = { .names = sys_names_protocol(domain) };

	if (domain == AF_PACKET)
		value = ntohs((uint16_t)value);
	show_or_number(text, &kind, value);
}

static void
show_option(struct sys_text *text, uint32_t level, uint64_t value)
{
	const struct kind kind = { .names = sys_names_option(level) };

	show_or_number(text, &kind, value);
}

static void
show_arg(struct sys_text *text, const struct sys_arg *arg, const uint64_t *regs)
{
	const struct kind *kind = &kinds[arg->kind];
	uint64_t value = regs[arg->reg] & kind->mask;

	if (arg->kind == SYS_SOCKPROTO)
		show_protocol(text, (uint32_t)regs[arg->aux], value);
	else if (arg->kind == SYS_OPTNAME)
		show_option(text, (uint32_t)regs[arg->aux], value);
	else
		kind->show(text, kind, value);
}

/* The mode of an open that makes nothing is whatever the register held. */
static bool
is_absent(const struct sys_arg *arg, const uint64_t *regs)
{
	return (arg->flags & SYS_ARG_CREATING) != 0 &&
	    (regs[arg->flagreg] & (O_CREAT | TMPFILE_BIT)) == 0;
}

int
sys_format(const struct sys_arg *arg, const uint64_t regs[SYS_REGS], char *buf,
    size_t size)
{
	struct sys_text text;

	if (arg->kind >= SYS_MEMORY) {
		errno = EINVAL;
		return -1;
	}
	if (is_absent(arg, regs)) {
		errno = ENOENT;
		return -1;
	}
	sys_text_start(&text, buf, size);
	show_arg(&text, arg, regs);
	return sys_text_end(&text);
}

int
sys_format_value(enum sys_kind kind, uint64_t value, char *buf, size_t size)
{
	const struct sys_arg arg = { .name = "", .kind = (uint8_t)kind };
	const uint64_t regs[SYS_REGS] = { value };

	return sys_format(&arg, regs, buf, size);
}

static bool
shows_as(const struct kind *kind, uint64_t value, const char *string)
{
	char buf[SYS_VALUE_MAX];
	struct sys_text text;

	sys_text_start(&text, buf, sizeof(buf));
	kind->show(&text, kind, value);
	return sys_text_end(&text) == 0 && strcmp(buf, string) == 0;
}

enum sys_cmp_result
sys_compare(const struct sys_arg *arg, const char *string, struct sys_cmp *cmp)
{
	const struct kind *kind;
	uint64_t value;

	if (arg->kind >= SYS_MEMORY || (arg->flags & SYS_ARG_CREATING) != 0)
		return SYS_CMP_UNKNOWN;
	kind = &kinds[arg->kind];
	if (kind->read == NULL)
		return SYS_CMP_UNKNOWN;
	if (!kind->read(kind, string, &value) ||
	    !shows_as(kind, value & kind->mask, string))
		return SYS_CMP_NEVER;
	cmp->mask = kind->mask;
	cmp->value = value & kind->mask;
	cmp->reg = arg->reg;
	return SYS_CMP_EXACT;
}
