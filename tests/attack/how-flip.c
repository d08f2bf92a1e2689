/* SPDX-License-Identifier: ISC */
/*
 * Attack 4: another thread flips the flags in struct open_how between reading
 * and writing while openat2(2) is made: what is had is what was permitted, and
 * what was read once.
 *
 * usage: how-flip file opens
 */
#include <sys/syscall.h>

#include <linux/openat2.h>

#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile struct open_how how;
static atomic_bool over;

static void *
flip(void *p)
{
	unsigned int i = 0;

	(void)p;
	while (!atomic_load_explicit(&over, memory_order_relaxed))
		how.flags = (i++ & 1) != 0 ? O_RDWR : O_RDONLY;
	return NULL;
}

int
main(int argc, char *argv[])
{
	unsigned long opens, i, permitted = 0, forbidden = 0, refused = 0;
	pthread_t flipper;
	int fd;

	if (argc != 3)
		errx(2, "usage: how-flip file opens");
	opens = strtoul(argv[2], NULL, 10);
	if (pthread_create(&flipper, NULL, flip, NULL) != 0)
		errx(1, "thread");
	for (i = 0; i < opens; i++) {
		fd = (int)syscall(SYS_openat2, AT_FDCWD, argv[1], &how,
		    sizeof(how));
		if (fd == -1)
			refused++;
		else if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
			permitted++;
		else
			forbidden++;
		close(fd);
	}
	atomic_store(&over, 1);
	(void)pthread_join(flipper, NULL);
	printf("permitted %lu\nrefused %lu\nforbidden %lu\n", permitted,
	    refused, forbidden);
	return 0;
}
