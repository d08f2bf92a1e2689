/* SPDX-License-Identifier: ISC */
/*
 * WRAP: _exit wire_send identity_assume jail_seccomp oom_expose log_leave
 * WRAP: control_log
 *
 * What somebody asks of the daemon, as the bytes of his message, with cards
 * that programs may have written. What is no question is not answered; any
 * other is by rows of printing characters and one end, which is the right one
 * for who asks.
 */
#include <sys/types.h>

#include <errno.h>
#include <setjmp.h>
#include <string.h>
#include <unistd.h>

#include "../../client-lib/protocol.h"
#include "../../privd/board.h"
#include "../../privd/card.h"
#include "../../privd/config.h"
#include "../../privd/control.h"
#include "../../privd/control_log.h"
#include "../../privd/log.h"
#include "../../privd/peer.h"
#include "../../privd/policy/policy.h"
#include "../../privd/session/identity.h"
#include "../../privd/session/jail.h"
#include "../../privd/session/oom.h"
#include "../../privd/session/refusal.h"
#include "bytes.h"
#include "fuzz.h"

#define SESSIONS 3
#define USER 1000

void __real__exit(int) __attribute__((noreturn));
void __wrap__exit(int) __attribute__((noreturn));
int __wrap_wire_send(int, struct wire *, const struct wire_type *, const int *,
    size_t, int64_t);
int __wrap_identity_assume(const struct identity *, pid_t);
int __wrap_jail_seccomp(const struct jail_rule *, size_t);
void __wrap_oom_expose(void);
void __wrap_log_leave(void);
int __wrap_control_log(int, int, bool,
    void (*)(void *, const char *, const char *), void *);

static struct {
	bool asking;
	jmp_buf over;
	bool dropped; /* every right */
	size_t rows;
	size_t ends;
	uint32_t outcome;
	bool root;
	struct bytes *bytes;
} world;

static const char policy[] =
    "Policy: /none/such, Emulation: native\n"
    "native-open: filename eq \"/dev/bpf0\" then permit as root, if group = 5\n"
    "native-bind: permit with net_bind_service\n";

/* --- what is sent */

static void
check_text(const char *text)
{
	for (; *text != '\0'; text++)
		HOLDS(*text >= ' ' && *text <= '~');
}

/* What of it root alone is told. */
static void
check_secret(const char *name)
{
	static const char *const secrets[] = { "policies", "rules", "folder",
		"refused_connections", "most_sessions_per_user" };
	size_t i;

	for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		HOLDS(world.root || strcmp(name, secrets[i]) != 0);
}

static void
check_row(struct wire *wire)
{
	uint32_t count, kind, i;
	const char *name, *text;
	uint64_t number;

	HOLDS(wire_get_u32(wire, &count) == 0 && count <= PROTOCOL_FIELDS_MAX);
	for (i = 0; i < count; i++) {
		HOLDS(
		    wire_get_string(wire, &name, PROTOCOL_FIELD_NAME_MAX) == 0);
		check_secret(name);
		HOLDS(wire_get_u32(wire, &kind) == 0);
		if (kind == PROTOCOL_NUMBER) {
			HOLDS(wire_get_u64(wire, &number) == 0);
			continue;
		}
		HOLDS(kind == PROTOCOL_TEXT);
		HOLDS(wire_get_string(wire, &text, PROTOCOL_TEXT_MAX) == 0);
		check_text(text);
	}
	world.rows++;
}

int
__wrap_wire_send(int sock, struct wire *wire, const struct wire_type *table,
    const int *fds, size_t nfds, int64_t deadline)
{
	static struct wire sent;
	const char *reason;

	(void)sock;
	(void)fds;
	(void)deadline;
	HOLDS(world.dropped && world.ends == 0);
	HOLDS(nfds == 0 && wire_type(table, wire->type) != NULL);
	HOLDS(wire_finish(wire) == 0);
	HOLDS(wire_open(&sent, wire->bytes, wire->len) == 0);
	if (sent.type == PROTOCOL_ROW) {
		check_row(&sent);
	} else {
		HOLDS(wire_get_u32(&sent, &world.outcome) == 0);
		HOLDS(
		    wire_get_string(&sent, &reason, PROTOCOL_REASON_MAX) == 0);
		check_text(reason);
		world.ends++;
	}
	HOLDS(wire_get_end(&sent) == 0);
	return 0;
}

/* --- what else of the world it touches */

void
__wrap__exit(int status)
{
	if (!world.asking)
		__real__exit(status);
	world.asking = false;
	longjmp(world.over, 1);
}

int
__wrap_identity_assume(const struct identity *id, pid_t parent)
{
	(void)parent;
	HOLDS(id->permitted == 0 && id->uid != 0);
	return 0;
}

int
__wrap_jail_seccomp(const struct jail_rule *rules, size_t n)
{
	HOLDS(rules != NULL && n > 0);
	world.dropped = true;
	return 0;
}

void
__wrap_oom_expose(void)
{
}

void
__wrap_log_leave(void)
{
}

int
__wrap_control_log(int channel, int sock, bool follow,
    void (*show)(void *, const char *, const char *), void *context)
{
	char line[64];

	(void)channel;
	(void)sock;
	(void)follow;
	bytes_copy(world.bytes, line, sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	show(context, line, "{}");
	return PROTOCOL_ANSWERED;
}

static int cards[SESSIONS];

/* Of three sessions, with a refusal each. */
static struct control_session *
list(const void *context, size_t *n)
{
	struct control_session *all = calloc(SESSIONS, sizeof(*all));
	size_t i;

	(void)context;
	HOLDS(all != NULL);
	for (i = 0; i < SESSIONS; i++) {
		all[i].pid = (pid_t)(100 + i);
		all[i].uid = USER;
		all[i].card = cards[i];
	}
	*n = SESSIONS;
	return all;
}

static void
write_card(int card, struct bytes *bytes)
{
	static struct card_head head;
	static struct refusal refusal;
	size_t len, nth = bytes_of(bytes, REFUSALS);

	memset(&head, 0, sizeof(head));
	head.kind = (uint32_t)bytes_of(bytes, 4);
	head.calls = (uint32_t)bytes_u64(bytes);
	bytes_copy(bytes, head.program, bytes_of(bytes, 32));
	HOLDS(pwrite(card, &head, sizeof(head), 0) == sizeof(head));
	len = bytes_u16(bytes) % (sizeof(refusal) + 1);
	if (len > bytes->left)
		len = bytes->left;
	memset(&refusal, 0, sizeof(refusal));
	bytes_copy(bytes, &refusal, len);
	HOLDS(pwrite(card, &refusal, sizeof(refusal),
		  CARD_HEAD_SIZE + (off_t)(nth * sizeof(refusal))) ==
	    sizeof(refusal));
}

static void
clear_cards(void)
{
	static const struct refusals none;
	size_t i;

	for (i = 0; i < SESSIONS; i++)
		HOLDS(pwrite(cards[i], &none, sizeof(none), CARD_HEAD_SIZE) ==
		    sizeof(none));
}

/* --- what is right */

/* A question to the letter, as protocol.h and wire.h have it. */
static bool
is_question(const uint8_t *bytes, size_t len, uint32_t *topic)
{
	static const uint8_t head[12] = { 'p', 'r', 'v', 'd', 1, 0, 4, 0, 10 };

	if (len != 22 || memcmp(bytes, head, sizeof(head)) != 0 ||
	    bytes[12] != '4' || bytes[17] != '4')
		return false;
	*topic = (uint32_t)bytes[13] | (uint32_t)bytes[14] << 8 |
	    (uint32_t)bytes[15] << 16 | (uint32_t)bytes[16] << 24;
	return true;
}

static enum protocol_end
right_end(uint32_t topic, bool root, bool admitted, size_t talks)
{
	if (!root && !admitted)
		return PROTOCOL_DENIED;
	if (talks >= CONTROL_USER_MAX)
		return PROTOCOL_BUSY;
	if (topic == 0 || topic == 6 || topic == 7 || topic > 9)
		return PROTOCOL_UNKNOWN;
	if (topic == PROTOCOL_RELOAD) /* there is no monitor to be told */
		return root ? PROTOCOL_FAILED : PROTOCOL_DENIED;
	return PROTOCOL_ANSWERED;
}

static struct control_start start;
static struct privd_config *config;
static id_t denied[] = { USER };
static gid_t groups[] = { USER, 5 };
static struct peer peer = { .groups = groups, .ngroups = 2 };

static void
set_up(void)
{
	static struct board board;
	struct policy_source source = { .authority = POLICY_SYSTEM };
	struct policy_report report = { NULL, 0, 0, 0 };
	size_t i;

	if (config != NULL)
		return;
	config = config_default();
	HOLDS(config != NULL && board_open(&board) == 0);
	start.policies = policy_set_new();
	HOLDS(start.policies != NULL &&
	    policy_load_buffer(start.policies, &source, "fuzz", policy,
		sizeof(policy) - 1, &report) == 0);
	policy_report_clear(&report);
	for (i = 0; i < SESSIONS; i++) {
		cards[i] = card_new();
		HOLDS(cards[i] != -1);
	}
	start.sock = start.card = start.monitor = -1;
	start.config = config;
	start.board = &board;
	start.peer = &peer;
	start.sessions = list;
}

static void
ask(struct wire *wire)
{
	world.asking = true;
	if (setjmp(world.over) == 0)
		control_main(&start, wire);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static struct wire wire;
	struct bytes bytes = { input, size };
	const uint8_t *message;
	unsigned int who;
	uint32_t topic = 0;
	bool admitted;
	size_t len, i;

	set_up();
	who = bytes_u8(&bytes);
	len = bytes_u8(&bytes);
	if (len > bytes.left)
		len = bytes.left;
	message = bytes.at;
	bytes.at += len;
	bytes.left -= len;
	for (i = 0; i < SESSIONS; i++)
		write_card(cards[i], &bytes);
	memset(&world, 0, sizeof(world));
	world.bytes = &bytes;
	world.root = (who & 1) != 0;
	admitted = (who & 2) == 0;
	peer.uid = peer.gid = world.root ? 0 : USER;
	config->deny_users.ids = denied;
	config->deny_users.count = admitted ? 0 : 1;
	start.talks = (who & 4) != 0 ? CONTROL_USER_MAX : 0;
	/* As the monitor takes a first message. */
	if (wire_open(&wire, message, len) == 0 && wire.type == PROTOCOL_ASK)
		ask(&wire);
	if (is_question(message, len, &topic)) {
		HOLDS(world.ends == 1 &&
		    world.outcome ==
			right_end(topic, world.root, admitted, start.talks));
		HOLDS(world.rows == 0 || world.outcome == PROTOCOL_ANSWERED);
	} else {
		HOLDS(world.rows == 0 && world.ends == 0);
	}
	clear_cards();
	return 0;
}
