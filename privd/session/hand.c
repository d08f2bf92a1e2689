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
#include <linux/filter.h>
#include <linux/landlock.h>
#include <net/if.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../compat.h"
#include "../perform/perform.h"
#include "../resolve/resolve.h"
#include "budget.h"
#include "channel.h"
#include "fence.h"
#include "identity.h"
#include "jail.h"
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
	struct hand_reply *reply;
	struct resolve_pin pin;
	bool literal; /* named by its rule yet */
	int fds[CHANNEL_FDS_MAX];
	size_t nfds;
	char text[SYS_ARGS_MAX][SYS_VALUE_MAX];
	struct policy_request asked;
};

static const struct resolve_view here = { .root = -1, .own_root = true };

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
format_one(struct hand *hand, const struct sys_arg *arg, char *text)
{
	const struct hand_request *request = hand->request;

	switch (arg->kind) {
	case SYS_PATH:
	case SYS_FDPATH:
		return hand->pin.path[0] != '\0' &&
		    strlcpy(text, hand->pin.path, SYS_VALUE_MAX) <
		    SYS_VALUE_MAX;
	case SYS_HOWFLAGS:
	case SYS_OFLAGS:
	case SYS_CREATFLAGS:
		sys_format_oflags(request->flags, text, SYS_VALUE_MAX);
		return true;
	case SYS_HOWMODE:
	case SYS_MODE:
		if (request->op == HAND_OPEN &&
		    (request->flags & (O_CREAT | TMPFILE_BIT)) == 0)
			return false;
		(void)snprintf(text, SYS_VALUE_MAX, "%o",
		    request->mode & 07777);
		return true;
	case SYS_SOCKADDR:
		if (hand->pin.path[0] != '\0')
			return strlcpy(text, hand->pin.path, SYS_VALUE_MAX) <
			    SYS_VALUE_MAX;
		return sys_format_sockaddr(&request->addr, request->addr_len,
			   text, SYS_VALUE_MAX) == 0;
	default:
		return sys_format(arg, request->regs, text, SYS_VALUE_MAX) == 0;
	}
}

/* Would the policy, asked anew, elevate this by the rule that was named? */
static bool
is_permitted(struct hand *hand, const struct policy_rule **rule)
{
	const struct sys_call *call = sys_row(hand->request->call);
	const struct sys_arg *arg;
	struct policy_verdict verdict;
	size_t n = 0;

	memset(&hand->asked, 0, sizeof(hand->asked));
	hand->asked.call = call;
	hand->asked.base = sys_base(call, hand->request->regs, false);
	hand->asked.alias = sys_alias_of(hand->asked.base,
	    hand->request->flags);
	hand->asked.caller = &hand->plan->caller;
	hand->asked.no_alias = hand->plan->options.no_alias;
	hand->asked.spent = is_spent;
	hand->asked.context = hand;
	for (arg = call->args; arg->name != NULL; arg++, n++)
		if (format_one(hand, arg, hand->text[n]))
			add_value(hand, arg->name, hand->text[n],
			    hand->pin.missing);
	policy_evaluate(hand->plan->policy.first, &hand->asked, true, &verdict);
	*rule = verdict.rule;
	/* A name that does not lead there is a lie: see resolve_prove(). */
	return !hand->pin.outside && verdict.action == POLICY_PERMIT &&
	    verdict.rule != NULL &&
	    verdict.rule->index == hand->request->rule &&
	    hand->plan->rule_hand[verdict.rule->index] == hand->number;
}

/* The entry `name` of a folder (taken over), which is not there. */
static int
pin_entry(int folder, const char *name, struct resolve_pin *pin)
{
	int error;

	error = resolve_adopt(&here, folder, pin);
	return error != 0 ? error : resolve_into_entry(pin, name);
}

/* Cuts the next plain name off a path; false if there is none. */
static bool
next_name(const char **rest, char name[NAME_MAX + 1])
{
	size_t len = strcspn(*rest, "/");

	if (len == 0 || len > NAME_MAX)
		return false;
	memcpy(name, *rest, len);
	name[len] = '\0';
	*rest += len;
	*rest += strspn(*rest, "/");
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/*
 * From a pinned folder to what lies below, one component at a time, never
 * through a link: the names are what they look like. The last one may be
 * missing, if it is to be made.
 */
static int
walk_on(int folder, const char *rest, bool making, struct resolve_pin *pin)
{
	char name[NAME_MAX + 1];
	struct stat st;
	int cur, fd, error;

	cur = fcntl(folder, F_DUPFD_CLOEXEC, 3);
	if (cur == -1)
		return errno;
	do {
		if (!next_name(&rest, name)) {
			close(cur);
			return EACCES;
		}
		fd = openat(cur, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (fd == -1 && errno == ENOENT && making && *rest == '\0')
			return pin_entry(cur, name, pin);
		error = fd == -1 ? errno : 0;
		close(cur);
		if (error != 0)
			return error;
		cur = fd;
		if (fstat(cur, &st) == -1 || S_ISLNK(st.st_mode)) {
			close(cur);
			return EACCES;
		}
	} while (*rest != '\0');
	return resolve_adopt(&here, cur, pin);
}

/* The path that the named rule opens and no other; NULL if there is none. */
static const char *
literal_of(const struct hand *hand)
{
	const struct policy_image *image = hand->plan->policy.first;
	const struct policy_expr *expr;

	if (hand->is_double || hand->request->op != HAND_OPEN ||
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
	struct resolve_pin *pin = &hand->pin;

	pin->object = fd;
	if (fstat(fd, &pin->st) == -1)
		return errno;
	hand->literal = true;
	return strlcpy(pin->path, path, sizeof(pin->path)) < sizeof(pin->path) ?
	    0 :
	    ENAMETOOLONG;
}

/* What the request names, pinned here and named by the kernel. */
static int
pin_named(struct hand *hand, int *given)
{
	const struct hand_request *request = hand->request;
	struct resolve_pin *pin = &hand->pin;
	const char *rest = request->rest, *literal;
	char name[NAME_MAX + 1];
	int fd = *given;

	if (request->missing) {
		/* A new entry of this folder. */
		if (!next_name(&rest, name) || *rest != '\0' ||
		    strchr(request->rest, '/') != NULL)
			return EINVAL;
		*given = -1; /* the pin's now */
		return pin_entry(fd, name, pin);
	}
	if (*rest != '\0')
		return walk_on(fd, rest,
		    request->op == HAND_OPEN && (request->flags & O_CREAT) != 0,
		    pin);
	*given = -1;
	literal = literal_of(hand);
	if (literal != NULL)
		return pin_literal(hand, fd, literal);
	return resolve_adopt(&here, fd, pin);
}

/*
 * An alias elevates the opening of what is there, and nothing else. (Devices
 * and pipes are not truncated, whatever the flags say.)
 */
static bool
alias_allows(const struct hand *hand, const struct policy_rule *rule)
{
	uint64_t flags = hand->request->flags;

	if (rule->alias == SYS_ALIAS_NONE)
		return true;
	return hand->request->op == HAND_OPEN && hand->pin.object != -1 &&
	    (flags & TMPFILE_BIT) == 0 &&
	    ((flags & O_TRUNC) == 0 || !S_ISREG(hand->pin.st.st_mode));
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
	const uint64_t simple = O_ACCMODE | O_CLOEXEC | O_NOCTTY | O_APPEND |
	    0100000 /* the kernel's O_LARGEFILE */;
	struct stat st;
	int fd;

	if ((hand->request->flags & ~simple) != 0 ||
	    !(S_ISREG(hand->pin.st.st_mode) || S_ISDIR(hand->pin.st.st_mode)))
		return -1;
	fd = open(rule->expr->string,
	    (int)hand->request->flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
		O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0 && resolve_same(&st, &hand->pin.st) &&
	    fcntl(fd, F_SETFL, (int)hand->request->flags) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
do_open(struct hand *hand, int *fd)
{
	const struct hand_request *request = hand->request;
	uint64_t flags = request->flags;
	bool waits;

	if (hand->pin.object != -1 && !S_ISREG(hand->pin.st.st_mode))
		flags &= ~(uint64_t)O_TRUNC;
	waits = hand->pin.object != -1 &&
	    perform_may_block(&hand->pin.st, flags);
	if (perform_creates(&hand->pin, flags))
		(void)umask(request->umask);
	*fd = perform_open(&hand->pin, flags | (waits ? O_NONBLOCK : 0),
	    request->mode);
	/* A hand waits for nobody. */
	if (*fd != -1 && waits &&
	    fcntl(*fd, F_SETFL, (int)flags & ~O_NONBLOCK) == -1)
		return errno;
	return *fd == -1 ? errno : 0;
}

static int
do_stat(struct hand *hand)
{
	struct statx stx;

	if (hand->pin.object == -1)
		return ENOENT;
	if (statx(hand->pin.object, "",
		AT_EMPTY_PATH |
		    (int)(hand->request->flags & AT_STATX_SYNC_TYPE),
		STATX_ALL, &stx) == -1)
		return errno;
	memcpy(hand->reply->data, &hand->pin.st, sizeof(hand->pin.st));
	memcpy(hand->reply->data + sizeof(hand->pin.st), &stx, sizeof(stx));
	hand->reply->len = (uint32_t)(sizeof(hand->pin.st) + sizeof(stx));
	return 0;
}

static int
do_readlink(struct hand *hand)
{
	ssize_t n;

	if (hand->pin.object == -1)
		return ENOENT;
	n = readlinkat(hand->pin.object, "", (char *)hand->reply->data,
	    sizeof(hand->reply->data));
	if (n == -1)
		return errno;
	hand->reply->len = (uint32_t)n;
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
connect_patiently(int sock, int object, const void *sa, socklen_t len)
{
	const struct timeval moment = { 0, 50000 };
	struct timeval before;
	socklen_t size = sizeof(before);
	int result, error;

	if (getsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &before, &size) == -1 ||
	    setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &moment,
		sizeof(moment)) == -1)
		return -1;
	result = perform_connect(sock, object, sa, len);
	error = errno;
	(void)setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &before, size);
	errno = error;
	return result;
}

static int
do_address(struct hand *hand)
{
	const struct hand_request *request = hand->request;
	int result;

	(void)umask(request->umask);
	if (request->op == HAND_BIND)
		result = perform_bind(hand->fds[0], hand->pin.parent,
		    hand->pin.name, &request->addr, request->addr_len);
	else
		result = connect_patiently(hand->fds[0], hand->pin.object,
		    &request->addr, request->addr_len);
	return result == -1 ? errno : 0;
}

static int
act(struct hand *hand, const struct policy_rule *rule, int *fd)
{
	switch (hand->request->op) {
	case HAND_OPEN:
		return do_open(hand, fd);
	case HAND_STAT:
		return do_stat(hand);
	case HAND_ACCESS:
		if (hand->pin.object == -1)
			return ENOENT;
		return perform_access(hand->pin.object,
			   (int)hand->request->mode) == -1 ?
		    errno :
		    0;
	case HAND_READLINK:
		return do_readlink(hand);
	case HAND_SOCKET:
		return do_socket(hand, rule, fd);
	case HAND_BIND:
	case HAND_CONNECT:
		return do_address(hand);
	default:
		return EINVAL;
	}
}

/* Does the call that was named do what is asked for? */
static bool
op_is_of_call(const struct hand_request *request)
{
	static const uint8_t ops[] = {
		[HAND_OPEN] = SYS_OP_OPEN,
		[HAND_STAT] = SYS_OP_STAT,
		[HAND_ACCESS] = SYS_OP_ACCESS,
		[HAND_READLINK] = SYS_OP_READLINK,
		[HAND_SOCKET] = SYS_OP_SOCKET,
		[HAND_BIND] = SYS_OP_BIND,
		[HAND_CONNECT] = SYS_OP_CONNECT,
	};

	return request->call < sys_count() && request->op > 0 &&
	    request->op < sizeof(ops) &&
	    sys_row(request->call)->op == ops[request->op];
}

/* Pins what the descriptors are; how many there must be is by the call. */
static int
take_descriptors(struct hand *hand)
{
	const struct hand_request *request = hand->request;

	switch (request->op) {
	case HAND_SOCKET:
		return hand->nfds == 0 ? 0 : EINVAL;
	case HAND_BIND:
	case HAND_CONNECT:
		if (request->addr_len > sizeof(request->addr) ||
		    request->addr_len < sizeof(sa_family_t))
			return EINVAL;
		if (hand->nfds == 1)
			return 0;
		return hand->nfds == 2 ? pin_named(hand, &hand->fds[1]) :
					 EINVAL;
	default:
		return hand->nfds == 1 ? pin_named(hand, &hand->fds[0]) :
					 EINVAL;
	}
}

/* A path address must come with its folder or object, and only then. */
static bool
address_is_whole(const struct hand *hand)
{
	const struct sockaddr_un *sun = (const void *)&hand->request->addr;
	bool path = sun->sun_family == AF_UNIX && sun->sun_path[0] != '\0' &&
	    hand->request->addr_len > offsetof(struct sockaddr_un, sun_path);

	if (hand->request->op != HAND_BIND && hand->request->op != HAND_CONNECT)
		return true;
	return path == (hand->nfds == 2);
}

/* By the name that the kernel has for the pin, then. */
static bool
is_pin_permitted(struct hand *hand, const struct policy_rule **rule)
{
	struct resolve_pin *pin = &hand->pin;

	return resolve_name(&here, pin->object, pin->path, sizeof(pin->path),
		   &pin->outside) == 0 &&
	    is_permitted(hand, rule) && alias_allows(hand, *rule);
}

static int
serve(struct hand *hand, int *fd)
{
	const struct policy_rule *rule = NULL;
	int error;

	*fd = -1;
	hand->literal = false;
	if (!op_is_of_call(hand->request))
		return EINVAL;
	error = take_descriptors(hand);
	if (error != 0)
		return error;
	if (!address_is_whole(hand))
		return EINVAL;
	if (hand->is_double)
		return hand->request->op == HAND_CONNECT ? do_address(hand) :
							   EPERM;
	if (!is_permitted(hand, &rule) || !alias_allows(hand, rule))
		return EPERM;
	if (hand->literal) {
		*fd = open_literal(hand, rule);
		if (*fd == -1 && !is_pin_permitted(hand, &rule))
			return EPERM;
	}
	if (budget_spend(hand->budget, rule) == -1) {
		if (*fd != -1)
			close(*fd);
		*fd = -1;
		return ENOMEM;
	}
	return *fd != -1 ? 0 : act(hand, rule, fd);
}

static bool
is_well_formed(struct hand_request *request, ssize_t n)
{
	size_t head = offsetof(struct hand_request, rest);

	if (n <= (ssize_t)head || (size_t)n > sizeof(*request))
		return false;
	return request->rest[(size_t)n - head - 1] == '\0' &&
	    strlen(request->rest) == (size_t)n - head - 1;
}

static void
loop(struct hand *hand, int channel)
{
	static struct hand_request request;
	static struct hand_reply reply;
	ssize_t n;
	int fd;

	for (;;) {
		n = channel_receive(channel, &request, sizeof(request),
		    hand->fds, &hand->nfds);
		if (n <= 0 || !is_well_formed(&request, n))
			return;
		hand->request = &request;
		hand->reply = &reply;
		resolve_pin_init(&hand->pin);
		memset(&reply, 0, offsetof(struct hand_reply, data));
		reply.error = serve(hand, &fd);
		resolve_clear(&hand->pin);
		channel_close_all(hand->fds, hand->nfds);
		if (channel_send(channel, &reply,
			offsetof(struct hand_reply, data) + reply.len, &fd,
			fd == -1 ? 0 : 1) == -1)
			return;
		if (fd != -1)
			close(fd);
	}
}

#define ANY(nr)             \
	{                   \
		nr, 0, 0, 0 \
	}

static const struct jail_rule always[] = {
	ANY(SYS_recvmsg),
	ANY(SYS_sendmsg),
	ANY(SYS_close),
	/* Nothing is read or written here: fcntl is for duplicates. */
	ANY(SYS_fcntl),
	ANY(SYS_readlink),
	ANY(SYS_fstat),
	ANY(SYS_newfstatat),
	ANY(SYS_umask),
};

static const struct jail_rule for_files[] = {
	ANY(SYS_statx),
	ANY(SYS_readlinkat),
	ANY(SYS_faccessat2),
	ANY(SYS_setfsuid),
};

/* Openings that make nothing; with rules that name `open`, all. */
static const struct jail_rule for_opening[] = {
	{ SYS_openat, O_CREAT | O_TRUNC | TMPFILE_BIT, 0, 2 },
};
static const struct jail_rule for_making[] = {
	ANY(SYS_openat),
};

static const struct jail_rule for_sockets[] = {
	ANY(SYS_setsockopt),
	ANY(SYS_recvfrom),
	ANY(SYS_bind),
};

static const struct jail_rule for_addresses[] = {
	ANY(SYS_bind),
	ANY(SYS_connect),
	ANY(SYS_getsockopt),
	ANY(SYS_setsockopt),
	ANY(SYS_fchdir),
	ANY(SYS_chdir),
	/* to prove names */
	ANY(SYS_statx),
	{ SYS_openat, O_PATH, O_PATH, 2 },
};

struct list {
	struct jail_rule rules[64];
	size_t n;
};

static void
append(struct list *list, const struct jail_rule *rules, size_t n)
{
	size_t i;

	for (i = 0; i < n && list->n < 64; i++)
		list->rules[list->n++] = rules[i];
}

#define APPEND(list, rules) \
	append(list, rules, sizeof(rules) / sizeof(rules[0]))

static int
enter_seccomp(const struct hand *hand, bool makes)
{
	static struct list list;
	struct jail_rule rule = { SYS_socket, 0, 0, 0 };
	const int *domains;
	size_t i, n;

	APPEND(&list, always);
	if (hand->is_double || hand->self->binds)
		APPEND(&list, for_addresses);
	if (!hand->is_double && hand->self->files) {
		APPEND(&list, for_files);
		if (makes)
			APPEND(&list, for_making);
		else
			APPEND(&list, for_opening);
	}
	if (!hand->is_double && hand->self->sockets) {
		APPEND(&list, for_sockets);
		n = fence_domains(hand->plan, hand->number, &domains);
		for (i = 0; i < n; i++) {
			rule.mask = UINT32_MAX;
			rule.value = (uint32_t)domains[i];
			append(&list, &rule, 1);
		}
		if (n == 0) { /* a rule that says nothing of domains */
			rule.mask = 0;
			append(&list, &rule, 1);
		}
	}
	return jail_seccomp(list.rules, list.n);
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
		.uid = start->own,
		.gid = start->own,
		.fsuid = self->fsuid,
		.fsgid = self->fsgid,
		.groups = self->groups,
		.ngroups = self->ngroups,
		.permitted = self->caps,
		.effective = self->caps,
	};
	bool makes;

	hand.plan = start->plan;
	hand.self = self;
	hand.number = start->number;
	hand.budget = budget_new();
	if (hand.budget == NULL)
		fail("memory");
	if (identity_assume(&id, start->parent) == -1)
		fail("identity");
	if (fence_landlock(start->plan, start->number, &makes) == -1)
		fail("Landlock");
	jail_close_stderr();
	if (enter_seccomp(&hand, makes) == -1)
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
	if (enter_seccomp(&hand, false) == -1)
		fail("seccomp");
	loop(&hand, start->channel);
	_exit(0);
}

/* One question at a time to each hand, from whatever thread. */
#define CHANNELS_MAX 64
static pthread_mutex_t asking[CHANNELS_MAX] = {
	[0 ... CHANNELS_MAX - 1] = PTHREAD_MUTEX_INITIALIZER
};

int
hand_ask(int channel, const struct hand_request *request, const int *fds,
    size_t nfds, struct hand_reply *reply, int *fd)
{
	int got[CHANNEL_FDS_MAX];
	size_t ngot = 0, head = offsetof(struct hand_reply, data);
	ssize_t n = -1;

	*fd = -1;
	(void)pthread_mutex_lock(&asking[channel % CHANNELS_MAX]);
	if (channel_send(channel, request,
		offsetof(struct hand_request, rest) + strlen(request->rest) + 1,
		fds, nfds) == 0)
		n = channel_receive(channel, reply, sizeof(*reply), got, &ngot);
	(void)pthread_mutex_unlock(&asking[channel % CHANNELS_MAX]);
	if (n < (ssize_t)head || (size_t)n != head + reply->len || ngot > 1 ||
	    (reply->error != 0 && ngot != 0)) {
		channel_close_all(got, ngot);
		errno = EIO;
		return -1;
	}
	if (ngot == 1)
		*fd = got[0];
	errno = reply->error;
	return reply->error == 0 ? 0 : -1;
}

int
hand_connect(int channel, int sock, int object, const void *sa, socklen_t len)
{
	struct hand_request request;
	struct hand_reply reply;
	int fds[2] = { sock, object }, fd, result;

	memset(&request, 0, sizeof(request));
	request.op = HAND_CONNECT;
	request.call = (uint32_t)sys_index(sys_by_name("connect"));
	request.addr_len = len;
	memcpy(&request.addr, sa, len);
	result = hand_ask(channel, &request, fds, object == -1 ? 1 : 2, &reply,
	    &fd);
	if (fd != -1)
		close(fd);
	return result;
}
