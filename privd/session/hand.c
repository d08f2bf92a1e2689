/* SPDX-License-Identifier: ISC */
/*
 * The hand: capabilities and identity of one kind of rule, a Landlock domain
 * of the folders in those rules, a seccomp list of the calls that they name.
 *
 * Whoever has the judge in hand can send anything here. So nothing in a
 * request is taken for true: names are asked of the kernel from the pinned
 * descriptors, the policy is evaluated anew, limits are counted again, and
 * only if the very rule named decides so with this hand's identity is
 * anything done.
 */
#include "hand.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <linux/capability.h>
#include <net/if.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../perform/contexts.h"
#include "../perform/perform.h"
#include "../resolve/resolve.h"
#include "budget.h"
#include "channel.h"
#include "fence.h"
#include "hand_jail.h"
#include "hand_pin.h"
#include "hand_target.h"
#include "identity.h"
#include "jail.h"
#include "mount.h"
#include "session.h"

#define GUARD (1ULL << CAP_BLOCK_SUSPEND)
#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

struct hand {
	const struct session_plan *plan;
	const struct session_hand *self;
	unsigned int number;
	struct budget *budget;
	bool is_double;
	/* of the request at hand */
	const struct hand_request *request;
	const struct sys_call *row;
	const struct sys_call *base;
	const unsigned char *tails[HAND_TAILS];
	struct perform_request ask;
	uint64_t flags; /* of an opening */
	struct resolve_pin pin[HAND_PATHS];
	struct hand_target target;
	int names;
	bool literal; /* named by its rule yet */
	int fds[HAND_FDS_MAX];
	size_t nfds;
	size_t message; /* where those of a message begin */
	char text[SYS_ARGS_MAX][SYS_VALUE_MAX];
	struct policy_request asked;
};

static bool
is_spent(void *p, const struct policy_rule *rule)
{
	const struct hand *hand = p;

	return budget_is_spent(hand->budget, rule);
}

static void
add_value(struct hand *hand, const char *name, const char *value, bool missing)
{
	struct policy_request *asked = &hand->asked;

	asked->values[asked->nvalues].name = name;
	asked->values[asked->nvalues].value = value;
	asked->values[asked->nvalues].missing = missing;
	asked->nvalues++;
}

static bool
format_path(const struct resolve_pin *pin, char *text)
{
	return pin->path[0] != '\0' &&
	    strlcpy(text, pin->path, SYS_VALUE_MAX) < SYS_VALUE_MAX;
}

static bool
format_address(const struct hand *hand, char *text)
{
	const struct hand_request *request = hand->request;
	socklen_t len = sizeof(int);
	int protocol = -1;

	if (request->path[0] != HAND_PATH_NONE)
		return format_path(&hand->pin[0], text);
	if (request->addr_len < sizeof(sa_family_t))
		return false;
	if (request->addr.ss_family == AF_NETLINK &&
	    getsockopt(hand->ask.fd, SOL_SOCKET, SO_PROTOCOL, &protocol,
		&len) == 0)
		return sys_format_netlink((unsigned int)protocol, text,
			   SYS_VALUE_MAX) == 0;
	return sys_format_sockaddr(&request->addr, request->addr_len,
		   hand->ask.fd, text, SYS_VALUE_MAX) == 0;
}

/* One of the strings of a mount. */
static bool
format_text(const struct hand *hand, const struct sys_arg *arg, char *text)
{
	struct perform_mount_texts texts;
	const char *found;

	if (!perform_mount_texts(&hand->ask, &texts))
		return false;
	found = arg->kind == SYS_SOURCE ? texts.source :
	    arg->kind == SYS_OPTIONS    ? texts.data :
					  texts.fstype;
	return found != NULL &&
	    strlcpy(text, found, SYS_VALUE_MAX) < SYS_VALUE_MAX;
}

/* As it will be performed: what the judge says of it counts nowhere. */
static bool
format_one(struct hand *hand, const struct sys_arg *arg, size_t *k, char *text)
{
	const struct hand_request *request = hand->request;
	bool opens = hand->base->op == SYS_OP_OPEN;

	switch (arg->kind) {
	case SYS_PATH:
		if (*k == 0 && hand->base->op == SYS_OP_MOVE_MOUNT &&
		    request->path[0] == HAND_PATH_NONE) {
			(*k)++;
			return mount_format_context(hand->ask.fd, SYS_CTXSOURCE,
			    text);
		}
		return *k < HAND_PATHS && format_path(&hand->pin[(*k)++], text);
	case SYS_FDPATH:
		return *k < HAND_PATHS && format_path(&hand->pin[(*k)++], text);
	case SYS_HOWFLAGS:
	case SYS_OFLAGS:
	case SYS_CREATFLAGS:
		sys_format_oflags(hand->flags, text, SYS_VALUE_MAX);
		return true;
	case SYS_HOWMODE:
	case SYS_MODE:
		if (opens && (hand->flags & (O_CREAT | TMPFILE_BIT)) == 0)
			return false;
		(void)snprintf(text, SYS_VALUE_MAX, "%o",
		    hand->ask.numbers.mode & 07777);
		return true;
	case SYS_PIDNAME:
		return strlcpy(text, hand->target.pinned.name, SYS_VALUE_MAX) >
		    0;
	case SYS_SOURCE:
		if (request->path[0] != HAND_PATH_NONE)
			return format_path(&hand->pin[(*k)++], text);
		(*k)++;
		return format_text(hand, arg, text);
	case SYS_KEY:
		return format_text(hand, arg, text);
	case SYS_CTXTYPE:
	case SYS_CTXSOURCE:
	case SYS_CTXDATA:
		return mount_format_context(hand->ask.fd, arg->kind, text);
	case SYS_ATTRSET:
	case SYS_ATTRCLEAR:
	case SYS_ATTRSPREAD:
		return mount_format_attr(&hand->ask, arg->kind, text);
	case SYS_OPTIONS:
		return format_text(hand, arg, text);
	case SYS_STRING:
		if (hand->base->op == SYS_OP_MOUNT)
			return format_text(hand, arg, text);
		return hand->ask.data != NULL &&
		    strlcpy(text, hand->ask.data, SYS_VALUE_MAX) <
		    SYS_VALUE_MAX;
	case SYS_SOCKADDR:
	case SYS_MSGHDR:
	case SYS_MMSGHDR:
		return format_address(hand, text);
	default:
		return sys_format(arg, request->regs, text, SYS_VALUE_MAX) == 0;
	}
}

static void
format_all(struct hand *hand)
{
	const struct sys_arg *arg;
	size_t k = 0, n = 0, path;

	for (arg = hand->row->args; arg->name != NULL; arg++, n++) {
		path = k;
		if (!format_one(hand, arg, &k, hand->text[n]))
			continue;
		if (arg->kind == SYS_SOCKADDR || arg->kind == SYS_MSGHDR ||
		    arg->kind == SYS_MMSGHDR)
			path = 0;
		else if (k == path)
			path = HAND_PATHS;
		add_value(hand, arg->name, hand->text[n],
		    path < HAND_PATHS && hand->pin[path].missing);
	}
}

/* Would the policy, asked anew, elevate this by the rule that was named? */
static bool
is_permitted(struct hand *hand, const struct policy_rule **rule)
{
	struct policy_verdict verdict;

	memset(&hand->asked, 0, sizeof(hand->asked));
	hand->asked.call = hand->row;
	hand->asked.base = hand->base;
	hand->asked.alias = sys_alias_of(hand->base, hand->flags);
	hand->asked.regs = hand->request->regs;
	hand->asked.caller = &hand->plan->caller;
	hand->asked.no_alias = hand->plan->options.no_alias;
	hand->asked.spent = is_spent;
	hand->asked.context = hand;
	format_all(hand);
	policy_evaluate(hand->plan->policy.first, &hand->asked, true, &verdict);
	*rule = verdict.rule;
	/* A name that does not lead there is a lie: see resolve_prove(). */
	return !hand->pin[0].outside && !hand->pin[1].outside &&
	    verdict.action == POLICY_PERMIT && verdict.rule != NULL &&
	    verdict.rule->index == hand->request->rule &&
	    hand->plan->rule_hand[verdict.rule->index] == hand->number;
}

/* The path that the named rule opens and no other; NULL if there is none. */
static const char *
literal_of(const struct hand *hand)
{
	const struct policy_image *image = hand->plan->policy.first;
	const struct policy_expr *expr;

	if (hand->is_double || hand->base->op != SYS_OP_OPEN ||
	    hand->request->rule >= policy_rule_count(image))
		return NULL;
	expr = policy_rule(image, hand->request->rule)->expr;
	return expr->op == POLICY_TEST &&
		expr->operator== POLICY_EQ && !expr->macros &&
		    strcmp(expr->name, "filename") == 0 &&
		expr->string[0] == '/' ?
	    expr->string :
	    NULL;
}

/* Taken for what the rule names; open_literal() finds whether it is. */
static int
pin_literal(struct hand *hand, int fd, const char *path)
{
	struct resolve_pin *pin = &hand->pin[0];

	pin->object = fd;
	if (fstat(fd, &pin->st) == -1)
		return errno;
	hand->literal = true;
	return strlcpy(pin->path, path, sizeof(pin->path)) < sizeof(pin->path) ?
	    0 :
	    ENAMETOOLONG;
}

/* The judge holds the object, so the numbers are not another's meanwhile. */
static int
pin_numbers(struct hand *hand)
{
	const char *literal = literal_of(hand);
	struct resolve_pin *pin = &hand->pin[0];

	if (literal == NULL)
		return HAND_ASK_AGAIN;
	pin->st.st_dev = (dev_t)hand->request->device;
	pin->st.st_ino = (ino_t)hand->request->inode;
	pin->st.st_mode = S_IFREG;
	hand->literal = true;
	return strlcpy(pin->path, literal, sizeof(pin->path)) <
		sizeof(pin->path) ?
	    0 :
	    ENAMETOOLONG;
}

/* Is the nth path of the call one that names an entry? */
static bool
names_entry(const struct hand *hand, size_t nth)
{
	const struct sys_arg *arg;
	size_t k = 0;

	if (hand->base->op == SYS_OP_BIND || hand->base->op == SYS_OP_UMOUNT)
		return true;
	for (arg = hand->row->args; arg->name != NULL; arg++)
		if (arg->kind == SYS_PATH && k++ == nth)
			return (arg->flags & SYS_ARG_PARENT) != 0;
	return false;
}

/* What the request gives of a path, pinned here and named by the kernel. */
static int
pin_path(struct hand *hand, size_t k, int *given)
{
	const char *rest = (const char *)hand->tails[k], *literal = NULL;
	bool creates = hand->base->op == SYS_OP_OPEN &&
	    (hand->flags & O_CREAT) != 0;
	bool entry = names_entry(hand, k);
	struct resolve_pin *pin = &hand->pin[k];
	int fd = *given;

	switch (hand->request->path[k]) {
	case HAND_PATH_ENTRY:
		if (!entry && !creates)
			return EINVAL;
		*given = -1; /* the pin's now */
		return hand_pin_entry(fd, rest, pin);
	case HAND_PATH_BELOW:
		return hand_pin_below(fd, rest, entry, creates, pin);
	case HAND_PATH_OBJECT:
		if (entry)
			return EINVAL;
		*given = -1;
		if (k == 0)
			literal = literal_of(hand);
		if (literal != NULL)
			return pin_literal(hand, fd, literal);
		return hand_pin_object(fd, pin);
	default:
		return EINVAL;
	}
}

/*
 * An alias elevates the opening of what is there, and nothing else. (Devices
 * and pipes are not truncated, whatever the flags say.)
 */
static bool
alias_allows(const struct hand *hand, const struct policy_rule *rule)
{
	const struct resolve_pin *pin = &hand->pin[0];

	if (rule->alias == SYS_ALIAS_NONE)
		return true;
	return hand->base->op == SYS_OP_OPEN &&
	    (pin->object != -1 || hand->literal) &&
	    (hand->flags & TMPFILE_BIT) == 0 &&
	    ((hand->flags & O_TRUNC) == 0 || !S_ISREG(pin->st.st_mode));
}

static bool
target_allows(struct hand *hand, const struct policy_rule *rule)
{
	if (!sys_has_target(hand->row))
		return mount_may_be_lent(rule, &hand->ask);
	return hand_may_touch(hand->plan, &hand->target, &hand->ask, rule);
}

static bool
is_plain(const struct stat *st)
{
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

/*
 * What a rule names by a literal path is opened by that path, which costs
 * less than to ask for the pin's name and to open it again. No link can be
 * its last component; that it is the pinned object shows afterwards, and
 * until then nothing was opened but what the rule names. -1: go by the pin.
 */
static int
open_literal(struct hand *hand, const struct policy_rule *rule)
{
	const struct stat *pinned = &hand->pin[0].st;
	struct stat st;
	int fd;

	if ((hand->flags & ~(uint64_t)HAND_NUMBERS_FLAGS) != 0 ||
	    !is_plain(pinned))
		return -1;
	fd = open(rule->expr->string,
	    (int)hand->flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0 && is_plain(&st) && resolve_same(&st, pinned) &&
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

static int
act(struct hand *hand, const struct policy_rule *rule,
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

/* The caller's own descriptor, and what it is of where that is judged. */
static int
take_fd(struct hand *hand, int fd)
{
	hand->ask.fd = fd;
	if (!sys_acts_on_fd(hand->row))
		return 0;
	if (hand->request->path[0] != HAND_PATH_NONE)
		return EINVAL;
	hand->ask.pin[0] = &hand->pin[0];
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return fd == -1 ? errno : hand_pin_object(fd, &hand->pin[0]);
}

/* What the kernel would take for paths is pinned, and a descriptor there
   where the options have one. */
static int
take_mount(struct hand *hand, size_t n)
{
	struct perform_request *ask = &hand->ask;
	struct perform_mount_texts texts;
	size_t from, to;
	bool path, with_fd;

	if (!perform_mount_texts(ask, &texts))
		return EINVAL;
	path = texts.source != NULL && texts.source[0] != '\0' &&
	    perform_source_is_path(ask->numbers.flags, texts.fstype);
	with_fd = texts.data != NULL &&
	    perform_mount_fd(texts.data, &from, &to) == 1;
	if (path != (hand->request->path[0] != HAND_PATH_NONE) ||
	    hand->nfds > n + with_fd)
		return EINVAL;
	if (hand->nfds > n)
		ask->fd = hand->fds[n];
	return 0;
}

/* What it stands for is kept here; of fsconfig, what its key says. */
static int
take_context(struct hand *hand, size_t n)
{
	struct perform_request *ask = &hand->ask;
	struct context_config config = { .with_path = false };
	struct context_texts texts;

	if (hand->nfds <= n)
		return EINVAL;
	ask->fd = hand->fds[n];
	if (contexts_texts(ask->fd, &texts))
		ask->version = texts.version;
	if (ask->op == SYS_OP_FSCONFIG &&
	    (!contexts_config(ask, &config) ||
		config.with_path != (hand->request->path[0] != HAND_PATH_NONE)))
		return EINVAL;
	if (hand->nfds != n + 1 + config.with_fd)
		return EINVAL;
	if (config.with_fd)
		ask->extra = hand->fds[n + 1];
	return 0;
}

/* The double is given what was pinned, a hand pins for itself. */
static int
take_target(struct hand *hand)
{
	struct perform_request *ask = &hand->ask;

	if (hand->request->path[0] != HAND_PATH_NONE || hand->nfds > 1 ||
	    (hand->nfds == 1 && !hand->is_double))
		return EINVAL;
	if (!hand->is_double)
		return hand_pin_target(&hand->target, hand->row, hand->request,
		    hand->names, ask);
	sys_target(hand->row, hand->request->regs, &ask->target);
	ask->number = hand->request->target;
	ask->of_process = hand->request->process != 0;
	if (ask->of_process)
		ask->target.tgid = hand->request->process;
	ask->fd = hand->nfds == 1 ? hand->fds[0] : -1;
	return 0;
}

/* Pins what the descriptors are; how many there must be is by the call. */
static int
take_descriptors(struct hand *hand)
{
	const struct hand_request *request = hand->request;
	bool with_fd = !sys_has_target(hand->row) && sys_takes_fd(hand->row);
	size_t k, n = 0;
	int error;

	for (k = 0; k < HAND_PATHS; k++) {
		if (request->path[k] == HAND_PATH_NONE)
			continue;
		if (k == 0 && request->path[k] == HAND_PATH_NUMBERS)
			error = pin_numbers(hand);
		else if (n == hand->nfds)
			return EINVAL;
		else
			error = pin_path(hand, k, &hand->fds[n++]);
		if (error != 0)
			return error;
		hand->pin[k].slash = request->slash[k] != 0;
		hand->ask.pin[k] = &hand->pin[k];
	}
	if (sys_has_target(hand->row))
		return take_target(hand);
	if (hand->base->op == SYS_OP_MOUNT)
		return take_mount(hand, n);
	if (hand->base->op == SYS_OP_FSCONFIG ||
	    hand->base->op == SYS_OP_FSMOUNT)
		return take_context(hand, n);
	if (hand->base->op == SYS_OP_MOVE_MOUNT &&
	    request->path[0] == HAND_PATH_NONE)
		return take_context(hand, n);
	hand->message = n + with_fd;
	if (hand->message > hand->nfds ||
	    (hand->base->op != SYS_OP_SEND && hand->message < hand->nfds))
		return EINVAL;
	return with_fd ? take_fd(hand, hand->fds[n]) : 0;
}

/* A path address must come with its folder or object, and only then. */
static bool
address_is_whole(const struct hand *hand)
{
	const struct hand_request *request = hand->request;
	const struct sockaddr_un *sun = (const void *)&request->addr;
	bool path = sun->sun_family == AF_UNIX && sun->sun_path[0] != '\0' &&
	    request->addr_len > offsetof(struct sockaddr_un, sun_path);

	if (hand->base->op != SYS_OP_BIND && hand->base->op != SYS_OP_CONNECT &&
	    hand->base->op != SYS_OP_SEND)
		return true;
	if (hand->base->op == SYS_OP_SEND && request->addr_len == 0)
		return request->path[0] == HAND_PATH_NONE;
	return request->addr_len <= sizeof(request->addr) &&
	    request->addr_len >= sizeof(sa_family_t) &&
	    path == (request->path[0] != HAND_PATH_NONE);
}

/* By the name that the kernel has for the pin, then. */
static bool
is_pin_permitted(struct hand *hand, const struct policy_rule **rule)
{
	return hand_pin_name(&hand->pin[0]) == 0 && is_permitted(hand, rule) &&
	    alias_allows(hand, *rule);
}

/* The tails, each of which must be what it stands for. */
static bool
take_tails(struct hand *hand)
{
	const struct hand_request *request = hand->request;
	const unsigned char *at = request->tail;
	size_t i, len;

	for (i = 0; i < HAND_TAILS; i++) {
		len = request->len[i];
		hand->tails[i] = at;
		if (i < HAND_PATHS &&
		    (request->path[i] == HAND_PATH_ENTRY ||
			request->path[i] == HAND_PATH_BELOW) &&
		    (len == 0 || strnlen((const char *)at, len) != len - 1))
			return false;
		at += len;
	}
	return strnlen(request->memory.name, sizeof(request->memory.name)) <
	    sizeof(request->memory.name);
}

/* What is judged, or performed, as a string is one. */
static bool
text_is_one(const struct hand *hand)
{
	const struct perform_request *ask = &hand->ask;

	if (sys_form_register(hand->row, SYS_FORM_TEXT) == -1 ||
	    (ask->op == SYS_OP_REBOOT && ask->len == 0))
		return true;
	return ask->len > 0 && strnlen(ask->data, ask->len) == ask->len - 1;
}

/* What is to be done: by the registers, and by what came from memory. */
static bool
take_call(struct hand *hand)
{
	const struct hand_request *request = hand->request;
	struct perform_request *ask = &hand->ask;

	if (request->call >= sys_count() || !take_tails(hand))
		return false;
	hand->row = sys_row(request->call);
	hand->base = sys_base(hand->row, request->regs, request->empty != 0);
	if (hand->row->disposal != SYS_PERFORMED)
		return false;
	memset(ask, 0, sizeof(*ask));
	ask->op = (enum sys_op)hand->base->op;
	ask->fd = -1;
	ask->extra = -1;
	ask->memory = request->memory;
	ask->len = request->len[HAND_TAIL_DATA];
	ask->data = ask->len > 0 ? hand->tails[HAND_TAIL_DATA] : NULL;
	sys_numbers(hand->row, request->regs, &ask->numbers);
	ask->extended = ask->op == SYS_OP_STAT &&
	    sys_form_register(hand->row, SYS_FORM_MASK) != -1;
	if (!sys_open_flags(hand->row, request->regs, &hand->flags)) {
		hand->flags = request->flags;
		if (ask->op == SYS_OP_OPEN)
			ask->numbers.mode = request->mode;
	}
	return text_is_one(hand);
}

static int
act_as_double(struct hand *hand, struct perform_result *result)
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

static int
serve(struct hand *hand, struct perform_result *result, int *fd)
{
	const struct policy_rule *rule = NULL;
	int error;

	*fd = -1;
	hand->literal = false;
	if (!take_call(hand))
		return EINVAL;
	error = take_descriptors(hand);
	if (error != 0)
		return error;
	if (!address_is_whole(hand))
		return EINVAL;
	if (hand->is_double)
		return act_as_double(hand, result);
	if (!is_permitted(hand, &rule) || !alias_allows(hand, rule) ||
	    !target_allows(hand, rule))
		return EPERM;
	if (hand->literal) {
		*fd = open_literal(hand, rule);
		if (*fd == -1 && hand->pin[0].object == -1)
			return HAND_ASK_AGAIN;
		if (*fd == -1 && !is_pin_permitted(hand, &rule))
			return EPERM;
	}
	if (budget_spend(hand->budget, rule) == -1) {
		if (*fd != -1)
			close(*fd);
		*fd = -1;
		return ENOMEM;
	}
	error = *fd != -1 ? 0 : act(hand, rule, result, fd);
	/* It will be asked again. */
	if (error == EAGAIN && hand->base->op == SYS_OP_SEND)
		budget_return(hand->budget, rule);
	return error;
}

static bool
is_well_formed(const struct hand_request *request, ssize_t n)
{
	size_t i;

	if (n < (ssize_t)offsetof(struct hand_request, tail))
		return false;
	for (i = 0; i < HAND_TAILS; i++)
		if (request->len[i] > sizeof(request->tail))
			return false;
	return (size_t)n == hand_request_size(request);
}

static void
loop(struct hand *hand, int channel)
{
	static struct hand_request request;
	static struct hand_reply reply;
	ssize_t n;
	size_t k;
	int fd;

	for (;;) {
		n = channel_receive(channel, &request, sizeof(request),
		    hand->fds, &hand->nfds);
		if (n <= 0 || !is_well_formed(&request, n))
			return;
		hand->request = &request;
		for (k = 0; k < HAND_PATHS; k++)
			resolve_pin_init(&hand->pin[k]);
		target_init(&hand->target.pinned);
		memset(&reply, 0, offsetof(struct hand_reply, result.data));
		reply.error = serve(hand, &reply.result, &fd);
		for (k = 0; k < HAND_PATHS; k++)
			resolve_clear(&hand->pin[k]);
		target_clear(&hand->target.pinned);
		channel_close_all(hand->fds, hand->nfds);
		if (channel_send(channel, &reply,
			offsetof(struct hand_reply, result.data) +
			    reply.result.len,
			&fd, fd == -1 ? 0 : 1) == -1)
			return;
		if (fd != -1)
			close(fd);
	}
}

static void
fail(const char *what)
{
	fprintf(stderr, "privrun: the session's hand: %s: %s\n", what,
	    strerror(errno));
	_exit(SESSION_EXIT_REFUSED);
}

void
hand_main(const struct hand_start *start)
{
	static struct hand hand;
	const struct session_hand *self = &start->plan->hands[start->number];
	struct identity id = {
		.uid = self->shown ? self->fsuid : start->own,
		.gid = self->shown ? self->fsgid : start->own,
		.fsuid = self->fsuid,
		.fsgid = self->fsgid,
		.groups = self->groups,
		.ngroups = self->ngroups,
		.permitted = self->caps,
		.effective = self->caps,
	};

	hand.plan = start->plan;
	hand.self = self;
	hand.number = start->number;
	hand.names = start->names;
	if (self->mounts)
		perform_mounts_init();
	hand.budget = budget_new(start->budget, &start->plan->policy.first, 1);
	if (hand.budget == NULL)
		fail("memory");
	if (identity_assume(&id, start->parent) == -1)
		fail("identity");
	if (fence_landlock(start->plan, start->number) == -1)
		fail("Landlock");
	jail_close_stderr();
	if (hand_jail(start->plan, start->number) == -1)
		fail("seccomp");
	loop(&hand, start->channel);
	_exit(0);
}

void
hand_double_main(const struct hand_start *start)
{
	static struct hand hand;
	const struct session_plan *plan = start->plan;
	uint64_t guard = plan->guarded ? GUARD : 0;
	struct identity id = {
		.uid = plan->caller.uid,
		.gid = plan->caller.gid,
		.fsuid = plan->caller.uid,
		.fsgid = plan->caller.gid,
		.groups = plan->caller.groups,
		.ngroups = plan->caller.ngroups,
		.permitted = guard,
		.effective = guard,
	};

	hand.plan = plan;
	hand.is_double = true;
	if (identity_assume(&id, start->parent) == -1)
		fail("identity");
	jail_close_stderr();
	if (hand_jail_double() == -1)
		fail("seccomp");
	loop(&hand, start->channel);
	_exit(0);
}
