/* SPDX-License-Identifier: ISC */
/*
 * The launcher's side of a session: it asks, is given a filter, and becomes
 * the program under it.
 */
#include "privd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "connect.h"
#include "launch.h"
#include "protocol.h"

#define ANSWER_WAIT 10000 /* milliseconds */
#define FILTER_MAX 4096   /* the kernel's, in instructions */

extern char **environ;

struct privd_session {
	int sock;
	char reason[PROTOCOL_REASON_MAX + 1];
	struct sock_filter insns[FILTER_MAX];
	unsigned short count;
	int log; /* -1: none */
	/* names of variables, which lie in plan */
	const char *kept[PROTOCOL_NAMES_MAX + 1];
	struct wire plan;
	struct wire wire;
};

static int
send_hello(struct privd_session *session, const struct privd_request *request)
{
	struct wire *wire = &session->wire;

	wire_start(wire, PROTOCOL_HELLO);
	(void)wire_put_u32(wire, request->flags);
	(void)wire_put_string(wire, request->program);
	(void)wire_put_string(wire,
	    request->policy_file != NULL ? request->policy_file : "");
	(void)wire_put_string(wire,
	    request->policy_folder != NULL ? request->policy_folder : "");
	return connect_send(session->sock, wire, protocol_launcher,
	    &request->program_fd, 1, wire_deadline(ANSWER_WAIT));
}

static int
take_filter(struct privd_session *session, const void *bytes, size_t len)
{
	const size_t size = sizeof(session->insns[0]);

	if (len == 0 || len % size != 0 || len > sizeof(session->insns)) {
		errno = EPROTO;
		return -1;
	}
	memcpy(session->insns, bytes, len);
	session->count = (unsigned short)(len / size);
	return 0;
}

static int
receive_plan(struct privd_session *session)
{
	struct wire *wire = &session->plan;
	const char *reason;
	const void *bytes;
	uint32_t outcome;
	size_t len;
	int n;

	n = connect_receive(session->sock, wire, protocol_privd,
	    wire_deadline(ANSWER_WAIT), session->reason,
	    sizeof(session->reason));
	if (n == 0)
		errno = EPROTO;
	if (n != 1)
		return -1;
	(void)wire_get_u32(wire, &outcome);
	(void)wire_get_string(wire, &reason, PROTOCOL_REASON_MAX);
	(void)wire_get_bytes(wire, &bytes, &len, sizeof(session->insns));
	(void)wire_get_strings(wire, session->kept, PROTOCOL_NAMES_MAX + 1,
	    NULL, PROTOCOL_NAME_MAX);
	if (wire_get_end(wire) == -1) {
		errno = EPROTO;
		return -1;
	}
	(void)snprintf(session->reason, sizeof(session->reason), "%s", reason);
	session->log = wire_take_fd(wire, 0);
	if (outcome == PROTOCOL_GO)
		return take_filter(session, bytes, len);
	errno = outcome == PROTOCOL_PLAIN ? ENOTSUP : EPERM;
	return -1;
}

int
privd_session_open(const struct privd_request *request,
    struct privd_session **out)
{
	struct privd_session *session;
	int error;

	*out = session = calloc(1, sizeof(*session));
	if (session == NULL)
		return -1;
	session->log = -1;
	session->sock = -1;
	if (launch_is_nested()) {
		(void)snprintf(session->reason, sizeof(session->reason), "%s",
		    LAUNCH_NESTED);
		errno = EPERM;
		return -1;
	}
	session->sock = connect_privd(request->socket, session->reason,
	    sizeof(session->reason));
	if (session->sock != -1 && send_hello(session, request) == 0 &&
	    receive_plan(session) == 0)
		return 0;
	error = errno;
	if (session->reason[0] == '\0' && error != ENOTSUP)
		(void)snprintf(session->reason, sizeof(session->reason), "%s",
		    strerror(error));
	errno = error;
	return -1;
}

const char *
privd_session_reason(const struct privd_session *session)
{
	return session != NULL ? session->reason : "no memory";
}

int
privd_session_log(struct privd_session *session)
{
	int fd = session->log;

	session->log = -1;
	return fd;
}

static int
send_ready(void *context, int number)
{
	struct privd_session *session = context;

	wire_start(&session->wire, PROTOCOL_READY);
	(void)wire_put_u32(&session->wire, (uint32_t)number);
	return wire_send(session->sock, &session->wire, protocol_launcher, NULL,
	    0, wire_deadline(ANSWER_WAIT));
}

int
privd_exec(struct privd_session *session, const char *command,
    char *const argv[])
{
	const struct launch launch = {
		.guarded = true,
		.insns = session->insns,
		.count = session->count,
		.keep = session->kept,
		.tell = send_ready,
		.context = session,
	};
	const char *what;
	int error;

	if (launch_prepare(&launch, &what) == 0) {
		what = "execve";
		(void)execve(command, argv, environ);
	}
	error = errno;
	(void)snprintf(session->reason, sizeof(session->reason), "%s: %s", what,
	    strerror(error));
	errno = error;
	return -1;
}

void
privd_session_close(struct privd_session *session)
{
	int error = errno;

	if (session == NULL)
		return;
	if (session->sock != -1)
		close(session->sock);
	if (session->log != -1)
		close(session->log);
	free(session);
	errno = error;
}
