/* SPDX-License-Identifier: ISC */
/*
 * Attack 12: a process that shares the program's memory and descriptors
 * (CLONE_VM, CLONE_FILES), from before it was started, or made by it. Each
 * says how many descriptors it sees besides those that there were.
 *
 * usage: shared outside program [argument ...]	executed by who shares
 *        shared open path	opens, says "have", waits for the end of input
 *        shared inside path	the other one executes, as:
 *        shared count
 */
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
static int from, base;
static atomic_int opened;
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
say(const char *what, int n)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "%s %d\n", what, n);

	(void)write(STDERR_FILENO, text, (size_t)len);
}

/* It runs in the memory of who executes next, until that has another. */
static int
watch_from_outside(void *p)
{
	char text[16] = "";

	(void)p;
	if (read(from, text, sizeof(text) - 1) <= 0 ||
	    strncmp(text, "have", 4) != 0)
		say("nothing", 0);
	say("outside", count() - base);
	return 0;
}

static void
make_sharer(int (*function)(void *))
{
	if (clone(function, stack + sizeof(stack),
		CLONE_VM | CLONE_FILES | SIGCHLD, NULL) == -1)
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
	if (open(argv[1], O_RDONLY) == -1)
		err(1, "%s", argv[1]);
	(void)write(STDOUT_FILENO, "have", 4);
	(void)wait(NULL);
	return 0;
}

static int
execute_inside(void *p)
{
	char word[] = "count", *argv[] = { self, word, NULL };

	(void)p;
	while (atomic_load(&opened) == 0)
		(void)sched_yield();
	say("sharing", count() - base);
	execv(self, argv);
	_exit(1);
}

static int
share(const char *path)
{
	base = count();
	make_sharer(execute_inside);
	if (open(path, O_RDONLY) == -1)
		err(1, "%s", path);
	atomic_store(&opened, 1);
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
		say("executed", count());
		return 0;
	}
	if (argc < 3)
		errx(2, "usage: shared outside|open|inside ...");
	/* But for the count no others than those that it makes. */
	if (strcmp(argv[1], "outside") == 0)
		return be_shared(argv + 2);
	(void)close_range(3, ~0U, 0);
	if (strcmp(argv[1], "inside") == 0)
		return share(argv[2]);
	if (open(argv[2], O_RDONLY) == -1)
		err(1, "%s", argv[2]);
	(void)write(STDOUT_FILENO, "have", 4);
	(void)read(STDIN_FILENO, &c, 1);
	return 0;
}
