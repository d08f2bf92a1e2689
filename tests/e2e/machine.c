/* SPDX-License-Identifier: ISC */
/*
 * machine STEP ...: calls about the machine. Each is printed with its result:
 *	h:NAME n:NAME	sethostname, setdomainname
 *	H		sethostname of a bad pointer, and of a bad length
 *	t		settimeofday to what it is
 *	z		settimeofday of a time zone alone, which is none
 *	c		clock_settime to what it is
 *	b		clock_settime of a bad pointer
 *	d		clock_settime of a clock that is a descriptor
 *	a		adjtimex of the tick to what it is
 *	A		clock_adjtime that only asks
 *	r		reboot: the three keys are to do nothing
 *	l:TYPE		syslog, without a buffer
 *	L		syslog: all, as a checksum
 *	u		unshare the host's name
 *	U		unshare the users
 */
#include <sys/klog.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void
say(const char *step, long result)
{
	if (result == -1)
		printf("%s: %s\n", step, strerrorname_np(errno));
	else
		printf("%s: %ld\n", step, result);
	(void)fflush(stdout);
}

static long
set_zone(void)
{
	const struct timezone none = { 0, 0 };

	return syscall(SYS_settimeofday, NULL, &none);
}

static long
set_time(void)
{
	struct timeval tv;

	(void)gettimeofday(&tv, NULL);
	return syscall(SYS_settimeofday, &tv, NULL);
}

static long
set_clock(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return clock_settime(CLOCK_REALTIME, &ts);
}

static long
keep_tick(void)
{
	struct timex tx = { .modes = 0 };

	if (adjtimex(&tx) == -1)
		return -1;
	tx.modes = ADJ_TICK;
	if (adjtimex(&tx) == -1)
		return -1;
	return tx.tick; /* as it was written back */
}

static long
ask_clock(void)
{
	struct timex tx = { .modes = 0 };

	if (clock_adjtime(CLOCK_REALTIME, &tx) == -1)
		return -1;
	return tx.tick;
}

static long
sum_of_log(void)
{
	static char text[65536];
	uint32_t sum = 5381;
	int i, n;

	n = klogctl(3, text, sizeof(text));
	for (i = 0; i < n; i++)
		sum = sum * 33 + (unsigned char)text[i];
	return n == -1 ? -1 : (long)sum;
}

static long
do_step(const char *step)
{
	const char *rest = strlen(step) > 1 ? step + 2 : "";

	switch (step[0]) {
	case 'h':
		return sethostname(rest, strlen(rest));
	case 'n':
		return setdomainname(rest, strlen(rest));
	case 'H':
		say("bad pointer", syscall(SYS_sethostname, 8L, 4L));
		say("long", syscall(SYS_sethostname, step, 65L));
		return syscall(SYS_sethostname, step, -1L);
	case 't':
		return set_time();
	case 'z':
		return set_zone();
	case 'c':
		return set_clock();
	case 'b':
		return syscall(SYS_clock_settime, 0L, 8L);
	case 'd':
		return syscall(SYS_clock_settime, -29L, step);
	case 'a':
		return keep_tick();
	case 'A':
		return ask_clock();
	case 'r':
		return reboot(RB_DISABLE_CAD);
	case 'l':
		return klogctl(atoi(rest), NULL, 0);
	case 'L':
		return sum_of_log();
	case 'u':
		return unshare(CLONE_NEWUTS);
	case 'U':
		return unshare(CLONE_NEWUSER);
	default:
		errx(2, "%s: what?", step);
	}
}

int
main(int argc, char *argv[])
{
	int i;

	for (i = 1; i < argc; i++)
		say(argv[i], do_step(argv[i]));
	return 0;
}
