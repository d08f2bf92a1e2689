/* SPDX-License-Identifier: ISC */
/*
 * Attack 3: threads make calls whose arguments lie in a mapped file of a file
 * system that has been stopped: paths, a sockaddr, a msghdr, its address.
 * Another thread and another process open files meanwhile. Then the pages are
 * served, and each call ends as if nothing had been.
 *
 * (A page that is waited for in another's memory holds that memory's lock: what
 * the process itself would map or fork waits, too.)
 *
 * usage: stall make content file count		writes what is to be served
 *        stall run served file count		a line on standard input says
 *						when it is stopped, another
 *						that it goes on
 *        stall fault file			a page of a userfaultfd's
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <linux/userfaultfd.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096UL
#define STALLED_MAX 64
#define OPENS 200

enum kind {
	KIND_PATH,
	KIND_CONNECT,
	KIND_SENDTO,
	KIND_HEADER,
	KIND_NAME,
	KINDS
};

static const char *const kinds[KINDS] = { "path", "connect", "sendto", "header",
	"name" };

/* Where it is everywhere: served headers point to it. */
struct place {
	struct sockaddr_un address;
	struct iovec part;
	char byte;
};
#define PLACE ((struct place *)0x10000000)

static const char *file;
static atomic_int begun, ended;
static atomic_bool go;

struct stalled {
	pthread_t thread;
	enum kind kind;
	char *page;
	_Atomic pid_t tid;
	long result;
	int error;
};

static struct stalled stalled[STALLED_MAX];

static void
make_place(void)
{
	struct place *place;

	place = mmap(PLACE, PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (place != PLACE)
		err(1, "mmap");
	place->address.sun_family = AF_UNIX;
	(void)snprintf(place->address.sun_path, sizeof(place->address.sun_path),
	    "%s.socket", file);
	place->part.iov_base = &place->byte;
	place->part.iov_len = 1;
}

static struct msghdr
header(void)
{
	struct msghdr message = { .msg_name = &PLACE->address,
		.msg_namelen = sizeof(PLACE->address),
		.msg_iov = &PLACE->part,
		.msg_iovlen = 1 };

	return message;
}

static void
make_content(const char *path, size_t count)
{
	static char content[PAGE];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	struct msghdr message = header();
	size_t i;

	for (i = 0; i < count; i++) {
		memset(content, 0, sizeof(content));
		if (i % KINDS == KIND_PATH)
			(void)snprintf(content, sizeof(content), "%s", file);
		else if (i % KINDS == KIND_HEADER)
			memcpy(content, &message, sizeof(message));
		else
			memcpy(content, &PLACE->address,
			    sizeof(PLACE->address));
		if (write(fd, content, PAGE) != (ssize_t)PAGE)
			err(1, "%s", path);
	}
	(void)close(fd);
}

static long
call(const struct stalled *me, int s)
{
	struct msghdr message = header();

	switch (me->kind) {
	case KIND_PATH:
		return open(me->page, O_RDONLY) == -1 ? -1 : 0;
	case KIND_CONNECT:
		return connect(s, (struct sockaddr *)me->page,
		    sizeof(struct sockaddr_un));
	case KIND_SENDTO:
		return sendto(s, "x", 1, 0, (struct sockaddr *)me->page,
		    sizeof(struct sockaddr_un));
	case KIND_HEADER:
		return syscall(SYS_sendmsg, s, me->page, 0);
	case KIND_NAME:
	case KINDS:
		break;
	}
	message.msg_name = me->page;
	return syscall(SYS_sendmsg, s, &message, 0);
}

static void *
stall(void *p)
{
	struct stalled *me = p;
	int s = socket(AF_UNIX, SOCK_DGRAM, 0);

	me->tid = (pid_t)syscall(SYS_gettid);
	atomic_fetch_add(&begun, 1);
	/* Not before all are there: to make a thread is to map. */
	while (!atomic_load(&go))
		(void)sched_yield();
	me->result = call(me, s);
	me->error = errno;
	atomic_fetch_add(&ended, 1);
	return NULL;
}

static long
milliseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
go_on(const char *who)
{
	long most = 0, last = milliseconds(), now;
	int i, fd, good = 0;

	for (i = 0; i < OPENS; i++) {
		fd = open(file, O_RDONLY);
		good += fd != -1;
		(void)close(fd);
		now = milliseconds();
		most = now - last > most ? now - last : most;
		last = now;
	}
	printf("%s %d\n%s-most %ld\n", who, good, who, most);
	(void)fflush(stdout);
}

/*
 * Without memory that would have to be had for it. Who has gone does not run:
 * behind a broker with one thread the opening here comes after the call there.
 */
static bool
is_asleep(pid_t tid)
{
	char path[64], text[128] = "", *state;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	fd = open(path, O_RDONLY);
	if (fd == -1 && errno == ENOENT)
		return true;
	if (fd == -1 ||
	    (read(fd, text, sizeof(text) - 1) <= 0 && errno != ESRCH))
		err(1, "%s", path);
	(void)close(fd);
	state = strrchr(text, ')');
	return state == NULL || state[2] != 'R';
}

static void
start_all(char *pages, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		stalled[i].kind = i % KINDS;
		stalled[i].page = pages + i * PAGE;
		if (pthread_create(&stalled[i].thread, NULL, stall,
			&stalled[i]) != 0)
			errx(1, "thread");
	}
	while (atomic_load(&begun) < (int)count)
		(void)sched_yield();
	atomic_store(&go, true);
	for (i = 0; i < count; i++)
		while (!is_asleep(stalled[i].tid))
			continue;
}

static int
make_receiver(void)
{
	int s = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)unlink(PLACE->address.sun_path);
	if (bind(s, (struct sockaddr *)&PLACE->address,
		sizeof(PLACE->address)) == -1)
		err(1, "bind");
	return s;
}

static void
tell_results(size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		(void)pthread_join(stalled[i].thread, NULL);
		printf("%s %s\n", kinds[stalled[i].kind],
		    stalled[i].result >= 0 ? "good" :
					     strerrorname_np(stalled[i].error));
	}
}

static void
wait_for_line(const char *said)
{
	char line[16];

	printf("%s\n", said);
	(void)fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		exit(1);
}

/* Made before; it goes on when the pipe ends. */
static pid_t
start_process(int *gate)
{
	int fds[2];
	char c;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) == -1 || (pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		(void)close(fds[1]);
		(void)read(fds[0], &c, 1);
		go_on("process");
		_exit(0);
	}
	(void)close(fds[0]);
	*gate = fds[1];
	return pid;
}

static int
run(const char *served, size_t count)
{
	int fd = open(served, O_RDONLY), gate;
	char *pages;
	pid_t pid;

	pages = mmap(NULL, count * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd == -1 || pages == MAP_FAILED)
		err(1, "%s", served);
	(void)close(fd); /* while its file system answers */
	(void)make_receiver();
	pid = start_process(&gate);
	wait_for_line("mapped");
	start_all(pages, count);
	go_on("thread");
	(void)close(gate);
	(void)waitpid(pid, NULL, 0);
	printf("ended %d\n", atomic_load(&ended));
	(void)fflush(stdout);
	wait_for_line("over");
	tell_results(count);
	return 0;
}

/* Natively it waits for ever: not for long. */
static int
fault(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	char *page;

	(void)alarm(2);
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.range.start = (uintptr_t)page;
	reg.range.len = PAGE;
	if (uffd == -1 || ioctl(uffd, UFFDIO_API, &api) == -1 ||
	    ioctl(uffd, UFFDIO_REGISTER, &reg) == -1) {
		printf("userfaultfd %s\n", strerrorname_np(errno));
		return 0;
	}
	printf("fault %s\n",
	    open(page, O_RDONLY) == -1 ? strerrorname_np(errno) : "opened");
	return 0;
}

int
main(int argc, char *argv[])
{
	size_t count = argc > 4 ? strtoul(argv[4], NULL, 10) : 0;

	(void)alarm(60);
	if (argc == 3)
		return fault();
	if (argc < 5 || count > STALLED_MAX)
		errx(2, "usage: stall make|run|fault ...");
	file = argv[3];
	make_place();
	if (strcmp(argv[1], "run") == 0)
		return run(argv[2], count);
	make_content(argv[2], count);
	return 0;
}
