/* SPDX-License-Identifier: ISC */
/*
 * Attack 11: the interpreter of scripts that have policies of their own. What
 * it does stands in the script's first line: it tells whether it can open
 * the file, and before that it may execute another script, by an execve that
 * fails, or flip the path of one that succeeds.
 *
 * usage: interpreter tell script file
 *        interpreter fail script file other-script
 *        interpreter flip script file other-script letter-of-third rounds
 */
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile char *letter;
static char letters[2];
static atomic_bool over;

static void *
flip(void *p)
{
	unsigned int i = 0;

	(void)p;
	while (!atomic_load_explicit(&over, memory_order_relaxed))
		*letter = letters[i++ & 1];
	return NULL;
}

/* One write: many tell at once. */
static void
tell(const char *script, const char *file)
{
	const char *slash = strrchr(script, '/');
	int fd = open(file, O_RDONLY);

	dprintf(STDOUT_FILENO, "%s %s\n", slash != NULL ? slash + 1 : script,
	    fd == -1 ? strerrorname_np(errno) : "opened");
	if (fd != -1)
		(void)close(fd);
}

static void
execute_all(char *path, char *file, unsigned long rounds)
{
	char *arguments[3] = { path, file, NULL };
	unsigned long i, refused = 0, ended = 0, killed = 0;
	int status;
	pid_t pid;

	for (i = 0; i < rounds; i++) {
		pid = fork();
		if (pid == -1)
			err(1, "fork");
		if (pid == 0) {
			(void)execv(path, arguments);
			_exit(99);
		}
		(void)waitpid(pid, &status, 0);
		if (WIFSIGNALED(status))
			killed++;
		else if (WEXITSTATUS(status) == 99)
			refused++;
		else
			ended++;
	}
	dprintf(STDOUT_FILENO, "ended %lu\nrefused %lu\nkilled %lu\n", ended,
	    refused, killed);
}

static void
flip_all(char *file, const char *other, char third, const char *rounds)
{
	pthread_t flipper;
	char *path;

	/* Shared with the children, who have no flipping thread. */
	path = mmap(NULL, PATH_MAX, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (path == MAP_FAILED)
		err(1, "memory");
	(void)snprintf(path, PATH_MAX, "%s", other);
	letter = path + strlen(path) - 1;
	letters[0] = *letter;
	letters[1] = third;
	if (pthread_create(&flipper, NULL, flip, NULL) != 0)
		errx(1, "thread");
	execute_all(path, file, strtoul(rounds, NULL, 10));
	atomic_store(&over, true);
	(void)pthread_join(flipper, NULL);
}

int
main(int argc, char *argv[])
{
	if (argc < 4)
		errx(2, "usage: interpreter tell|fail|flip script file ...");
	tell(argv[2], argv[3]);
	if (strcmp(argv[1], "flip") == 0 && argc == 7) {
		flip_all(argv[3], argv[4], argv[5][0], argv[6]);
	} else if (strcmp(argv[1], "fail") == 0 && argc == 5) {
		/* No argument vector is there: the kernel does not load it. */
		if (syscall(SYS_execve, argv[4], (char **)1, NULL) == -1)
			dprintf(STDOUT_FILENO, "execve %s\n",
			    strerrorname_np(errno));
		tell(argv[2], argv[3]);
		(void)execl(argv[4], argv[4], argv[3], (char *)NULL);
		err(1, "%s", argv[4]);
	}
	return 0;
}
