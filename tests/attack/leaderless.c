/* SPDX-License-Identifier: ISC */
/*
 * Attack 9: a thread makes one call after the other and says what came of
 * each: as the kernel answers it, whatever has become of the leader.
 *
 * usage: leaderless leader|thread|orphan|own folder [elevated]
 * leader: no thread; thread: beside the leader; orphan: the leader has
 * exited; own: with descriptors of its own, whose numbers mean others than
 * the leader's
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *how;
static const char *elevated;
static char *self;

static void
tell(const char *what, long result)
{
	if (result == -1)
		printf("%s %s\n", what, strerrorname_np(errno));
	else
		printf("%s %ld\n", what, result);
}

/* A descriptor's number is of no interest. */
static int
opened(const char *what, int fd)
{
	tell(what, fd == -1 ? -1 : 0);
	return fd;
}

static void
try_files(void)
{
	char text[PATH_MAX], word[8] = "";
	struct stat st;
	long n;
	int fd;

	fd = opened("create",
	    open("made", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
	tell("mode", fstat(fd, &st) == -1 ? -1 : (long)(st.st_mode & 0777));
	tell("write", write(fd, "text", 4));
	tell("fchmod", fchmod(fd, 0600));
	tell("ftruncate", ftruncate(fd, 2));
	tell("stat", stat("made", &st) == -1 ? -1 : (long)st.st_size);
	tell("fsetxattr", fsetxattr(fd, "user.a", "b", 1, 0));
	tell("getxattr", getxattr("made", "user.a", word, sizeof(word)));
	tell("link", link("made", "linked"));
	tell("rename", rename("linked", "renamed"));
	tell("symlink", symlink("made", "symbolic"));
	memset(text, 0, sizeof(text));
	tell("readlink", readlink("symbolic", text, sizeof(text)));
	tell("text", strcmp(text, "made"));
	tell("access", access("renamed", W_OK));
	tell("mkdir", mkdir("folder", 0777));
	tell("fd",
	    readlink("/proc/thread-self/fd/0", text, sizeof(text)) > 0 ? 0 :
									 -1);
	(void)opened("reopen", open("/proc/thread-self/fd/0", O_RDONLY));
	tell("chdir", chdir("folder"));
	(void)opened("relative", open("../made", O_RDONLY));
	n = chdir("..");
	tell("back", n);
	tell("rmdir", rmdir("folder"));
	tell("unlink", unlink("renamed") | unlink("symbolic"));
	(void)close(fd);
}

static void
try_local(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct sockaddr *sa = (const struct sockaddr *)&address;
	struct iovec part = { &(char){ 'x' }, 1 };
	struct msghdr message = { .msg_name = &address,
		.msg_namelen = sizeof(address),
		.msg_iov = &part,
		.msg_iovlen = 1 };
	int server, client, size = 0;
	socklen_t len = sizeof(size);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "socket");
	server = opened("socket", socket(AF_UNIX, SOCK_DGRAM, 0));
	client = socket(AF_UNIX, SOCK_DGRAM, 0);
	tell("bind", bind(server, sa, sizeof(address)));
	tell("sendto", sendto(client, "x", 1, 0, sa, sizeof(address)));
	tell("sendmsg", sendmsg(client, &message, 0));
	tell("connect", connect(client, sa, sizeof(address)));
	tell("send", send(client, "xyz", 3, 0));
	tell("setsockopt",
	    setsockopt(server, SOL_SOCKET, SO_RCVBUF, &(int){ 8192 },
		sizeof(int)));
	tell("getsockopt",
	    getsockopt(server, SOL_SOCKET, SO_RCVBUF, &size, &len));
	tell("size", size);
	(void)close(server);
	(void)close(client);
	(void)unlink("socket");
}

static void
try_inet(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	const struct sockaddr *sa = (const struct sockaddr *)&address;
	socklen_t len = sizeof(address);
	int server, client;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server = socket(AF_INET, SOCK_DGRAM, 0);
	client = socket(AF_INET, SOCK_DGRAM, 0);
	tell("bind-inet", bind(server, sa, len));
	tell("name", getsockname(server, (struct sockaddr *)&address, &len));
	tell("sendto-inet", sendto(client, "x", 1, 0, sa, len));
	tell("connect-inet", connect(client, sa, len));
	tell("send-inet", send(client, "xyz", 3, 0));
	(void)close(server);
	(void)close(client);
}

static void
try_processes(void)
{
	struct rlimit limit;

	tell("kill", kill(getpid(), 0));
	tell("tgkill", tgkill(getpid(), (pid_t)syscall(SYS_gettid), 0));
	tell("setpriority", setpriority(PRIO_PROCESS, 0, 1));
	tell("prlimit", prlimit(getpid(), RLIMIT_CORE, NULL, &limit));
	tell("affinity",
	    syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &(int){ 0 }));
}

/* In what the leader calls 0 there is another file. */
static void
take_own_descriptors(void)
{
	int fd;

	if (unshare(CLONE_FILES) == -1)
		err(1, "unshare");
	fd = open(".", O_RDONLY | O_DIRECTORY);
	if (fd == -1 || dup2(fd, STDIN_FILENO) == -1)
		err(1, "dup2");
	(void)close(fd);
}

static void
wait_for_leader(void)
{
	char text[32] = "", path[64];
	FILE *status;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", getpid());
	do {
		status = fopen(path, "r");
		if (status == NULL ||
		    fscanf(status, "%*d (%*[^)]) %31s", text) != 1)
			errx(1, "%s", path);
		(void)fclose(status);
	} while (text[0] != 'Z');
}

static void *
try_all(void *p)
{
	char *argv[] = { self, NULL };
	int fd;

	(void)p;
	if (strcmp(how, "own") == 0)
		take_own_descriptors();
	if (strcmp(how, "orphan") == 0)
		wait_for_leader();
	try_files();
	try_local();
	try_inet();
	try_processes();
	if (elevated != NULL) {
		fd = opened("elevated", open(elevated, O_RDONLY));
		(void)close(fd);
	}
	(void)fflush(stdout);
	execv(self, argv);
	err(1, "execv");
}

int
main(int argc, char *argv[])
{
	pthread_t thread;

	(void)alarm(60);
	if (argc < 2) {
		printf("executed\n");
		return 0;
	}
	if (argc < 3 || chdir(argv[2]) == -1)
		errx(2, "usage: leaderless how folder [elevated]");
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	(void)umask(027);
	self = argv[0];
	how = argv[1];
	elevated = argv[3];
	if (strcmp(how, "leader") == 0)
		(void)try_all(NULL);
	if (pthread_create(&thread, NULL, try_all, NULL) != 0)
		errx(1, "thread");
	if (strcmp(how, "orphan") == 0)
		syscall(SYS_exit, 0);
	(void)pthread_join(thread, NULL);
	return 1;
}
