/* SPDX-License-Identifier: ISC */
/*
 * Attack 11: a thread that does not lead its process executes, in a fork whose
 * leader has made no call that anybody judged, while the path flips between
 * two copies of this program. A copy tells which one it is, by the name that
 * the kernel executed, and whether it can open the file.
 *
 * usage: exec-thread path letter-of-other rounds file
 */
#include <sys/auxv.h>
#include <sys/mman.h>
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

static int
tell(const char *file)
{
	const char *name = (const char *)getauxval(AT_EXECFN);
	int fd = open(file, O_RDONLY);

	dprintf(STDOUT_FILENO, "%s %s\n", strrchr(name, '/') + 1,
	    fd == -1 ? strerrorname_np(errno) : "opened");
	return 0;
}

static void *
execute(void *p)
{
	char **arguments = p;

	/* The path stands behind the arguments. */
	(void)execv(arguments[3], arguments);
	_exit(99);
}

static void
execute_all(char *path, char *file, unsigned long rounds)
{
	static char word[] = "tell";
	char *arguments[4] = { word, file, NULL, path };
	unsigned long i, refused = 0, ended = 0, killed = 0;
	pthread_t thread;
	int status;
	pid_t pid;

	for (i = 0; i < rounds; i++) {
		pid = fork();
		if (pid == -1)
			err(1, "fork");
		if (pid == 0) {
			if (pthread_create(&thread, NULL, execute, arguments) !=
			    0)
				_exit(98);
			for (;;)
				(void)pause();
		}
		(void)waitpid(pid, &status, 0);
		if (WIFSIGNALED(status))
			killed++;
		else if (WEXITSTATUS(status) == 99)
			refused++;
		else if (WEXITSTATUS(status) == 0)
			ended++;
	}
	printf("ended %lu\nrefused %lu\nkilled %lu\n", ended, refused, killed);
}

int
main(int argc, char *argv[])
{
	pthread_t flipper;
	char *path;

	if (argc == 2 && strcmp(argv[0], "tell") == 0)
		return tell(argv[1]);
	if (argc != 5)
		errx(2, "usage: exec-thread path letter rounds file");
	/* Shared with the children, who have no flipping thread. */
	path = mmap(NULL, PATH_MAX, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (path == MAP_FAILED)
		err(1, "memory");
	(void)snprintf(path, PATH_MAX, "%s", argv[1]);
	letter = path + strlen(path) - 1;
	letters[0] = *letter;
	letters[1] = argv[2][0];
	if (pthread_create(&flipper, NULL, flip, NULL) != 0)
		errx(1, "thread");
	execute_all(path, argv[4], strtoul(argv[3], NULL, 10));
	atomic_store(&over, true);
	(void)pthread_join(flipper, NULL);
	return 0;
}
