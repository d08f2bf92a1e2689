/* SPDX-License-Identifier: ISC */
/*
 * asks WHAT [FOLDER [PROCESS]]: makes one request of that name, in a folder
 * that has a, closed, private/a and d, or of a process. What the kernel says
 * is printed, and the status is 1 if it is not "ok".
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *folder;
static pid_t process;
static const char *program;

/* In the folder; four at a time. */
static const char *
at(const char *name)
{
	static char paths[4][4096];
	static unsigned int n;
	char *path = paths[n++ % 4];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static int
bind_local(const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", at(name));
	return bind(fd, (struct sockaddr *)&sun, sizeof(sun));
}

static int
bind_low(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_port = htons(81),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&sin,
	    sizeof(sin));
}

static int
set_host_name(void)
{
	char name[256];

	if (gethostname(name, sizeof(name)) == -1)
		return -1;
	return sethostname(name, strlen(name));
}

static int
set_times(void)
{
	const struct timeval times[2] = { { 1, 0 }, { 1, 0 } };

	return utimes(at("a"), times);
}

static int
look_at(const char *name)
{
	struct stat st;

	return stat(at(name), &st);
}

/* Each, the last one counts. */
static int
thrice(const char *name, int flags)
{
	(void)open(at(name), flags);
	(void)open(at(name), flags);
	return open(at(name), flags);
}

static int
both(void)
{
	return open(at("closed"), O_RDONLY) == -1 ?
	    0 :
	    open(at("private/a"), O_RDONLY);
}

/* By what this process executes, which is not elevated. */
static int
again(const char *what)
{
	return execl(program, program, what, folder, (char *)NULL);
}

#define REQUEST(name, call)          \
	if (strcmp(what, name) == 0) \
		return call;

static int
request(const char *what)
{
	REQUEST("read", open(at("closed"), O_RDONLY));
	REQUEST("write", open(at("a"), O_WRONLY));
	REQUEST("append", open(at("a"), O_RDWR | O_APPEND));
	REQUEST("truncate-open",
	    open(at("a"), O_WRONLY | O_CREAT | O_TRUNC, 0600));
	REQUEST("create", open(at("new"), O_WRONLY | O_CREAT | O_EXCL, 0640));
	REQUEST("temporary", open(folder, O_RDWR | O_TMPFILE, 0600));
	REQUEST("path-only", open(at("private/a"), O_PATH));
	REQUEST("below", open(at("private/a"), O_RDONLY));
	REQUEST("crooked", open(at("private/b/../a"), O_RDONLY));
	REQUEST("out", open(at("private/b/../../closed"), O_RDONLY));
	REQUEST("folder", open(at("private"), O_RDONLY | O_DIRECTORY));
	REQUEST("thrice", thrice("closed", O_RDONLY));
	REQUEST("thrice-plain", thrice("a", O_RDONLY));
	REQUEST("thrice-written", thrice("a", O_WRONLY));
	REQUEST("both", both());
	REQUEST("again", again("write"));
	REQUEST("stat", look_at("private/a"));
	REQUEST("access", access(at("closed"), R_OK));
	REQUEST("readlink",
	    (int)readlink(at("private/link"), (char[9]){ 0 }, 9));
	REQUEST("packet", socket(AF_PACKET, SOCK_RAW, 0));
	REQUEST("raw", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	REQUEST("low-port", bind_low());
	REQUEST("bind", bind_local("socket"));
	REQUEST("unlink", unlink(at("a")));
	REQUEST("rmdir", rmdir(at("d")));
	REQUEST("mkdir", mkdir(at("new"), 0750));
	REQUEST("fifo", mkfifo(at("new"), 0640));
	REQUEST("rename", rename(at("a"), at("b")));
	REQUEST("link", link(at("a"), at("b")));
	REQUEST("symlink", symlink("text", at("b")));
	REQUEST("chmod", chmod(at("a"), 0600));
	REQUEST("chown", chown(at("a"), 1, 1));
	REQUEST("truncate", truncate(at("a"), 1));
	REQUEST("utimes", set_times());
	REQUEST("setxattr", setxattr(at("a"), "user.a", "a", 1, 0));
	REQUEST("kill", kill(process, 0));
	REQUEST("others-priority", setpriority(PRIO_PROCESS, (id_t)process, 5));
	REQUEST("host-name", set_host_name());
	errx(2, "%s: no such request", what);
}

int
main(int argc, char **argv)
{
	int result;

	if (argc < 2)
		errx(2, "usage: asks what [folder [process]]");
	program = argv[0];
	folder = argc > 2 ? argv[2] : "/";
	process = argc > 3 ? (pid_t)atoi(argv[3]) : 0;
	(void)umask(0);
	errno = 0;
	result = request(argv[1]);
	(void)printf("%s\n", result == -1 ? strerrorname_np(errno) : "ok");
	return result == -1;
}
