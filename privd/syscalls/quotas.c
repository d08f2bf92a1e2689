/* SPDX-License-Identifier: ISC */
/*
 * The commands of quotactl(2), and what each has in memory: its numbers do
 * not say that themselves.
 */
#include <sys/types.h>

#include <linux/dqblk_xfs.h>
#include <linux/quota.h>

#include <stddef.h>

#include "rows.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define INFO sizeof(struct if_dqinfo)
#define BLOCK sizeof(struct if_dqblk)
#define NEXT sizeof(struct if_nextdqblk)
#define DISK sizeof(struct fs_disk_quota)
#define STAT sizeof(struct fs_quota_stat)
#define STATV sizeof(struct fs_quota_statv)

static const struct sys_quota commands[] = {
	{ Q_SYNC, 0, 0, false, false },
	{ Q_QUOTAON, 0, 0, true, true },
	{ Q_QUOTAOFF, 0, 0, false, true },
	{ Q_GETFMT, 0, sizeof(uint32_t), false, false },
	{ Q_GETINFO, 0, INFO, false, false },
	{ Q_SETINFO, INFO, 0, false, true },
	{ Q_GETQUOTA, 0, BLOCK, false, false },
	{ Q_SETQUOTA, BLOCK, 0, false, true },
	{ Q_GETNEXTQUOTA, 0, NEXT, false, false },
	{ Q_XQUOTAON, sizeof(uint32_t), 0, false, true },
	{ Q_XQUOTAOFF, sizeof(uint32_t), 0, false, true },
	{ Q_XGETQUOTA, 0, DISK, false, false },
	{ Q_XSETQLIM, DISK, 0, false, true },
	{ Q_XGETQSTAT, 0, STAT, false, false },
	{ Q_XQUOTARM, sizeof(uint32_t), 0, false, true },
	{ Q_XQUOTASYNC, 0, 0, false, false },
	{ Q_XGETQSTATV, 1, STATV, false, false }, /* its version */
	{ Q_XGETNEXTQUOTA, 0, DISK, false, false },
};

#define C(n)          \
	{             \
#n, n \
	}

const struct sys_name sys_names_quota[] = {
	C(Q_SYNC),
	C(Q_QUOTAON),
	C(Q_QUOTAOFF),
	C(Q_GETFMT),
	C(Q_GETINFO),
	C(Q_SETINFO),
	C(Q_GETQUOTA),
	C(Q_SETQUOTA),
	C(Q_GETNEXTQUOTA),
	C(Q_XQUOTAON),
	C(Q_XQUOTAOFF),
	C(Q_XGETQUOTA),
	C(Q_XSETQLIM),
	C(Q_XGETQSTAT),
	C(Q_XQUOTARM),
	C(Q_XQUOTASYNC),
	C(Q_XGETQSTATV),
	C(Q_XGETNEXTQUOTA),
	{ NULL, 0 },
};

const struct sys_name sys_names_quota_type[] = {
	C(USRQUOTA),
	C(GRPQUOTA),
	C(PRJQUOTA),
	{ NULL, 0 },
};

const struct sys_quota *
sys_quota(uint64_t cmd)
{
	uint32_t command = (uint32_t)cmd >> 8;
	size_t i;

	for (i = 0; i < NELEMS(commands); i++)
		if (commands[i].command == command)
			return &commands[i];
	return NULL;
}
