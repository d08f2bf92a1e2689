/* SPDX-License-Identifier: ISC */
/*
 * What a hand does once its rule permits it, on what it has pinned.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <errno.h>
#include <unistd.h>

#include "fence.h"
#include "hand_state.h"

static bool
is_plain(const struct stat *st)
{
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

/* What was plain folders when the rule was read may be links by now. */
int
hand_open_literal(struct hand *hand, const struct policy_rule *rule)
{
	const struct stat *pinned = &hand->pin[0].st;
	const char *path = rule->expr->string;
	struct stat st;
	int fd;

	if ((hand->flags & ~(uint64_t)HAND_NUMBERS_FLAGS) != 0 ||
	    !is_plain(pinned))
		return -1;
	fd = open(path,
	    (int)hand->flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0 && is_plain(&st) && resolve_same(&st, pinned) &&
	    resolve_is_named(fd, path) &&
	    fcntl(fd, F_SETFL, (int)hand->flags) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
do_open(struct hand *hand, int *fd)
{
	const struct resolve_pin *pin = &hand->pin[0];
	uint64_t flags = hand->flags;
	bool waits;

	if (pin->object != -1 && !S_ISREG(pin->st.st_mode))
		flags &= ~(uint64_t)O_TRUNC;
	waits = pin->object != -1 && perform_may_block(&pin->st, flags);
	if (perform_creates(pin, flags))
		(void)umask(hand->request->umask);
	*fd = perform_open(pin, flags | (waits ? O_NONBLOCK : 0),
	    hand->ask.numbers.mode);
	/* A hand waits for nobody. */
	if (*fd != -1 && waits &&
	    fcntl(*fd, F_SETFL, (int)flags & ~O_NONBLOCK) == -1)
		return errno;
	if (*fd == -1)
		return errno == PERFORM_WALK_AGAIN ? EAGAIN : errno;
	return 0;
}

static int
do_socket(struct hand *hand, const struct policy_rule *rule, int *fd)
{
	const uint64_t *regs = hand->request->regs;
	const struct fence *fence;

	/* An old name of packet sockets, in another domain's clothes. */
	if (regs[0] != AF_PACKET && ((int)regs[1] & 0xf) == SOCK_PACKET)
		return EPERM;
	fence = fence_of(rule);
	if (fence == NULL && (rule->filter != NULL || rule->device != NULL))
		return EPERM;
	*fd = perform_socket((int)regs[0], (int)regs[1], (int)regs[2],
	    fence != NULL ? fence->insns : NULL,
	    fence != NULL ? fence->count : 0, rule->device);
	return *fd == -1 ? errno : 0;
}

/*
 * A queue that is full could hold a hand up for ever, and whoever asks it:
 * after a moment it says EAGAIN, and may be asked again.
 */
static int
connect_patiently(int sock, int object, const struct hand_request *request)
{
	const struct timeval moment = { 0, 50000 };
	struct timeval before;
	socklen_t size = sizeof(before);
	int result, error;

	if (getsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &before, &size) == -1 ||
	    setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &moment,
		sizeof(moment)) == -1)
		return -1;
	result = perform_connect(sock, object, &request->addr,
	    request->addr_len, request->caller);
	error = errno;
	(void)setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &before, size);
	errno = error;
	return result;
}

static int
do_bind(struct hand *hand)
{
	const struct hand_request *request = hand->request;

	(void)umask(request->umask);
	return perform_bind(hand->ask.fd, hand->pin[0].parent,
		   hand->pin[0].name, &request->addr, request->addr_len,
		   request->caller) == -1 ?
	    errno :
	    0;
}

static int
do_connect(struct hand *hand)
{
	return connect_patiently(hand->ask.fd, hand->pin[0].object,
		   hand->request) == -1 ?
	    errno :
	    0;
}

static int
do_send(struct hand *hand, struct perform_result *result)
{
	struct hand_given given = {
		.sock = hand->ask.fd,
		.object = hand->pin[0].object,
		.data = hand->tails[HAND_TAIL_DATA],
		.control = hand->tails[HAND_TAIL_CONTROL],
		.fds = hand->fds + hand->message,
		.nfds = hand->nfds - hand->message,
		.by_address = hand->plan->addresses,
	};

	return hand_send(hand->request, &given, result);
}

static int
do_call(struct hand *hand, struct perform_result *result)
{
	if ((perform_traits(hand->ask.op) & PERFORM_MAKES) != 0)
		(void)umask(hand->request->umask);
	return perform_call(&hand->ask, result) == -1 ? errno : 0;
}

int
hand_act(struct hand *hand, const struct policy_rule *rule,
    struct perform_result *result, int *fd)
{
	int error;

	switch (hand->base->op) {
	case SYS_OP_OPEN:
		return do_open(hand, fd);
	case SYS_OP_SOCKET:
		return do_socket(hand, rule, fd);
	case SYS_OP_BIND:
		return do_bind(hand);
	case SYS_OP_CONNECT:
		return do_connect(hand);
	case SYS_OP_SEND:
		return do_send(hand, result);
	default:
		error = do_call(hand, result);
		if (error == 0)
			*fd = result->fd;
		return error;
	}
}

int
hand_act_as_double(struct hand *hand, struct perform_result *result)
{
	switch (hand->base->op) {
	case SYS_OP_CONNECT:
		return do_connect(hand);
	case SYS_OP_SEND:
		return do_send(hand, result);
	case SYS_OP_QUOTA:
		return do_call(hand, result);
	default:
		return sys_has_target(hand->row) ? do_call(hand, result) :
						   EPERM;
	}
}
