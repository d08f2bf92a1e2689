/* SPDX-License-Identifier: ISC */
/*
 * The program of the sessions: it makes one call after the other, and knows of
 * each what may come of it, whatever happens to privd meanwhile. In its folder
 * are, as tests/chaos/lib.sh has made them:
 *	own		its user's, permitted
 *	denied		its user's, denied
 *	made/		its user's
 *	root/secret	root's, permitted as root
 *	root/other	root's
 *	root/made/	root's, permitted as root
 *
 * usage: load folder seconds [strictly]	0: each call once
 *	  load stripped folder 0|1	what is executed is elevated no more,
 *					and as confined
 *
 * "violation WHAT" for what must never be; "made FILE" and "not FILE" for what
 * root can look at afterwards; "calls N, F failed". With "strictly" a call that
 * fails is a violation as well.
 *
 * A call that does not return cannot say so: another process of the session,
 * the watch, looks at how long one has taken.
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DEADLINE 10000 /* milliseconds that a call may take */
#define LOOK 200       /* between two looks of the watch */

/* What the program is at; the watch sees it. */
struct doing {
	const char *_Atomic what;
	_Atomic int64_t began; /* 0: nothing */
};
static struct doing *doing;
static int watched = -1; /* the watch ends when nobody has it */

static const char *self, *folder;
static bool strictly, confined;
static unsigned int calls, failures;
static int64_t started;

static int64_t
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* A line is written by one call. */
static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	char line[4352];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	(void)write(STDOUT_FILENO, line, (size_t)n);
}

static char *
path_of(const char *name)
{
	static char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* The strings are the program's own, which the watch has as well. */
static int64_t
begin(const char *what)
{
	int64_t t = now();

	if (doing != NULL) {
		doing->what = what;
		doing->began = t;
	}
	return t;
}

/* Nothing is being done. */
static void
rest(void)
{
	if (doing != NULL)
		doing->began = 0;
}

/* An error is what a call may come to, but for those that must not. */
static void
done(const char *what, int64_t began, int error)
{
	int64_t took = now() - began;

	rest();
	calls++;
	failures += error != 0;
	if (took > DEADLINE)
		say("violation %s took %lld ms\n", what, (long long)took);
	if (strictly && error != 0)
		say("violation %s failed: %s\n", what, strerrorname_np(error));
}

/* What is opened has that in it. */
static void
open_permitted(const char *name, const char *text)
{
	int64_t began = begin(name);
	char buf[64] = "";
	int fd, error = 0;
	ssize_t n = 0;

	fd = open(path_of(name), O_RDONLY);
	if (fd == -1)
		error = errno;
	else
		n = read(fd, buf, sizeof(buf) - 1);
	if (fd >= 0 && fd <= STDERR_FILENO)
		say("violation %s: descriptor %d\n", name, fd);
	if (error == 0 && (n < 0 || strcmp(buf, text) != 0))
		say("violation %s: descriptor %d is another's\n", name, fd);
	if (fd > STDERR_FILENO)
		close(fd);
	done(name, began, error);
}

/* strictly: with this error, and no other */
static void
open_forbidden(const char *name, int expected)
{
	int64_t began = begin(name);
	int fd, error = 0;

	fd = open(path_of(name), O_RDONLY);
	if (fd == -1)
		error = errno;
	if (fd != -1)
		say("violation %s was opened\n", name);
	if (fd > STDERR_FILENO)
		close(fd);
	done(name, began, error == expected ? 0 : error);
}

/* EIO: nobody knows whether it was made. ENOSYS: nobody is there who could
   (the keeper was killed, and with it goes the program). */
static void
make(const char *where, bool again)
{
	static unsigned int number;
	char name[64], path[4096];
	int64_t began = begin(where);
	int fd, error;

	number += !again;
	(void)snprintf(name, sizeof(name), "%s/%d.%llx.%u", where, getpid(),
	    (unsigned long long)started, number);
	(void)snprintf(path, sizeof(path), "%s", path_of(name));
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	error = fd == -1 ? errno : 0;
	if (again && fd != -1)
		say("violation %s was made twice\n", path);
	else if (!again && error != EIO && error != ENOSYS)
		say("%s %s\n", fd == -1 ? "not" : "made", path);
	if (!again && error == EEXIST)
		say("violation %s was there\n", path);
	if (fd != -1)
		close(fd);
	done(where, began, again && error == EEXIST ? 0 : error);
	if (fd != -1 && !again)
		make(where, true);
}

/* By the fetcher, and by the double. */
static void
meet(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int server, client, error;
	int64_t began = begin("bind");

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/made/s%d",
	    folder, getpid());
	(void)unlink(sun.sun_path);
	server = socket(AF_UNIX, SOCK_STREAM, 0);
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	error = bind(server, (struct sockaddr *)&sun, sizeof(sun)) == -1 ?
	    errno :
	    0;
	done("bind", began, error);
	began = begin("connect");
	if (error == 0 && listen(server, 1) == 0) {
		error = connect(client, (struct sockaddr *)&sun, sizeof(sun));
		done("connect", began, error == -1 ? errno : 0);
	}
	rest();
	close(server);
	close(client);
}

/* A child has what its parent has, until it executes something. */
static void
fork_one(bool executes)
{
	const char *what = executes ? "exec" : "fork";
	char *argv[] = { (char *)(uintptr_t)self, "stripped",
		(char *)(uintptr_t)folder, confined ? "1" : "0", NULL };
	int64_t began = begin(what);
	int status = 0;
	pid_t pid;

	pid = fork();
	if (pid == 0)
		doing = NULL; /* its parent waits for it, and is watched */
	if (pid == 0 && executes) {
		execv(self, argv);
		_exit(9);
	}
	if (pid == 0) {
		open_permitted("root/secret", "secret\n");
		open_forbidden("root/other", EACCES);
		_exit(0);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		status = 1;
	done(what, began, status == 0 ? 0 : ECHILD);
}

static void
once(void)
{
	open_permitted("own", "own\n");
	open_permitted("root/secret", "secret\n");
	open_forbidden("root/other", EACCES);
	if (confined)
		open_forbidden("denied", EXDEV);
	make("made", false);
	make("root/made", false);
	meet();
	fork_one(false);
	fork_one(true);
}

/* Says of each call once that it takes too long, until the program and those
   that it has forked are gone. */
static void
watch(int end)
{
	struct pollfd fd = { .fd = end, .events = POLLIN };
	int64_t said = 0, began;

	while (poll(&fd, 1, LOOK) == 0) {
		began = doing->began;
		if (began == 0 || began == said || now() - began <= DEADLINE)
			continue;
		said = began;
		say("violation %s has not returned in %d ms\n", doing->what,
		    DEADLINE);
	}
}

/* Without one, where it cannot be had: calls fail here. */
static void
be_watched(void)
{
	int ends[2] = { -1, -1 };
	void *page;
	pid_t pid;

	page = mmap(NULL, sizeof(*doing), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED || pipe2(ends, O_CLOEXEC) == -1)
		return;
	doing = page;
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		watch(ends[0]);
		_exit(0);
	}
	close(ends[0]);
	watched = ends[1];
}

/* As /proc says: it is under some filter. */
static bool
is_confined(void)
{
	char line[128];
	bool is = false;
	FILE *f = fopen("/proc/self/status", "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		is = is || strcmp(line, "Seccomp:\t2\n") == 0;
	if (f != NULL)
		(void)fclose(f);
	return is;
}

int
main(int argc, char *argv[])
{
	int64_t end;

	if (argc < 3)
		errx(2, "usage: load folder seconds [strictly]");
	if (argc > 3 && strcmp(argv[1], "stripped") == 0) {
		folder = argv[2];
		open_forbidden("root/secret", EACCES);
		if (argv[3][0] == '1')
			open_forbidden("denied", EXDEV);
		return 0;
	}
	/* What it executes need not be looked for by /proc. */
	self = argv[0];
	folder = argv[1];
	strictly = argc > 3;
	(void)signal(SIGPIPE, SIG_IGN);
	confined = is_confined();
	if (strictly && !confined)
		say("violation it is not confined\n");
	be_watched();
	started = now();
	end = started + atoi(argv[2]) * 1000LL;
	do
		once();
	while (now() < end);
	close(watched);
	(void)waitpid(-1, NULL, 0);
	say("calls %u, %u failed\n", calls, failures);
	return 0;
}
