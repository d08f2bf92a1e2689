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
#include <sys/un.h>

#include <linux/capability.h>

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
#include "hand_state.h"
#include "hand_target.h"
#include "identity.h"
#include "jail.h"
#include "limits.h"
#include "mount.h"
#include "session.h"

#define GUARD (1ULL << CAP_BLOCK_SUSPEND)

static bool
is_spent(void *p, const struct policy_rule *rule)
{
	const struct hand *hand = p;

	return budget_is_spent(hand->budget, rule);
}

/* What comes to the other place, by the same rule? */
static bool
is_permitted_back(struct hand *hand, const struct policy_rule *rule)
{
	struct policy_verdict verdict;

	policy_exchange(&hand->asked);
	policy_evaluate(hand->plan->policy.first, &hand->asked, true, &verdict);
	policy_exchange(&hand->asked);
	return verdict.action == POLICY_PERMIT && verdict.rule == rule;
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
	hand_format(hand);
	policy_evaluate(hand->plan->policy.first, &hand->asked, true, &verdict);
	*rule = verdict.rule;
	if (sys_exchanges(hand->row, hand->request->regs) &&
	    !is_permitted_back(hand, *rule))
		return false;
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

/* Taken for what the rule names; hand_open_literal() finds whether it is. */
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
		return hand_act_as_double(hand, result);
	if (!is_permitted(hand, &rule) || !alias_allows(hand, rule) ||
	    !target_allows(hand, rule))
		return EPERM;
	if (hand->literal) {
		*fd = hand_open_literal(hand, rule);
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
	error = *fd != -1 ? 0 : hand_act(hand, rule, result, fd);
	/* It will be asked again. */
	if (error == EAGAIN && hand->base->op == SYS_OP_SEND)
		budget_return(hand->budget, rule);
	return error;
}

/* No tail is longer than its kind can be: they are copied elsewhere. */
static bool
is_well_formed(const struct hand_request *request, ssize_t n)
{
	static const size_t most[HAND_TAILS] = {
		[0 ... HAND_TAIL_DATA - 1] = PATH_MAX,
		[HAND_TAIL_DATA] = PERFORM_DATA_MAX,
		[HAND_TAIL_CONTROL] = PERFORM_CONTROL_MAX,
	};
	size_t i;

	if (n < (ssize_t)offsetof(struct hand_request, tail))
		return false;
	for (i = 0; i < HAND_TAILS; i++)
		if (request->len[i] > most[i])
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
	(void)fprintf(stderr, "privrun: the session's hand: %s: %s\n", what,
	    strerror(errno));
	_exit(SESSION_EXIT_REFUSED);
}

/* Those that come with a request; and a hand's own, with those that performing
   one call opens. */
#define FILES (HAND_FDS_MAX + 64)

/*
 * What the kernel counts by the real uid of who sends is as it was: descriptors
 * in messages, which the program sends or the hand gives as somebody else. What
 * makes files longer is a matter of hands that have files.
 */
static int
limit(const struct session_hand *self)
{
	const struct limits limits = {
		.files = self->sends || self->shown ? LIMITS_ASIS : FILES,
		.size = self->files ? LIMITS_ASIS : 0,
	};

	return limits_set(&limits);
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
	if (limit(self) == -1)
		fail("limits");
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
	const struct limits limits = { .files = LIMITS_ASIS };
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
	if (limits_set(&limits) == -1)
		fail("limits");
	if (identity_assume(&id, start->parent) == -1)
		fail("identity");
	jail_close_stderr();
	if (hand_jail_double() == -1)
		fail("seccomp");
	loop(&hand, start->channel);
	_exit(0);
}
