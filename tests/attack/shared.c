/* SPDX-License-Identifier: ISC */
/*
 * Attack 12: a process that shares the program's descriptors (CLONE_FILES),
 * its memory (CLONE_VM), or both, from before it was started, or made by it.
 * Each says how many descriptors it sees besides those that there were.
 *
 * usage: shared outside SHARED program [argument ...]	executed by who shares:
 *			the other one says what it sees, and whether it has
 *			what was read there
 *        shared open path	opens and reads, says "have", waits for the end
 *			of input
 *        shared inside SHARED path	the other one executes; where they
 *			share no descriptors it has opened the path itself. As:
 *        shared count
 * SHARED: files, memory or both
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char stack[65536] __attribute__((aligned(16)));
static int from, base, shares;
static char content[16];
/* On a page that is shared in any case. */
static atomic_int *opened;
static const char *path;
static char *self;

static int
count(void)
{
	int n = 0, fd;

	for (fd = 3; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static void
say(const char *what, int n, const char *more)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "%s %d%s\n", what, n, more);

	(void)write(STDERR_FILENO, text, (size_t)len);
}

static void
learn_shares(const char *word)
{
	if (strcmp(word, "files") == 0)
		shares = CLONE_FILES;
	else if (strcmp(word, "memory") == 0)
		shares = CLONE_VM;
	else if (strcmp(word, "both") == 0)
		shares = CLONE_FILES | CLONE_VM;
	else
		errx(2, "%s: what is that?", word);
}

static void
open_it(void)
{
	int fd = open(path, O_RDONLY);

	if (fd == -1 || read(fd, content, sizeof(content) - 1) <= 0)
		err(1, "%s", path);
}

/* It runs in the memory of who executes next, until that has another. */
static int
watch_from_outside(void *p)
{
	char text[16] = "";

	(void)p;
	if (read(from, text, sizeof(text) - 1) <= 0 ||
	    strncmp(text, "have", 4) != 0)
		say("nothing", 0, "");
	say("outside", count() - base, content[0] != '\0' ? ", read" : "");
	return 0;
}

static void
make_sharer(int (*function)(void *))
{
	if (clone(function, stack + sizeof(stack), shares | SIGCHLD, NULL) ==
	    -1)
		err(1, "clone");
}

/* What is executed says on its standard output that it has it. */
static int
be_shared(char *argv[])
{
	int fds[2];

	if (pipe(fds) == -1 || dup2(fds[1], STDOUT_FILENO) == -1)
		err(1, "pipe");
	from = fds[0];
	(void)close(fds[1]);
	base = count();
	make_sharer(watch_from_outside);
	if (strcmp(argv[0], "open") != 0) {
		execv(argv[0], argv);
		err(1, "%s", argv[0]);
	}
	path = argv[1];
	open_it();
	(void)write(STDOUT_FILENO, "have", 4);
	(void)wait(NULL);
	return 0;
}

static int
execute_inside(void *p)
{
	char word[] = "count", *argv[] = { self, word, NULL };

	(void)p;
	while (atomic_load(opened) == 0)
		(void)sched_yield();
	if ((shares & CLONE_FILES) == 0)
		open_it();
	say("sharing", count() - base, "");
	execv(self, argv);
	_exit(1);
}

static int
share(void)
{
	opened = mmap(NULL, sizeof(*opened), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (opened == MAP_FAILED)
		err(1, "mmap");
	base = count();
	make_sharer(execute_inside);
	open_it();
	atomic_store(opened, 1);
	(void)wait(NULL);
	return 0;
}

int
main(int argc, char *argv[])
{
	char c;

	(void)alarm(20);
	self = argv[0];
	if (argc == 2) {
		say("executed", count(), "");
		return 0;
	}
	if (argc < 3)
		errx(2, "usage: shared outside|open|inside ...");
	/* But for the count no others than those that it makes. */
	if (strcmp(argv[1], "outside") == 0) {
		learn_shares(argv[2]);
		return be_shared(argv + 3);
	}
	(void)close_range(3, ~0U, 0);
	if (strcmp(argv[1], "inside") == 0) {
		learn_shares(argv[2]);
		path = argv[3];
		return share();
	}
	path = argv[2];
	open_it();
	(void)write(STDOUT_FILENO, "have", 4);
	(void)read(STDIN_FILENO, &c, 1);
	return 0;
}
