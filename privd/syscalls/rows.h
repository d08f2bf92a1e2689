/* SPDX-License-Identifier: ISC */
/*
 * How the rows of the tables of calls are written; private to this folder.
 * A row says what the kernel does with the registers, as the 64-bit ABIs
 * pass them. No row holds a number: libseccomp knows those.
 */
#ifndef PRIVD_SYSCALLS_ROWS_H
#define PRIVD_SYSCALLS_ROWS_H

#include <linux/capability.h>

#include <fcntl.h>

#include "syscalls.h"

/* O_TMPFILE without the O_DIRECTORY that must come with it. */
#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

/* Arguments. The `r` is always the register. */
#define ARG(n, k, r)             \
	{                        \
		n, k, r, 0, 0, 0 \
	}
#define ARG2(n, k, r, a)         \
	{                        \
		n, k, r, a, 0, 0 \
	}
#define PATH(r)                                        \
	{                                              \
		"filename", SYS_PATH, r, SYS_CWD, 0, 0 \
	}
#define PATHF(r, f)                                    \
	{                                              \
		"filename", SYS_PATH, r, SYS_CWD, f, 0 \
	}
#define PATHAT(d, r)                             \
	{                                        \
		"filename", SYS_PATH, r, d, 0, 0 \
	}
#define PATHATF(d, r, f)                         \
	{                                        \
		"filename", SYS_PATH, r, d, f, 0 \
	}
/* AT_* flags stand in register fr. */
#define PATHATX(d, r, fr, f)                                          \
	{                                                             \
		"filename", SYS_PATH, r, d, SYS_ARG_ATFLAGS | (f), fr \
	}
#define FDPATH(r) ARG("fd", SYS_FD, r), ARG("filename", SYS_FDPATH, r)
#define OFLAGS(r) ARG("oflags", SYS_OFLAGS, r)
#define MODE(r) ARG("mode", SYS_MODE, r)
/* What is made beside files and folders: the mode has the type. */
#define NODE(r) \
	MODE(r), ARG("type", SYS_NODETYPE, r), ARG("dev", SYS_DEVICE, r + 1)
/* The mode of an open: there if the flags in register fr create. */
#define CREATMODE(r, fr)                                     \
	{                                                    \
		"mode", SYS_MODE, r, 0, SYS_ARG_CREATING, fr \
	}
#define USER(r) ARG("uid", SYS_UID, r), ARG("uname", SYS_UNAME, r)
#define GROUP(r) ARG("gid", SYS_GID, r), ARG("gname", SYS_GNAME, r)
#define NUM(n, r) ARG(n, SYS_SIGNED, r)
#define SOCKADDR(r, l, f)                            \
	{                                            \
		"sockaddr", SYS_SOCKADDR, r, l, f, 0 \
	}
#define NOFOLLOW SYS_ARG_NOFOLLOW
#define PARENT SYS_ARG_PARENT
#define OPTIONAL SYS_ARG_OPTIONAL
#define EMPTY SYS_ARG_EMPTY
#define NULLABLE SYS_ARG_NULL

/* Folds: always, if a bit of a register is set, and that on a descriptor. */
#define INTO(b)                   \
	{                         \
		b, 0, 0, 0, false \
	}
#define INTO_IF(b, r, bit)            \
	{                             \
		b, bit, bit, r, false \
	}
#define INTO_FD(b, r)                                    \
	{                                                \
		b, AT_EMPTY_PATH, AT_EMPTY_PATH, r, true \
	}

/* Capabilities. */
#define CAP(n) (UINT64_C(1) << CAP_##n)
#define DAC (CAP(DAC_OVERRIDE) | CAP(DAC_READ_SEARCH))

/* Whole rows: a call that is judged by numbers or not at all, a variant. */
#define CALL(n)           \
	{                 \
		.name = n \
	}
#define CALLF(n, f)                   \
	{                             \
		.name = n, .flags = f \
	}
#define CALLR(n, r)                    \
	{                              \
		.name = n, .rights = r \
	}
#define VARIANT(n, b)                           \
	{                                       \
		.name = n, .folds = { INTO(b) } \
	}
#define VARIANTF(n, b, f)                                   \
	{                                                   \
		.name = n, .folds = { INTO(b) }, .flags = f \
	}
#define VARIANTR(n, b, r)                                    \
	{                                                    \
		.name = n, .folds = { INTO(b) }, .rights = r \
	}
/* w: why */
#define REFUSED(n, w)                                           \
	{                                                       \
		.name = n, .disposal = SYS_REFUSED, .reason = w \
	}
#define WHOLE(n, w)                                           \
	{                                                     \
		.name = n, .disposal = SYS_WHOLE, .reason = w \
	}
/* Of calls that act on files. */
/* Performed on what its path or descriptor is; r: rights beside DAC. */
#define DOING(o, r)                                              \
	.rights = DAC | (r), .disposal = SYS_PERFORMED, .op = o, \
	.flags = SYS_ELEVATES
#define READING(o) DOING(o, 0), .alias = SYS_ALIAS_FSREAD
#define WRITING(o) DOING(o, CAP(FOWNER)), .alias = SYS_ALIAS_FSWRITE
#define LABELLING(o) DOING(o, CAP(FOWNER) | CAP(SYS_ADMIN))
/* As the caller alone. */
#define WATCHING(o, r) .rights = r, .disposal = SYS_PERFORMED, .op = o
#define LINK_OR_FD (AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)
#define STAT_KNOWN (LINK_OR_FD | AT_NO_AUTOMOUNT | AT_STATX_SYNC_TYPE)
#define NEVER_WAS "Linux never had it"
#define NO_MORE "Linux has it no more"

struct sys_table {
	const struct sys_call *rows;
	size_t count;
};

extern const struct sys_table sys_table_files;
extern const struct sys_table sys_table_other;
extern const struct sys_table sys_table_i386;

/* From here on the rows are found by name. */
void sys_rows_init(void);
/* The nth row of those sorted by name. */
const struct sys_call *sys_row_sorted(size_t n);
/* The nth BSD name, NULL after the last. */
const char *sys_bsd_name(size_t n);

/* A name and its value, of a list. */
struct sys_name {
	const char *name;
	uint32_t value;
};

/* Text that is put together in a buffer; what does not fit is remembered. */
struct sys_text {
	char *start;
	char *at;
	char *end;
	bool full;
};

void sys_text_start(struct sys_text *, char *, size_t);
void sys_text_add(struct sys_text *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
/* 0, or -1 with ENAMETOOLONG and the empty string. */
int sys_text_end(const struct sys_text *);

/* They end at name NULL. */
extern const struct sys_name sys_names_domain[];
extern const struct sys_name sys_names_type[];
extern const struct sys_name sys_names_level[];
extern const struct sys_name sys_names_request[];
extern const struct sys_name sys_names_cmd[];
extern const struct sys_name sys_names_resource[];
extern const struct sys_name sys_names_prctl[];
extern const struct sys_name sys_names_which[];
extern const struct sys_name sys_names_policy[];
extern const struct sys_name sys_names_prot[];
extern const struct sys_name sys_names_map[];
extern const struct sys_name sys_names_map_type[];
extern const struct sys_name sys_names_map_huge[];
extern const struct sys_name sys_names_mount[];
extern const struct sys_name sys_names_umount[];
extern const struct sys_name sys_names_attr[];
extern const struct sys_name sys_names_node[];
extern const struct sys_name sys_names_syslog[];
extern const struct sys_name sys_names_reboot[];
extern const struct sys_name sys_names_move[];
extern const struct sys_name sys_names_tree[];
extern const struct sys_name sys_names_fsconfig[];
extern const struct sys_name sys_names_quota[];
extern const struct sys_name sys_names_quota_type[];
extern const struct sys_name sys_names_signal[];

/* Protocols of a domain and options of a level; NULL if none is known. */
const struct sys_name *sys_names_protocol(uint32_t domain);
const struct sys_name *sys_names_option(uint32_t level);
/* The nth level whose options have names; false after the last. */
bool sys_names_level_nth(size_t n, uint32_t *level);

/* NULL if the list has no such value, or name. */
const char *sys_name_of(const struct sys_name *, uint32_t value);
const struct sys_name *sys_name_find(const struct sys_name *, const char *name,
    size_t len);

#endif /* PRIVD_SYSCALLS_ROWS_H */
