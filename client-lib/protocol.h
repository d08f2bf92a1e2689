/* SPDX-License-Identifier: ISC */
/*
 * What is said between privd and launchers, in the form of wire.h:
 *
 *	launcher	HELLO	flags, program, a policy file and folder;
 *				with the program, opened with O_PATH
 *	privd		PLAN	what comes of it, why; the filter; variables
 *	launcher	READY	the number that its listener will have
 *
 * Nothing of it is authority: who the launcher is privd knows from the
 * kernel, and what it launches from its first notification.
 */
#ifndef PRIVD_CLIENT_PROTOCOL_H
#define PRIVD_CLIENT_PROTOCOL_H

#include <limits.h>

#include "places.h"
#include "wire.h"

#define PROTOCOL_SOCKET PRIVD_RUNDIR "/privd/privd.sock"

enum protocol_type {
	PROTOCOL_HELLO = 1, /* u32 flags; string program, file, folder */
	/* u32 outcome; string reason; bytes filter; strings, the names of
	   variables that are kept */
	PROTOCOL_PLAN,
	PROTOCOL_READY /* u32 number */
};

/* Of HELLO. */
#define PROTOCOL_INHERIT 0x01  /* -i */
#define PROTOCOL_NO_ALIAS 0x02 /* -u */
#define PROTOCOL_NO_USER 0x04  /* -U */
#define PROTOCOL_FLAGS 0x07

/* Of PLAN. */
enum protocol_outcome {
	PROTOCOL_GO,
	PROTOCOL_PLAIN,  /* nothing is elevated: the user's own session does */
	PROTOCOL_REFUSED /* no session */
};

#define PROTOCOL_PATH_MAX (PATH_MAX - 1)
#define PROTOCOL_REASON_MAX 1024
#define PROTOCOL_NAME_MAX 255
#define PROTOCOL_NAMES_MAX 64

/* What each side may send, with its descriptors. */
static const struct wire_type protocol_launcher[] = {
	{ PROTOCOL_HELLO, 1, "hello" },
	{ PROTOCOL_READY, 0, "ready" },
	{ 0, 0, NULL },
};
static const struct wire_type protocol_privd[] = {
	{ PROTOCOL_PLAN, 0, "plan" },
	{ 0, 0, NULL },
};

#endif /* PRIVD_CLIENT_PROTOCOL_H */
