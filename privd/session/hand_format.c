/* SPDX-License-Identifier: ISC */
/*
 * A call in the words of its policy, as the hand will perform it: what the
 * judge says of it counts nowhere.
 */
#include <sys/socket.h>

#include <stdio.h>
#include <string.h>

#include "hand_state.h"
#include "mount.h"

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
	case SYS_NODETYPE:
		return sys_format_value(arg->kind, hand->ask.numbers.mode, text,
			   SYS_VALUE_MAX) == 0;
	case SYS_DEVICE:
		return sys_format_value(arg->kind, hand->ask.numbers.device,
			   text, SYS_VALUE_MAX) == 0;
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

void
hand_format(struct hand *hand)
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
