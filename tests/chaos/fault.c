/* SPDX-License-Identifier: ISC */
/*
 * Starts a daemon, and has each system call of it and of its sessions'
 * processes fail in turn, as where descriptors, memory, processes or room on a
 * disk have run out, or a signal has come. First it counts the calls of a few
 * sessions (load.c), a question and a reload; then, in an order by the seed in
 * which each kind of call comes early, one of them fails in each step. What a
 * program got is right whatever failed, nobody waits too long, nothing is left
 * over, and those who come later are served.
 *
 * usage: fault [-n steps] [-o step ...] [-s seed] [-t seconds]
 *	      folder privd privrun privctl program uid
 *
 * With steps that are named (-o) there are no others, but as many as -n says;
 * with these alone, it says whether they could be steps.
 * A step is KIND:CALL:INDEX:ERROR; index 0: each such call in turn.
 * "violation STEP: WHAT"; at last the sums.
 */
#include <sys/capability.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "trace.h"

#define DEADLINE 60000 /* milliseconds that a session may take */
#define REST_WAIT 20000
#define MORE_WAIT 5000
#define REST 10 /* milliseconds in which nothing happens */
#define ONLY_MAX 32
#define ERRORS_MAX 200
#define WARM 20 /* sessions: what is kept of past ones is all there */
/* Of kilobytes: what a session leaves the monitor is kept for a few past ones,
   which all are there after some; from then on the allocator keeps what several
   at once needed, and nothing grows with each session. */
#define MORE_MEMORY 256
#define MORE_EACH 4
#define HONEST_EACH 10 /* steps between two sessions in which nothing fails */

static const char *folder, *privrun, *privctl, *program;
static char *daemon_argv[5], *socket_path;
static uid_t uid;
static pid_t monitor;

static struct fault *steps;
static size_t nsteps;
static const char *step_name = "at first";
static unsigned int violations, happened, sessions;
static unsigned long long calls;
static int descriptors; /* of the monitor when nobody is there */
static long kilobytes;  /* of its memory then */

static int64_t
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static void __attribute__((format(printf, 1, 2)))
violation(const char *fmt, ...)
{
	va_list ap;

	printf("violation %s: ", step_name);
	va_start(ap, fmt);
	(void)vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	violations++;
}

static char *
path_of(const char *name)
{
	static char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* --- the daemon */

static int
count_descriptors(void)
{
	char path[PATH_MAX], link[PATH_MAX];
	const struct dirent *d;
	int n = 0;
	ssize_t len;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", monitor);
	dir = opendir(path);
	if (dir == NULL)
		return -1;
	while ((d = readdir(dir)) != NULL) {
		(void)snprintf(path, sizeof(path), "/proc/%d/fd/%s", monitor,
		    d->d_name);
		len = readlink(path, link, sizeof(link) - 1);
		if (len == -1)
			continue;
		link[len] = '\0';
		/* A few past sessions' cards are kept. */
		n += strstr(link, "memfd:privd") == NULL;
	}
	(void)closedir(dir);
	return n;
}

static int
count_registered(void)
{
	const struct dirent *d;
	int n = 0;
	DIR *dir = opendir(path_of("register"));

	while (dir != NULL && (d = readdir(dir)) != NULL)
		n += d->d_name[0] != '.' || d->d_name[1] > '9' ||
		    d->d_name[1] >= '0';
	if (dir != NULL)
		(void)closedir(dir);
	return n;
}

static long
memory(void)
{
	char path[64], line[256];
	long kb = -1;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", monitor);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "RssAnon:", 8) == 0)
			kb = strtol(line + 8, NULL, 10);
	if (f != NULL)
		(void)fclose(f);
	return kb;
}

/* Who is there waits, and nobody else is there. */
static bool
rests(bool with_others)
{
	int64_t end = now() + REST_WAIT, since = -1;
	int status;

	while (now() < end && !trace_has_ended(&status)) {
		trace_wait(REST);
		if (!trace_is_idle() || (!with_others && trace_others() > 0))
			since = -1;
		else if (since == -1)
			since = now();
		else if (now() - since >= REST)
			return true;
	}
	return false;
}

/* The loader's first memory, which glibc takes without a look: a fault of
   nobody here. */
static bool
is_loaders(const struct fault *fault)
{
	return fault != NULL && fault->key == SYS_mmap && fault->index == 1;
}

/* True if it is there; it may end instead, with a word. */
static bool
start(const struct fault *fault)
{
	int status, log;
	struct stat st;
	bool is_there;

	log = open(path_of("log"), O_RDWR | O_CREAT | O_APPEND | O_TRUNC, 0644);
	if (log == -1)
		err(1, "log");
	(void)unlink(socket_path);
	trace_arm(fault);
	monitor = trace_start(daemon_argv, log);
	is_there = rests(true);
	if (is_there) {
		trace_is_ready();
	} else if (!trace_has_ended(&status)) {
		violation("it neither starts nor ends");
		trace_kill();
	} else if (!is_loaders(fault)) {
		if (fstat(log, &st) == -1 || st.st_size == 0)
			violation("it ends without a word");
		if (!WIFEXITED(status) || WEXITSTATUS(status) == 0)
			violation("it does not start: status %#x", status);
	}
	close(log);
	return is_there;
}

static void
stop(void)
{
	int64_t end = now() + REST_WAIT;
	int status = 0;

	(void)kill(monitor, SIGTERM);
	while (!trace_has_ended(&status) && now() < end)
		trace_wait(REST);
	if (status != 0)
		violation("it ended with status %#x", status);
	trace_kill();
}

/* As a service manager does. */
static void
start_again(void)
{
	trace_kill();
	if (!start(NULL))
		errx(1, "the daemon does not start");
}

/* --- its clients */

static void
become_user(void)
{
	const gid_t gid = uid;

	if (setgroups(1, &gid) == -1 || setresgid(gid, gid, gid) == -1 ||
	    setresuid(uid, uid, uid) == -1 || cap_set_proc(cap_init()) == -1)
		err(1, "setuid");
}

/* begin USER ARGUMENT ...: its output into out and err */
static pid_t
begin(bool user, char *const argv[])
{
	pid_t pid;
	int fd;

	(void)fflush(stdout);
	pid = fork();
	if (pid == -1)
		err(1, "fork");
	if (pid != 0)
		return pid;
	fd = open("/dev/null", O_RDONLY);
	(void)dup2(fd, STDIN_FILENO);
	fd = open(path_of("out"), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND,
	    0600);
	(void)dup2(fd, STDOUT_FILENO);
	fd = open(path_of("err"), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND,
	    0600);
	(void)dup2(fd, STDERR_FILENO);
	(void)syscall(SYS_close_range, 3, ~0U, 0);
	if (user)
		become_user();
	execv(argv[0], argv);
	err(127, "%s", argv[0]);
}

/* Its wait status; -1: it had to be ended. */
static int
finish(pid_t pid, const char *what)
{
	int64_t end = now() + DEADLINE;
	int status = -1;

	while (!trace_reaped(pid, &status) && now() < end)
		trace_wait(50);
	if (status != -1)
		return status;
	violation("%s does not end", what);
	(void)kill(pid, SIGKILL);
	while (!trace_reaped(pid, &status))
		trace_wait(50);
	return -1;
}

/* What a program says that it made is there, and what it did not is not. */
static void
look_at(char *line)
{
	char *path = strchr(line, ' ');
	bool is_there;

	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, "calls ", 6) == 0)
		calls += strtoul(line + 6, NULL, 10);
	if (strncmp(line, "violation ", 10) == 0)
		violation("%s", line + 10);
	if (strncmp(line, "made ", 5) != 0 && strncmp(line, "not ", 4) != 0)
		return;
	is_there = access(++path, F_OK) == 0;
	if (is_there != (line[0] == 'm'))
		violation("%s, and it is %sthere", line,
		    is_there ? "" : "not ");
	(void)unlink(path);
}

static bool
look_at_all(void)
{
	FILE *f = fopen(path_of("out"), "re");
	bool is_whole = false;
	char line[PATH_MAX];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		is_whole = is_whole || strncmp(line, "calls ", 6) == 0;
		look_at(line);
	}
	if (f != NULL)
		(void)fclose(f);
	return is_whole;
}

static void
show(const char *name)
{
	FILE *f = fopen(path_of(name), "re");
	char line[1024];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		printf("# %s: %s", name, line);
	if (f != NULL)
		(void)fclose(f);
}

static void
session(bool strictly)
{
	char *argv[] = { (char *)(uintptr_t)privrun, "-s", socket_path,
		(char *)(uintptr_t)program, (char *)(uintptr_t)folder, "0",
		strictly ? "strictly" : NULL, NULL };
	const unsigned int before = violations;
	int status = finish(begin(true, argv), "a session");
	bool is_whole = look_at_all();

	sessions++;
	if (strictly && (status != 0 || !is_whole))
		violation("who comes later is not served: status %#x", status);
	if (violations > before) {
		show("err");
		show("log");
	}
}

static void
ask(void)
{
	char *argv[] = { (char *)(uintptr_t)privctl, "-s", socket_path,
		"sessions", NULL };

	(void)finish(begin(false, argv), "a question");
}

/* --- steps */

/* It is told of an end some moments after that. NULL: nothing. */
static const char *
what_is_more(void)
{
	static char text[128];
	int has = count_descriptors(), registered = count_registered();
	long kb = memory();

	if (descriptors == 0 ||
	    (has <= descriptors && registered == 0 &&
		kb <= kilobytes + MORE_MEMORY))
		return NULL;
	(void)snprintf(text, sizeof(text),
	    "%d descriptors of the monitor, %d before; %d registered; "
	    "%ld kB, %ld before",
	    has, descriptors, registered, kb, kilobytes);
	return text;
}

/* The other ones have ended, and it is as it was. */
static void
look_at_daemon(void)
{
	int64_t end = now() + MORE_WAIT;
	const char *more;
	int status;

	if (!rests(false)) {
		if (trace_has_ended(&status))
			violation("the monitor ended: status %#x", status);
		else
			violation("%zu processes are left, or it spins",
			    trace_others());
		trace_show();
		show("log");
		start_again();
		return;
	}
	while ((more = what_is_more()) != NULL && now() < end)
		(void)rests(false);
	if (more != NULL) {
		violation("%s", more);
		start_again();
	}
}

static void
round_of(const struct fault *fault)
{
	if (fault != NULL)
		trace_arm(fault);
	else
		trace_count();
	session(false);
	ask();
	(void)kill(monitor, SIGHUP);
	look_at_daemon();
	happened += trace_has_failed();
}

static void
honest(void)
{
	trace_arm(NULL);
	session(true);
	look_at_daemon();
}

static const char *
name_of(const struct fault *fault)
{
	static char name[128];

	(void)snprintf(name, sizeof(name), "%s:%s:%u:%s",
	    kind_names[fault->kind], key_name(fault->key), fault->index,
	    strerrorname_np(fault->error));
	return name;
}

static void
step_of_start(const struct fault *fault)
{
	bool is_there;

	trace_kill();
	is_there = start(fault);
	happened += trace_has_failed();
	if (is_there) {
		honest();
		stop();
	}
	start_again();
}

static void
step(const struct fault *fault)
{
	static unsigned int since;

	step_name = name_of(fault);
	if (fault->kind == KIND_START) {
		step_of_start(fault);
		return;
	}
	round_of(fault);
	since++;
	if (fault->kind <= KIND_LOGGER || since >= HONEST_EACH) {
		honest();
		since = 0;
	}
}

/* --- which there are */

static void
add_steps(enum kind kind, int key, unsigned int n)
{
	const int *errors = key_errors(key);
	unsigned int i;

	for (; *errors != 0; errors++)
		for (i = 1; i <= n; i++) {
			if ((nsteps & (nsteps - 1)) == 0)
				steps = realloc(steps,
				    (2 * nsteps + 1) * sizeof(*steps));
			if (steps == NULL)
				err(1, NULL);
			steps[nsteps++] = (struct fault){ kind, key, i,
				*errors };
		}
}

/* A step's turn: by chance, one of each kind of call and error before the
   second of any. */
struct turn {
	struct fault fault;
	unsigned int round;
	long chance;
};

static int
by_kind(const void *a, const void *b)
{
	const struct turn *x = a, *y = b;

	if (x->fault.kind != y->fault.kind)
		return x->fault.kind < y->fault.kind ? -1 : 1;
	if (x->fault.key != y->fault.key)
		return x->fault.key < y->fault.key ? -1 : 1;
	if (x->fault.error != y->fault.error)
		return x->fault.error < y->fault.error ? -1 : 1;
	return (x->chance > y->chance) - (x->chance < y->chance);
}

static int
by_turn(const void *a, const void *b)
{
	const struct turn *x = a, *y = b;

	if (x->round != y->round)
		return x->round < y->round ? -1 : 1;
	return (x->chance > y->chance) - (x->chance < y->chance);
}

static bool
is_same_kind(const struct fault *a, const struct fault *b)
{
	return a->kind == b->kind && a->key == b->key && a->error == b->error;
}

static void
put_in_turn(void)
{
	struct turn *turns = calloc(nsteps, sizeof(*turns));
	size_t i;

	if (turns == NULL)
		err(1, NULL);
	for (i = 0; i < nsteps; i++)
		turns[i] = (struct turn){ steps[i], 0, random() };
	qsort(turns, nsteps, sizeof(*turns), by_kind);
	for (i = 1; i < nsteps; i++)
		if (is_same_kind(&turns[i].fault, &turns[i - 1].fault))
			turns[i].round = turns[i - 1].round + 1;
	qsort(turns, nsteps, sizeof(*turns), by_turn);
	for (i = 0; i < nsteps; i++)
		steps[i] = turns[i].fault;
	free(turns);
}

/* The others: that none of them can fail so is for a reader to see. */
static void
say_unfailing(void)
{
	unsigned int n;
	enum kind kind;
	int key;

	printf("# never failing:");
	for (key = 0; key < KEYS; key++) {
		n = 0;
		for (kind = 0; kind < KINDS; kind++)
			n += trace_counts[kind][key];
		if (n > 0 && key_errors(key)[0] == 0)
			printf(" %s", key_name(key));
	}
	printf("\n");
}

/* What it is like when nobody is there, after so many sessions. */
static void
warm_up(void)
{
	int i;

	for (i = 0; i < WARM; i++) {
		if (i == WARM / 2)
			kilobytes = memory();
		honest();
	}
	if (memory() - kilobytes > WARM / 2 * MORE_EACH)
		violation("%ld kB after %d sessions, %ld kB after %d",
		    kilobytes, WARM / 2, memory(), WARM);
	kilobytes = memory();
	descriptors = count_descriptors();
}

static void
find_steps(void)
{
	enum kind kind;
	int key;

	start_again();
	for (key = 0; key < KEYS; key++)
		add_steps(KIND_START, key, trace_counts[KIND_START][key]);
	warm_up();
	round_of(NULL);
	for (kind = KIND_MONITOR; kind < KINDS; kind++)
		for (key = 0; key < KEYS; key++)
			add_steps(kind, key, trace_counts[kind][key]);
	put_in_turn();
}

static struct fault
parse(const char *text)
{
	char name[32], call[64], error[32];
	struct fault one;
	enum kind kind;
	int i;

	memset(&one, 0, sizeof(one));
	if (sscanf(text, "%31[^:]:%63[^:]:%u:%31s", name, call, &one.index,
		error) != 4)
		errx(2, "%s: no step", text);
	one.kind = KINDS;
	for (kind = 0; kind < KINDS; kind++)
		if (strcmp(name, kind_names[kind]) == 0)
			one.kind = kind;
	one.key = key_named(call);
	for (i = 1; i < ERRORS_MAX; i++)
		if (strerrorname_np(i) != NULL &&
		    strcmp(strerrorname_np(i), error) == 0)
			one.error = i;
	if (one.kind == KINDS || one.key == -1 || one.error == 0)
		errx(2, "%s: no such process, call or error", text);
	return one;
}

static bool
is_one_of(const struct fault *fault, const struct fault *wanted, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (is_same_kind(fault, &wanted[i]) &&
		    (wanted[i].index == 0 || wanted[i].index == fault->index))
			return true;
	return false;
}

/* These of all that there are come first; and one that is not among these, this
   time. How many they are. */
static size_t
take_steps(const struct fault *wanted, size_t n)
{
	struct fault one;
	size_t found = 0, i;

	for (i = 0; i < nsteps; i++) {
		if (!is_one_of(&steps[i], wanted, n))
			continue;
		one = steps[found];
		steps[found++] = steps[i];
		steps[i] = one;
	}
	if (n == 1 && found == 0 && wanted->index > 0)
		steps[found++] = *wanted;
	return found;
}

static void
begin_with(char *argv[])
{
	static char debug[] = "-d", file[] = "-f";

	folder = argv[0];
	daemon_argv[0] = argv[1];
	daemon_argv[1] = debug;
	daemon_argv[2] = file;
	daemon_argv[3] = strdup(path_of("privd.conf"));
	socket_path = strdup(path_of("run/privd.sock"));
	privrun = argv[2];
	privctl = argv[3];
	program = argv[4];
	uid = (uid_t)strtoul(argv[5], NULL, 10);
}

int
main(int argc, char *argv[])
{
	long most = -1, seconds = 0, seed = 1;
	struct fault only[ONLY_MAX];
	int64_t end;
	size_t i, nonly = 0;
	int ch;

	while ((ch = getopt(argc, argv, "n:o:s:t:")) != -1) {
		if (ch == 'n')
			most = strtol(optarg, NULL, 10);
		else if (ch == 'o' && nonly < ONLY_MAX)
			only[nonly++] = parse(optarg);
		else if (ch == 's')
			seed = strtol(optarg, NULL, 10);
		else if (ch == 't')
			seconds = strtol(optarg, NULL, 10);
		else
			return 2;
	}
	if (argc == optind && nonly > 0)
		return 0;
	if (argc - optind != 6)
		errx(2,
		    "usage: fault [-n steps] [-o step ...] [-s seed] "
		    "[-t seconds] folder privd privrun privctl program uid");
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	begin_with(argv + optind);
	srandom((unsigned int)seed);
	end = now() + seconds * 1000;
	find_steps();
	printf("# %zu steps in all\n", nsteps);
	say_unfailing();
	if (nonly > 0)
		most = (most > 0 ? most : 0) + (long)take_steps(only, nonly);
	for (i = 0; i < nsteps && (most == -1 || (long)i < most); i++) {
		if (seconds > 0 && now() >= end)
			break;
		step(&steps[i]);
	}
	step_name = "at last";
	honest();
	printf("steps %zu of %zu, failed %u, sessions %u, calls %llu, "
	       "violations %u; the monitor: %d descriptors, %ld kB before, "
	       "%ld kB after\n",
	    i, nsteps, happened, sessions, calls, violations,
	    count_descriptors(), kilobytes, memory());
	stop();
	return violations == 0 ? 0 : 1;
}
