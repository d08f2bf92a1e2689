/* SPDX-License-Identifier: ISC */
/*
 * Attack 11: a file of the user's is written anew, with one content and the
 * other, while children execute it. The programs tell who ran.
 *
 * usage: content-flip path path-of-other seconds kills
 *
 * Ends when so many children were killed, and some ran and some were refused,
 * or the time is over.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct content {
	char *bytes;
	size_t len;
};

static const char *path;
static struct content contents[2];
static atomic_bool over;

static struct content
content_of(const char *name)
{
	struct content content = { NULL, 0 };
	struct stat st;
	int fd;

	fd = open(name, O_RDONLY);
	if (fd == -1 || fstat(fd, &st) == -1)
		err(1, "%s", name);
	content.len = (size_t)st.st_size;
	content.bytes = malloc(content.len);
	if (content.bytes == NULL ||
	    read(fd, content.bytes, content.len) != (ssize_t)content.len)
		err(1, "%s", name);
	close(fd);
	return content;
}

static void *
flip(void *p)
{
	unsigned int i = 0, seed = 1;
	struct timespec moment = { 0, 0 };
	int fd;

	(void)p;
	while (!atomic_load_explicit(&over, memory_order_relaxed)) {
		/* ETXTBSY while somebody runs it. */
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd == -1)
			continue;
		i++;
		(void)!write(fd, contents[i & 1].bytes, contents[i & 1].len);
		close(fd);
		seed = seed * 1103515245 + 12345;
		moment.tv_nsec = 1000 * (seed >> 8) % 2000000;
		(void)nanosleep(&moment, NULL);
	}
	return NULL;
}

static int
execute(void)
{
	char *argv[] = { (char *)(uintptr_t)path, NULL }, *envp[] = { NULL };
	int status;
	pid_t pid;

	pid = fork();
	if (pid == -1)
		err(1, "fork");
	if (pid == 0) {
		execve(path, argv, envp);
		_exit(errno == ETXTBSY ? 98 : 99);
	}
	if (waitpid(pid, &status, 0) == -1)
		err(1, "wait");
	return status;
}

int
main(int argc, char *argv[])
{
	unsigned long ran = 0, refused = 0, killed = 0, wanted;
	pthread_t flipper;
	time_t end;
	int status;

	if (argc != 5)
		errx(2, "usage: content-flip path other seconds kills");
	path = argv[1];
	contents[0] = content_of(argv[1]);
	contents[1] = content_of(argv[2]);
	if (contents[0].len != contents[1].len)
		errx(2, "the contents differ in length");
	end = time(NULL) + atoi(argv[3]);
	wanted = strtoul(argv[4], NULL, 10);
	if (pthread_create(&flipper, NULL, flip, NULL) != 0)
		errx(1, "thread");
	while (
	    (killed < wanted || refused == 0 || ran == 0) && time(NULL) < end) {
		status = execute();
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
			killed++;
		else if (WIFEXITED(status) && WEXITSTATUS(status) == 99)
			refused++;
		else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			ran++;
	}
	atomic_store(&over, true);
	pthread_join(flipper, NULL);
	printf("refused %lu\nkilled %lu\n", refused, killed);
	return 0;
}
