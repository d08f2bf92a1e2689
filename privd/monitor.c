/* SPDX-License-Identifier: ISC */
/*
 * The monitor: root, and small. It listens, forks a process for each
 * connection before a byte of it is read, and reaps them; it owns the
 * system's policies, which each of these processes inherits compiled. It
 * reads nothing of anybody's.
 */
#include "monitor.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <event2/event.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "admission.h"
#include "adoption.h"
#include "board.h"
#include "card.h"
#include "children.h"
#include "config.h"
#include "control.h"
#include "excess.h"
#include "launch.h"
#include "listener.h"
#include "loading.h"
#include "lock.h"
#include "log.h"
#include "log_sink.h"
#include "monitor_state.h"
#include "peer.h"
#include "policy/sign.h"
#include "register.h"
#include "service.h"
#include "session/descriptors.h"
#include "session/jail.h"
#include "session/oom.h"
#include "upgrade.h"
#include "vacancy.h"

#define ACCEPT_WAIT 100000 /* microseconds, where nothing can be accepted */
#define FILES_MAX 524288   /* as privd.service has it */
#define LATE_WAIT 15 /* seconds, in which a launch has come to a session */

static const int signals[] = { SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGUSR1,
	SIGUSR2 };

#define NSIGNALS (sizeof(signals) / sizeof(signals[0]))

/* --- configuration and policies, see loading.c */

static void
reload(struct monitor *monitor)
{
	struct log_sink sink = { .fd = -1 };

	service_reloading();
	if (loading_load(monitor, &sink, NULL) == -1) {
		log_sink_close(&sink);
		log_write(LOG_ERR, "what is in force stays as it is");
		service_ready("A reload failed: what was in force stays.");
		return;
	}
	log_change(&sink);
	loading_note_journal(monitor, sink.fell_back);
	/* What could not be taken out of the register twice. */
	(void)adoption_all(monitor);
	log_write(LOG_NOTICE, "a new configuration is in force");
	service_ready("Ready, reloaded.");
}

/* --- connections */

/* All that the connection's process goes on with: these, the cards that it may
   look at, and what it waits for. */
static void
keep_descriptors(const struct children_view *view,
    const struct vacancy *vacancy, const int *fds, size_t nfds)
{
	size_t n, i, doubtful = vacancy != NULL ? vacancy->n : 0;
	struct control_session *all = children_show(view, &n);
	int *keep = calloc(n + 2 * doubtful + nfds, sizeof(*keep)), *next;

	if (all == NULL || keep == NULL)
		exit(1);
	next = keep;
	for (i = 0; i < n; i++)
		*next++ = all[i].card;
	for (i = 0; i < doubtful; i++) {
		*next++ = vacancy->others[i].process;
		*next++ = vacancy->others[i].card;
	}
	for (i = 0; i < nfds; i++)
		*next++ = fds[i];
	descriptors_keep_only(keep, (size_t)(next - keep));
	free(keep);
	free(all);
}

/* What the monitor's process is and holds is not the connection's. */
static void
become_child(struct monitor *monitor, int sock, const struct peer *peer,
    const struct child *child, int channel, const sigset_t *mask)
{
	const struct children_view view = { monitor, peer->uid };
	const struct control_start control = {
		.sock = sock,
		.peer = peer,
		.policies = monitor->policies,
		.config = monitor->config,
		.board = &monitor->board,
		.monitor = monitor->pid,
		.card = child->card,
		.began = monitor->began,
		.loaded = monitor->loaded,
		.excess = monitor->excess.all,
		.talks = admission_talks(monitor, child->share, &(size_t){ 0 }),
		.sessions = children_show,
		.context = &view,
	};
	struct launch_start start = {
		.sock = sock,
		.peer = peer,
		.refusal = child->refusal,
		.passes = child->passes,
		.calls = child->calls,
		.policies = monitor->policies,
		.config = monitor->config,
		.first_id = child->first_id,
		.registered = -1,
		.card = child->card,
		.launcher = monitor->start->launcher,
		.control = &control,
	};
	size_t i;

	for (i = 0; i < NSIGNALS; i++)
		(void)signal(signals[i], SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
	log_become(channel);
	if (descriptors_leave_terminal() == -1) {
		log_write(LOG_ERR, "/dev/null: %m");
		exit(1);
	}
	jail_close_stderr();
	if (child->waits)
		start.vacancy = admission_doubts(monitor, peer->uid);
	keep_descriptors(&view, start.vacancy,
	    (int[]){ sock, peer->pidfd, child->card, channel,
		monitor->sessions },
	    5);
	if (child->first_id != NO_IDS)
		start.registered = register_enter(monitor->sessions,
		    child->first_id, peer->uid, peer->pid, child->card);
	if (child->first_id != NO_IDS && start.registered == -1) {
		log_write(LOG_ERR, "cannot register the session: %m");
		exit(1);
	}
	close(monitor->sessions);
	launch_main(&start);
}

static void
serve(struct monitor *monitor, int sock, struct peer *peer)
{
	struct child *child = admission_open(monitor, peer);
	sigset_t all, mask;
	int channel;

	if (child == NULL)
		return;
	child->began = time(NULL);
	child->number = ++monitor->number;
	channel = log_add(child->number, peer->uid, peer->pid);
	if (channel == -1) {
		log_write(LOG_ERR, "a channel: %m");
		child_free(child);
		return;
	}
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &mask);
	child->pid = fork();
	if (child->pid == 0)
		become_child(monitor, sock, peer, child, channel, &mask);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	close(channel);
	if (child->pid == -1) {
		log_write(LOG_ERR, "fork: %m");
		child_free(child);
		return;
	}
	child->pidfd = peer->pidfd;
	peer->pidfd = -1;
	child->next = monitor->children;
	monitor->children = child;
}

/* There is somebody, and no room for him: he would be announced for ever. */
static void
pause_accepting(struct monitor *monitor)
{
	const struct timeval soon = { 0, ACCEPT_WAIT };

	(void)event_del(monitor->accepts);
	(void)event_add(monitor->room, &soon);
}

static void
on_room(evutil_socket_t fd, short what, void *context)
{
	struct monitor *monitor = context;

	(void)fd;
	(void)what;
	(void)event_add(monitor->accepts, NULL);
}

static void
tell_excess(struct monitor *monitor)
{
	char text[EXCESS_TEXT_MAX];

	if (excess_tell(&monitor->excess, text, sizeof(text)))
		log_write(LOG_WARNING, "%s", text);
}

static void
on_excess(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	tell_excess(context);
}

/* A line a second tells of all. */
static void
turn_away(struct monitor *monitor, int sock, const struct peer *peer,
    bool in_all)
{
	const struct timeval soon = { 1, 0 };

	admission_turn_away(monitor, sock, peer, in_all);
	if (!event_pending(monitor->tells, EV_TIMEOUT, NULL))
		(void)event_add(monitor->tells, &soon);
}

static void
accept_one(evutil_socket_t fd, short what, void *context)
{
	struct monitor *monitor = context;
	enum rate_answer answer;
	struct peer peer;
	int sock;

	(void)what;
	sock = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	if (sock == -1) {
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			pause_accepting(monitor);
		return;
	}
	if (peer_learn(sock, &peer) == 0) {
		answer = admission_hears(monitor, &peer);
		if (answer == RATE_TAKEN)
			serve(monitor, sock, &peer);
		else
			turn_away(monitor, sock, &peer, answer == RATE_ALL);
		peer_clear(&peer);
	}
	close(sock);
}

/* --- signals */

/* Launches that were on their way have come to sessions by now; and what could
   not be taken out of the register is. */
static void
on_register(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)adoption_all(context);
}

static void
forget_reaped(struct monitor *monitor, pid_t pid, int status)
{
	struct child *child = child_find(monitor, pid);

	if (child == NULL)
		return;
	if (status != 0)
		child_look(child);
	/* A keeper that gives up has ended its program itself. */
	if (WIFSIGNALED(status) || (status != 0 && child->kind != CARD_SESSION))
		child_lose(child);
	child_forget(monitor, child);
}

static void
reap(struct monitor *monitor)
{
	pid_t pid;
	int status;

	for (;;) {
		pid = waitpid(-1, &status, WNOHANG | WUNTRACED);
		if (pid == -1 && errno == EINTR)
			continue;
		if (pid <= 0)
			break;
		/* What waits for it has no other deadline. */
		if (WIFSTOPPED(status))
			(void)kill(pid, SIGCONT);
		else if (pid == monitor->upgrade.checker)
			upgrade_go_on(&monitor->upgrade, status,
			    &monitor->listener);
		else if (!log_reap(pid))
			forget_reaped(monitor, pid, status);
	}
}

static void
on_signal(evutil_socket_t sig, short what, void *context)
{
	struct monitor *monitor = context;

	(void)what;
	if (sig == SIGCHLD)
		reap(monitor);
	else if (sig == SIGHUP)
		reload(monitor);
	else if (sig == SIGUSR1)
		loading_reopen_log(monitor);
	else if (sig == SIGUSR2)
		upgrade_begin(&monitor->upgrade);
	else
		(void)event_base_loopbreak(monitor->base);
}

static int
add_events(struct monitor *monitor)
{
	const struct timeval late = { .tv_sec = LATE_WAIT };
	struct event *event;
	size_t i;

	monitor->base = event_base_new();
	if (monitor->base == NULL)
		return -1;
	for (i = 0; i < NSIGNALS; i++) {
		event = evsignal_new(monitor->base, signals[i], on_signal,
		    monitor);
		if (event == NULL || event_add(event, NULL) == -1)
			return -1;
	}
	event = evtimer_new(monitor->base, on_register, monitor);
	if (event == NULL || event_add(event, &late) == -1)
		return -1;
	monitor->room = evtimer_new(monitor->base, on_room, monitor);
	monitor->accepts = event_new(monitor->base, monitor->listener.sock,
	    EV_READ | EV_PERSIST, accept_one, monitor);
	monitor->tells = evtimer_new(monitor->base, on_excess, monitor);
	monitor->untidy = evtimer_new(monitor->base, on_register, monitor);
	if (monitor->room == NULL || monitor->accepts == NULL ||
	    monitor->tells == NULL || monitor->untidy == NULL)
		return -1;
	return event_add(monitor->accepts, NULL);
}

/* --- the socket */

/* Said in the log as well: who starts it unattended reads nothing else. */
static void __attribute__((noreturn, format(printf, 2, 3)))
give_up(const struct monitor_start *start, const char *fmt, ...)
{
	char text[3 * PATH_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_write(LOG_ERR, "%s", text);
	if (!start->log_stderr)
		warnx("%s", text);
	exit(1);
}

static void
take_lock(struct monitor *monitor, const char *path)
{
	const char *why;

	monitor->listener.lock = lock_take(path);
	if (monitor->listener.lock != -1)
		return;
	if (errno == EAGAIN)
		give_up(monitor->start,
		    "%s: another privd listens there: end it first "
		    "(\"privctl -s %s status\" tells its number), or listen "
		    "elsewhere (-s)",
		    path, path);
	why = errno == EPERM ? "it must be a file of root's alone" :
			       strerror(errno);
	give_up(monitor->start, "%s" LOCK_SUFFIX ": %s", path, why);
}

/* Where users come: what a service manager made, or made here. */
static void
open_socket(struct monitor *monitor, const char *path)
{
	struct listener *listener = &monitor->listener;
	const char *wrong;

	upgrade_listener(&monitor->upgrade, path, listener);
	if (listener->lock == -1)
		take_lock(monitor, path);
	if (listener->sock != -1)
		return;
	if (service_listener(path, &listener->sock, &wrong) == -1)
		errx(1, "the socket that was handed over: %s", wrong);
	listener->given = listener->sock != -1;
	if (listener->given)
		(void)listener_learn(listener, path);
	else if (listener_open(listener, path) == -1)
		err(1, "%s", path);
}

/*
 * It holds up to four for each session, more than there may be by the limits
 * that processes begin with.
 */
static void
raise_limits(void)
{
	struct rlimit files, more = { FILES_MAX, FILES_MAX };

	if (getrlimit(RLIMIT_NOFILE, &files) == -1)
		return;
	if (files.rlim_max < FILES_MAX && setrlimit(RLIMIT_NOFILE, &more) == 0)
		return;
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

/* Without it nothing is elevated until it is there. */
static bool
has_launcher(const struct monitor_start *start)
{
	struct stat st;

	if (stat(start->launcher, &st) == 0)
		return true;
	log_write(start->only_check ? LOG_ERR : LOG_WARNING, "%s: %m",
	    start->launcher);
	return false;
}

int
monitor_main(const struct monitor_start *start)
{
	static struct monitor monitor;
	struct log_sink sink = { .fd = -1 };
	struct sign_checker *serials = NULL;
	char *path;
	bool has_all;
	size_t n;

	monitor.start = start;
	if (board_open(&monitor.board) == -1)
		err(1, NULL);
	openlog("privd", LOG_PID | (start->log_stderr ? LOG_PERROR : 0),
	    LOG_AUTHPRIV);
	if (loading_load(&monitor, &sink, &serials) == -1)
		errx(1, "the configuration or a policy has errors%s",
		    start->only_check ? "" : ": see the log");
	has_all = has_launcher(start);
	if (start->only_check) {
		sign_checker_free(serials);
		return has_all ? 0 : 1;
	}
	/* A reload gives its configuration back. */
	path = strdup(
	    start->socket != NULL ? start->socket : monitor.config->socket);
	if (path == NULL)
		err(1, NULL);
	upgrade_init(&monitor.upgrade, start->argv);
	open_socket(&monitor, path);
	monitor.sessions = register_open();
	if (monitor.sessions == -1)
		err(1, "%s", REGISTER_FOLDER);
	if (loading_accept(&monitor, serials) == -1)
		errx(1,
		    "the serials of signatures cannot be kept: see the log");
	if (!start->foreground && !monitor.upgrade.done && daemon(0, 0) == -1)
		err(1, "daemon");
	raise_limits();
	oom_protect();
	if (add_events(&monitor) == -1)
		errx(1, "cannot wait for events");
	monitor.pid = getpid();
	monitor.began = time(NULL);
	if (log_start(monitor.base, &sink, start->log_stderr,
		loading_reopen_log, &monitor) == -1)
		err(1, "the logger");
	loading_note_journal(&monitor, sink.fell_back);
	n = adoption_all(&monitor);
	if (n > 0)
		log_write(LOG_NOTICE, "%zu sessions go on", n);
	reap(&monitor);
	log_write(LOG_NOTICE, "ready at %s", path);
	service_ready("Ready.");
	(void)event_base_dispatch(monitor.base);
	service_stopping();
	listener_remove(&monitor.listener, path);
	tell_excess(&monitor);
	log_write(LOG_NOTICE, "ends; sessions go on");
	free(path);
	return 0;
}
