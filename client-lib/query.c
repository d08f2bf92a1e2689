/* SPDX-License-Identifier: ISC */
/*
 * Questions to the daemon: one for each connection, answered by rows. Rows
 * are read as strictly as the daemon reads: what is not as it should be ends
 * the answer.
 */
#include "privd.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "connect.h"
#include "protocol.h"

#define ANSWER_WAIT 10000  /* milliseconds, for each row */
#define RELOAD_WAIT 120000 /* policies are read meanwhile */

struct privd_query {
	int sock;
	int wait;
	char reason[PROTOCOL_REASON_MAX + 1];
	struct privd_field fields[PROTOCOL_FIELDS_MAX];
	struct wire wire;
};

static int
send_question(struct privd_query *query, enum privd_topic topic, pid_t pid)
{
	struct wire *wire = &query->wire;

	wire_start(wire, PROTOCOL_ASK);
	(void)wire_put_u32(wire, (uint32_t)topic);
	(void)wire_put_u32(wire, pid > 0 ? (uint32_t)pid : 0);
	return connect_send(query->sock, wire, protocol_asker, NULL, 0,
	    wire_deadline(ANSWER_WAIT));
}

int
privd_ask(const char *socket, enum privd_topic topic, pid_t pid,
    struct privd_query **out)
{
	struct privd_query *query = calloc(1, sizeof(*query));

	*out = query;
	if (query == NULL)
		return -1;
	query->wait = topic == PRIVD_RELOAD ? RELOAD_WAIT :
	    topic == PRIVD_FOLLOW           ? -1 :
					      ANSWER_WAIT;
	query->sock = connect_privd(socket, query->reason,
	    sizeof(query->reason));
	return query->sock == -1 ? -1 : send_question(query, topic, pid);
}

static int
take_field(struct wire *wire, struct privd_field *field)
{
	uint32_t kind;

	memset(field, 0, sizeof(*field));
	(void)wire_get_string(wire, &field->name, PROTOCOL_FIELD_NAME_MAX);
	if (wire_get_u32(wire, &kind) == -1)
		return -1;
	if (kind == PROTOCOL_NUMBER)
		return wire_get_u64(wire, &field->number);
	if (kind == PROTOCOL_TEXT)
		return wire_get_string(wire, &field->text, PROTOCOL_TEXT_MAX);
	errno = EBADMSG;
	return -1;
}

static int
take_row(struct privd_query *query, size_t *count)
{
	uint32_t n, i;

	if (wire_get_u32(&query->wire, &n) == -1 || n > PROTOCOL_FIELDS_MAX) {
		errno = EPROTO;
		return -1;
	}
	for (i = 0; i < n; i++)
		if (take_field(&query->wire, &query->fields[i]) == -1)
			return -1;
	if (wire_get_end(&query->wire) == -1)
		return -1;
	*count = n;
	return 1;
}

static int
errno_of(uint32_t outcome)
{
	switch (outcome) {
	case PROTOCOL_ANSWERED:
		return 0;
	case PROTOCOL_DENIED:
		return EPERM;
	case PROTOCOL_BUSY:
		return EBUSY;
	case PROTOCOL_FAILED:
		return EINVAL;
	case PROTOCOL_UNKNOWN:
		return ENOTSUP;
	default:
		return EPROTO;
	}
}

static int
take_end(struct privd_query *query)
{
	const char *reason;
	uint32_t outcome;

	(void)wire_get_u32(&query->wire, &outcome);
	(void)wire_get_string(&query->wire, &reason, PROTOCOL_REASON_MAX);
	if (wire_get_end(&query->wire) == -1)
		return -1;
	(void)snprintf(query->reason, sizeof(query->reason), "%s", reason);
	errno = errno_of(outcome);
	return errno == 0 ? 0 : -1;
}

int
privd_next(struct privd_query *query, const struct privd_field **fields,
    size_t *count)
{
	int n;

	*fields = query->fields;
	*count = 0;
	n = connect_receive(query->sock, &query->wire, protocol_answer,
	    wire_deadline(query->wait), query->reason, sizeof(query->reason));
	if (n == 0) {
		(void)snprintf(query->reason, sizeof(query->reason),
		    "privd does not answer");
		errno = EPROTO;
	}
	if (n != 1)
		return -1;
	n = query->wire.type == PROTOCOL_ROW ? take_row(query, count) :
					       take_end(query);
	if (n == -1 && errno == EBADMSG)
		errno = EPROTO;
	return n;
}

const char *
privd_query_reason(const struct privd_query *query)
{
	return query != NULL ? query->reason : "no memory";
}

void
privd_query_close(struct privd_query *query)
{
	int error = errno;

	if (query == NULL)
		return;
	if (query->sock != -1)
		close(query->sock);
	free(query);
	errno = error;
}
