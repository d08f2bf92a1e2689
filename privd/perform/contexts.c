/* SPDX-License-Identifier: ISC */
/*
 * Mounting by descriptors. What fsopen(2), fsmount(2) and open_tree(2) give
 * stays here: the program gets the end of a pipe that stands for it. So
 * nobody else can add to what was judged, and what is not mounted yet is no
 * door to files that have no name. Of each is remembered what it came from,
 * which later calls are judged by.
 *
 * Who can change what: the program can close its end, give it away and ask
 * with any other; it is known by its inode, which nobody else can have as
 * long as the other end is open here. When the last copy is closed, what it
 * stands for is let go, at the next call of this kind.
 */
#include <sys/mount.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../resolve/resolve.h"
#include "contexts.h"
#include "internal.h"

#define CONTEXTS_MAX 64
#define HELD_MAX 4

struct context {
	dev_t dev;
	ino_t ino;
	int other; /* end of the pipe; -1: it is kept by another process */
	int fd;    /* what it stands for; -1 */
	int held[HELD_MAX]; /* what its options name */
	size_t nheld;
	struct context_texts texts;
	bool used;
	bool busy;
	bool mount; /* else a file system that is being set up */
};

static struct context table[CONTEXTS_MAX];
static unsigned int oldest;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void
let_go(struct context *context)
{
	size_t i;

	for (i = 0; i < context->nheld; i++)
		close(context->held[i]);
	if (context->fd != -1)
		close(context->fd);
	context->nheld = 0;
	context->fd = -1;
}

static void
forget(struct context *context)
{
	let_go(context);
	if (context->other != -1)
		close(context->other);
	memset(context, 0, sizeof(*context));
}

/* Has everybody closed it? */
static bool
is_closed(const struct context *context)
{
	struct pollfd pfd = { .fd = context->other, .events = 0 };

	return context->other != -1 && poll(&pfd, 1, 0) == 1 &&
	    (pfd.revents & POLLHUP) != 0;
}

/* One that is free; of those that others keep, the oldest is made so. */
static struct context *
find_free(void)
{
	struct context *free_one = NULL;
	unsigned int i;

	for (i = 0; i < CONTEXTS_MAX; i++) {
		if (table[i].used && is_closed(&table[i]))
			forget(&table[i]);
		if (!table[i].used)
			free_one = &table[i];
	}
	for (i = 0; free_one == NULL && i < CONTEXTS_MAX; i++) {
		oldest = (oldest + 1) % CONTEXTS_MAX;
		if (table[oldest].other == -1) {
			forget(&table[oldest]);
			free_one = &table[oldest];
		}
	}
	return free_one;
}

static struct context *
find(int token)
{
	struct stat st;
	size_t i;

	if (token == -1 || fstat(token, &st) == -1 || !S_ISFIFO(st.st_mode))
		return NULL;
	for (i = 0; i < CONTEXTS_MAX; i++)
		if (table[i].used && table[i].dev == st.st_dev &&
		    table[i].ino == st.st_ino)
			return &table[i];
	return NULL;
}

static int
add(int token, int other, int fd, bool mount, const struct context_texts *texts)
{
	struct context *context;
	struct stat st;

	if (fstat(token, &st) == -1)
		return -1;
	(void)pthread_mutex_lock(&lock);
	context = find_free();
	if (context != NULL) {
		context->used = true;
		context->mount = mount;
		context->other = other;
		context->fd = fd;
		context->dev = st.st_dev;
		context->ino = st.st_ino;
		context->texts = *texts;
	}
	(void)pthread_mutex_unlock(&lock);
	if (context == NULL)
		errno = EMFILE;
	return context == NULL ? -1 : 0;
}

/* Takes fd over; the result is what the program gets. */
static int
give(struct perform_result *result, int fd, bool mount,
    const struct context_texts *texts)
{
	int ends[2], error;

	if (fd == -1)
		return -1;
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == -1) {
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	if (add(ends[1], ends[0], fd, mount, texts) == -1) {
		error = errno;
		close(ends[0]);
		close(ends[1]);
		close(fd);
		errno = error;
		return -1;
	}
	result->fd = ends[1];
	return 0;
}

bool
contexts_texts(int token, struct context_texts *texts)
{
	const struct context *context;

	(void)pthread_mutex_lock(&lock);
	context = find(token);
	if (context != NULL)
		*texts = context->texts;
	(void)pthread_mutex_unlock(&lock);
	return context != NULL;
}

/*
 * For one call at a time, and as it was when that was judged: nobody adds to
 * it meanwhile. What is given is a duplicate, to be released.
 */
static int
take(const struct perform_request *request, bool mount,
    struct context_texts *texts)
{
	struct context *context;
	int fd = -1;

	errno = EINVAL;
	(void)pthread_mutex_lock(&lock);
	context = find(request->fd);
	if (context != NULL && context->other == -1) {
		errno = EPERM; /* somebody else's */
	} else if (context != NULL &&
	    (context->busy || context->texts.version != request->version)) {
		errno = EBUSY;
	} else if (context != NULL && context->mount == mount &&
	    context->fd != -1) {
		*texts = context->texts;
		fd = fcntl(context->fd, F_DUPFD_CLOEXEC, 3);
		context->busy = fd != -1;
	}
	(void)pthread_mutex_unlock(&lock);
	return fd;
}

/* Of what has done what it is for nothing is kept: no mount stays busy. */
static int
release(int token, int fd, int result, bool finished)
{
	struct context *context;
	int error = errno;

	close(fd);
	(void)pthread_mutex_lock(&lock);
	context = find(token);
	if (context != NULL)
		context->busy = false;
	if (context != NULL && finished && result == 0)
		let_go(context);
	(void)pthread_mutex_unlock(&lock);
	errno = error;
	return result;
}

static void
start_texts(struct context_texts *texts, const char *fstype, const char *source)
{
	memset(texts, 0, sizeof(*texts));
	(void)strlcpy(texts->fstype, fstype, sizeof(texts->fstype));
	(void)strlcpy(texts->source, source, sizeof(texts->source));
}

int
perform_fsopen(const struct perform_request *request,
    struct perform_result *result)
{
	struct context_texts texts;

	start_texts(&texts, request->data, "");
	return give(result, fsopen(request->data, FSOPEN_CLOEXEC), false,
	    &texts);
}

/*
 * Names of descriptors that are told as text: of 9p, whose numbers would be
 * ours; and what holds a value of its own, or another option.
 */
static bool
is_plain_key(const char *key)
{
	return key == NULL ||
	    (strpbrk(key, "=,") == NULL && strcmp(key, "rfdno") != 0 &&
		strcmp(key, "wfdno") != 0);
}

bool
contexts_config(const struct perform_request *request,
    struct context_config *config)
{
	struct perform_mount_texts texts;
	struct context_texts known;
	bool source;

	if (!perform_mount_texts(request, &texts) ||
	    !is_plain_key(texts.fstype))
		return false;
	memset(&known, 0, sizeof(known));
	(void)contexts_texts(request->fd, &known);
	config->cmd = (unsigned int)request->numbers.plain[0];
	config->key = texts.fstype;
	config->value = texts.source;
	source = config->cmd == FSCONFIG_SET_STRING && config->key != NULL &&
	    strcmp(config->key, "source") == 0;
	config->with_path = config->value != NULL &&
	    (config->cmd == FSCONFIG_SET_PATH ||
		config->cmd == FSCONFIG_SET_PATH_EMPTY ||
		(source && config->value[0] != '\0' &&
		    perform_source_is_path(0, known.fstype)));
	config->with_fd = config->key != NULL &&
	    (config->cmd == FSCONFIG_SET_FD ||
		(config->cmd == FSCONFIG_SET_STRING &&
		    strcmp(config->key, "fd") == 0));
	return true;
}

/* What was said of it is what it is judged by from now on. */
static void
remember(const struct perform_request *request,
    const struct context_config *config)
{
	const struct resolve_pin *pin = request->pin[0];
	const char *value = config->with_path && pin != NULL ? pin->path :
							       config->value;
	struct context *context;
	struct context_texts *texts;
	size_t n;

	if (config->key == NULL)
		return;
	(void)pthread_mutex_lock(&lock);
	context = find(request->fd);
	if (context != NULL)
		context->texts.version++;
	if (context != NULL && strcmp(config->key, "source") == 0 &&
	    value != NULL) {
		(void)strlcpy(context->texts.source, value,
		    sizeof(context->texts.source));
	} else if (context != NULL) {
		texts = &context->texts;
		n = strlen(texts->data);
		(void)snprintf(texts->data + n, sizeof(texts->data) - n,
		    "%s%s%s%s", n > 0 ? "," : "", config->key,
		    value != NULL ? "=" : "", value != NULL ? value : "");
	}
	(void)pthread_mutex_unlock(&lock);
}

/* Is there room for what is to be said? Else it could not be judged. */
static bool
has_room(const struct context_texts *texts, const struct perform_request *ask,
    const struct context_config *config)
{
	size_t n = strlen(texts->data) + 3;

	if (config->key != NULL)
		n += strlen(config->key);
	if (config->value != NULL)
		n += strlen(config->value);
	if (config->with_path && ask->pin[0] != NULL)
		n += strlen(ask->pin[0]->path);
	return n < sizeof(texts->data);
}

/* Its number is in the options until it is mounted. -1: no more of them. */
static int
hold(const struct perform_request *request, int fd)
{
	struct context *context;
	int held = -1;

	errno = EBADF;
	if (fd == -1)
		return -1;
	errno = EINVAL;
	(void)pthread_mutex_lock(&lock);
	context = find(request->fd);
	if (context != NULL && context->nheld < HELD_MAX) {
		held = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (held != -1)
			context->held[context->nheld++] = held;
	}
	(void)pthread_mutex_unlock(&lock);
	return held;
}

static int
set_path(const struct perform_request *request,
    const struct context_config *config, int fd)
{
	const struct resolve_pin *pin = request->pin[0];
	struct perform_path path;
	const char *name;
	int held;

	if (pin == NULL || pin->object == -1) {
		errno = ENOENT;
		return -1;
	}
	if (config->cmd != FSCONFIG_SET_STRING)
		return fsconfig(fd, FSCONFIG_SET_PATH_EMPTY, config->key, "",
		    pin->object);
	name = perform_device_name(pin);
	if (name == NULL) {
		held = hold(request, pin->object);
		if (held == -1)
			return -1;
		path = perform_path(held);
		name = path.text;
	}
	return fsconfig(fd, FSCONFIG_SET_STRING, config->key, name, 0);
}

static int
set_fd(const struct perform_request *request,
    const struct context_config *config, int fd)
{
	int held = hold(request, request->extra);
	char number[16];

	if (held == -1)
		return -1;
	if (config->cmd == FSCONFIG_SET_FD)
		return fsconfig(fd, FSCONFIG_SET_FD, config->key, NULL, held);
	(void)snprintf(number, sizeof(number), "%d", held);
	return fsconfig(fd, FSCONFIG_SET_STRING, config->key, number, 0);
}

int
perform_fsconfig(const struct perform_request *request,
    struct perform_result *result)
{
	struct context_config config;
	struct context_texts texts;
	int fd, n;

	(void)result;
	if (!contexts_config(request, &config)) {
		errno = EINVAL;
		return -1;
	}
	fd = take(request, false, &texts);
	if (fd == -1)
		return -1;
	errno = EINVAL;
	if (!has_room(&texts, request, &config))
		n = -1;
	else if (config.with_path)
		n = set_path(request, &config, fd);
	else if (config.with_fd)
		n = set_fd(request, &config, fd);
	else
		n = fsconfig(fd, config.cmd, config.key, config.value, 0);
	if (n == 0)
		remember(request, &config);
	return release(request->fd, fd, n, false);
}

int
perform_fsmount(const struct perform_request *request,
    struct perform_result *result)
{
	struct context_texts texts;
	int fd, n;

	fd = take(request, false, &texts);
	if (fd == -1)
		return -1;
	n = fsmount(fd, FSMOUNT_CLOEXEC,
	    (unsigned int)request->numbers.plain[0]);
	return release(request->fd, fd, give(result, n, true, &texts), true);
}

int
perform_open_tree(const struct perform_request *request,
    struct perform_result *result)
{
	const struct resolve_pin *pin = request->pin[0];
	unsigned int flags = (unsigned int)request->numbers.flags;
	struct context_texts texts;

	start_texts(&texts, "", pin->path);
	if ((flags & OPEN_TREE_CLONE) == 0) {
		errno = ENOSYS;
		return -1;
	}
	return give(result,
	    open_tree(pin->object, "",
		OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
		    (flags & AT_RECURSIVE)),
	    true, &texts);
}

int
contexts_move(const struct perform_request *request, int target,
    unsigned int flags)
{
	struct context_texts texts;
	int fd;

	fd = take(request, true, &texts);
	if (fd == -1)
		return -1;
	return release(request->fd, fd, move_mount(fd, "", target, "", flags),
	    true);
}

/* What another process did, with the token that the program gets of it. */
void
contexts_note(const struct perform_request *request, int token)
{
	struct context_config config;
	struct context_texts texts;

	switch ((unsigned int)request->op) {
	case SYS_OP_FSOPEN:
		start_texts(&texts, request->data, "");
		(void)add(token, -1, -1, false, &texts);
		break;
	case SYS_OP_OPEN_TREE:
		start_texts(&texts, "", request->pin[0]->path);
		(void)add(token, -1, -1, true, &texts);
		break;
	case SYS_OP_FSMOUNT:
		if (contexts_texts(request->fd, &texts))
			(void)add(token, -1, -1, true, &texts);
		break;
	case SYS_OP_FSCONFIG:
		if (contexts_config(request, &config))
			remember(request, &config);
		break;
	default:
		break;
	}
}
