/* SPDX-License-Identifier: ISC */
/*
 * Attack 5: while one thread opens a path, another exchanges two names on
 * its way (a folder and a link), or moves a folder to another place and
 * back. The files' first letters say which one was opened.
 *
 * usage: swap exchange|move name other-name path opens
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *names[2];
static bool exchange;
static atomic_bool over;
static unsigned long swaps;

static void *
swap(void *p)
{
	unsigned int i = 0;
	int result;

	(void)p;
	while (!atomic_load_explicit(&over, memory_order_relaxed)) {
		if (exchange)
			result = renameat2(AT_FDCWD, names[0], AT_FDCWD,
			    names[1], RENAME_EXCHANGE);
		else
			result = rename(names[i & 1], names[~i & 1]);
		i++;
		swaps += result == 0;
	}
	/* As it was found. */
	if (!exchange && (i & 1) != 0)
		(void)rename(names[1], names[0]);
	return NULL;
}

int
main(int argc, char *argv[])
{
	unsigned long opens, i, permitted = 0, forbidden = 0, refused = 0;
	pthread_t swapper;
	char c;
	int fd;

	if (argc != 6)
		errx(2, "usage: swap exchange|move name other path opens");
	exchange = strcmp(argv[1], "exchange") == 0;
	names[0] = argv[2];
	names[1] = argv[3];
	opens = strtoul(argv[5], NULL, 10);
	if (pthread_create(&swapper, NULL, swap, NULL) != 0)
		errx(1, "thread");
	for (i = 0; i < opens; i++) {
		fd = open(argv[4], O_RDONLY | O_CLOEXEC);
		if (fd == -1) {
			refused++;
			continue;
		}
		c = '\0';
		if (read(fd, &c, 1) == 1 && c == 'P')
			permitted++;
		else
			forbidden++;
		close(fd);
	}
	atomic_store(&over, true);
	(void)pthread_join(swapper, NULL);
	printf("permitted %lu\nrefused %lu\nforbidden %lu\nswaps %lu\n",
	    permitted, refused, forbidden, swaps);
	return 0;
}
