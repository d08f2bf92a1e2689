/* SPDX-License-Identifier: ISC */
/*
 * What is the machine's: its names, its clock, its log, its end. The numbers
 * are the registers', the rest is a copy; the kernel checks both as it does
 * for any process.
 */
#include <sys/klog.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>

#include <linux/reboot.h>

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define LOG_READ 2 /* syslog(2): waits for what is written next */

static const size_t structs[SYS_OPS][PERFORM_STRUCTS] = {
	[SYS_OP_SETTIMEOFDAY] = { sizeof(struct timeval),
	    sizeof(struct timezone) },
	[SYS_OP_CLOCK_SETTIME] = { sizeof(struct timespec) },
	[SYS_OP_ADJTIME] = { sizeof(struct timex) },
	[SYS_OP_SCHED_SETSCHEDULER] = { sizeof(struct sched_param) },
	[SYS_OP_SCHED_SETPARAM] = { sizeof(struct sched_param) },
	[SYS_OP_PRLIMIT] = { sizeof(struct rlimit) },
	[SYS_OP_KILL] = { sizeof(siginfo_t) },
};

size_t
perform_struct_size(enum sys_op op, unsigned int nth)
{
	return op < SYS_OPS && nth < PERFORM_STRUCTS ? structs[op][nth] : 0;
}

bool
perform_returns_struct(enum sys_op op)
{
	return op == SYS_OP_ADJTIME;
}

/*
 * Copies the nth structure out of the data. False: it is not there, or the
 * data are not what they should be, which is an error then.
 */
static bool
take_struct(const struct perform_request *request, unsigned int nth,
    void *known, int *error)
{
	size_t size = structs[request->op][nth], at = 0;
	unsigned int i;

	for (i = 0; i < nth; i++)
		if ((request->memory.structs & 1U << i) != 0)
			at += structs[request->op][i];
	if ((request->memory.structs & 1U << nth) == 0)
		return false;
	if (request->len < at + size) {
		*error = EINVAL;
		return false;
	}
	memcpy(known, (const unsigned char *)request->data + at, size);
	return true;
}

/* One that must be there: 0, or -1 with EFAULT as the kernel has it. */
static int
need_struct(const struct perform_request *request, void *known)
{
	int error = EFAULT;

	if (take_struct(request, 0, known, &error))
		return 0;
	errno = error;
	return -1;
}

int
perform_sethostname(const struct perform_request *request,
    struct perform_result *result)
{
	(void)result;
	return sethostname(request->data, strlen(request->data));
}

int
perform_setdomainname(const struct perform_request *request,
    struct perform_result *result)
{
	(void)result;
	return setdomainname(request->data, strlen(request->data));
}

int
perform_settimeofday(const struct perform_request *request,
    struct perform_result *result)
{
	struct timeval tv;
	struct timezone tz;
	bool has_tv, has_tz;
	int error = 0;

	(void)result;
	has_tv = take_struct(request, 0, &tv, &error);
	has_tz = take_struct(request, 1, &tz, &error);
	if (error != 0) {
		errno = error;
		return -1;
	}
	return (int)syscall(SYS_settimeofday, has_tv ? &tv : NULL,
	    has_tz ? &tz : NULL);
}

/* A negative clock is a descriptor, which would be one of this process. */
static int
clock_of(const struct perform_request *request, clockid_t *clock)
{
	*clock = (clockid_t)request->numbers.plain[0];
	if (*clock >= 0)
		return 0;
	errno = EINVAL;
	return -1;
}

int
perform_clock_settime(const struct perform_request *request,
    struct perform_result *result)
{
	struct timespec ts;
	clockid_t clock;

	(void)result;
	if (clock_of(request, &clock) == -1 || need_struct(request, &ts) == -1)
		return -1;
	return clock_settime(clock, &ts);
}

/* adjtimex(2) has no clock: it is the one that the numbers begin at. */
int
perform_adjtime(const struct perform_request *request,
    struct perform_result *result)
{
	struct timex tx;
	clockid_t clock;

	if (clock_of(request, &clock) == -1 || need_struct(request, &tx) == -1)
		return -1;
	result->value = clock_adjtime(clock, &tx);
	if (result->value == -1)
		return -1;
	memcpy(result->data, &tx, sizeof(tx));
	result->len = sizeof(tx);
	return 0;
}

int
perform_reboot(const struct perform_request *request,
    struct perform_result *result)
{
	const uint64_t *plain = request->numbers.plain;
	bool restarts = (uint32_t)plain[2] == LINUX_REBOOT_CMD_RESTART2;

	(void)result;
	if (restarts && request->len == 0) {
		errno = EFAULT;
		return -1;
	}
	return (int)syscall(SYS_reboot, plain[0], plain[1], plain[2],
	    restarts ? request->data : NULL);
}

/* What waits for the next message would hold up everybody else. */
int
perform_syslog(const struct perform_request *request,
    struct perform_result *result)
{
	int type = (int)request->numbers.plain[0];
	int len = (int)request->numbers.size;

	if (type == LOG_READ) {
		errno = EPERM;
		return -1;
	}
	if (len > (int)sizeof(result->data))
		len = (int)sizeof(result->data);
	result->value = klogctl(type, (char *)result->data, len);
	if (result->value == -1)
		return -1;
	/* Those that read give as much as they return. */
	if ((type == 3 || type == 4) && result->value > 0)
		result->len = (uint32_t)result->value;
	return 0;
}
