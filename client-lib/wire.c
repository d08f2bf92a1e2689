/* SPDX-License-Identifier: ISC */
/*
 * Writing and reading messages, as wire.h has them: pure functions of bytes.
 * Here alone lengths from outside are believed, and only after they were
 * compared with what is there.
 */
#include "wire.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define KIND_U32 '4'
#define KIND_U64 '8'
#define KIND_BYTES 'b'
#define KIND_STRING 's'
#define KIND_STRINGS 'a'

static const unsigned char magic[4] = { 'p', 'r', 'v', 'd' };

static int
fault(struct wire *wire, int error)
{
	if (wire->error == 0)
		wire->error = error;
	errno = wire->error;
	return -1;
}

static void
store(unsigned char *to, uint64_t value, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		to[i] = (unsigned char)(value >> 8 * i);
}

static uint64_t
fetch(const unsigned char *from, size_t size)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < size; i++)
		value |= (uint64_t)from[i] << 8 * i;
	return value;
}

void
wire_start(struct wire *wire, uint16_t type)
{
	memset(wire, 0, offsetof(struct wire, bytes));
	wire->type = type;
	wire->len = wire->pos = WIRE_HEADER;
}

/* Room for so many bytes more, or NULL. */
static unsigned char *
grow(struct wire *wire, size_t len)
{
	unsigned char *room;

	if (wire->error != 0 || len > sizeof(wire->bytes) - wire->len) {
		(void)fault(wire, EMSGSIZE);
		return NULL;
	}
	room = wire->bytes + wire->len;
	wire->len += len;
	return room;
}

static int
put_number(struct wire *wire, char kind, uint64_t value, size_t size)
{
	unsigned char *room = grow(wire, 1 + size);

	if (room == NULL)
		return -1;
	room[0] = (unsigned char)kind;
	store(room + 1, value, size);
	return 0;
}

int
wire_put_u32(struct wire *wire, uint32_t value)
{
	return put_number(wire, KIND_U32, value, 4);
}

int
wire_put_u64(struct wire *wire, uint64_t value)
{
	return put_number(wire, KIND_U64, value, 8);
}

/* `more` bytes of zero stand behind the given ones. */
static int
put_counted(struct wire *wire, char kind, const void *bytes, size_t len,
    size_t more)
{
	unsigned char *room;

	if (len > WIRE_FIELDS_MAX)
		return fault(wire, EMSGSIZE);
	room = grow(wire, 5 + len + more);
	if (room == NULL)
		return -1;
	room[0] = (unsigned char)kind;
	store(room + 1, len, 4);
	if (len > 0)
		memcpy(room + 5, bytes, len);
	memset(room + 5 + len, 0, more);
	return 0;
}

int
wire_put_bytes(struct wire *wire, const void *bytes, size_t len)
{
	return put_counted(wire, KIND_BYTES, bytes, len, 0);
}

int
wire_put_string(struct wire *wire, const char *string)
{
	if (string == NULL)
		return fault(wire, EINVAL);
	return put_counted(wire, KIND_STRING, string, strlen(string), 1);
}

int
wire_put_strings(struct wire *wire, const char *const *strings, size_t n)
{
	size_t i;

	if (n > WIRE_FIELDS_MAX)
		return fault(wire, EMSGSIZE);
	if (put_number(wire, KIND_STRINGS, n, 4) == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (wire_put_string(wire, strings[i]) == -1)
			return -1;
	return 0;
}

int
wire_finish(struct wire *wire)
{
	if (wire->error != 0)
		return fault(wire, wire->error);
	if (wire->type == 0)
		return fault(wire, EINVAL);
	memcpy(wire->bytes, magic, sizeof(magic));
	store(wire->bytes + 4, WIRE_VERSION, 2);
	store(wire->bytes + 6, wire->type, 2);
	store(wire->bytes + 8, wire->len - WIRE_HEADER, 4);
	return 0;
}

int
wire_open(struct wire *wire, const void *bytes, size_t len)
{
	wire_start(wire, 0);
	if (len > sizeof(wire->bytes))
		return fault(wire, EBADMSG);
	if (len > 0)
		memcpy(wire->bytes, bytes, len);
	return wire_check(wire, len);
}

int
wire_check(struct wire *wire, size_t len)
{
	wire->error = 0;
	wire->type = 0;
	wire->len = wire->pos = WIRE_HEADER;
	if (len < WIRE_HEADER || len > sizeof(wire->bytes) ||
	    memcmp(wire->bytes, magic, sizeof(magic)) != 0)
		return fault(wire, EBADMSG);
	if (fetch(wire->bytes + 4, 2) != WIRE_VERSION)
		return fault(wire, EPROTONOSUPPORT);
	if (fetch(wire->bytes + 8, 4) != len - WIRE_HEADER ||
	    fetch(wire->bytes + 6, 2) == 0)
		return fault(wire, EBADMSG);
	wire->type = (uint16_t)fetch(wire->bytes + 6, 2);
	wire->len = len;
	return 0;
}

/* The next so many bytes, or NULL. */
static const unsigned char *
advance(struct wire *wire, size_t len)
{
	const unsigned char *bytes;

	if (wire->error != 0 || len > wire->len - wire->pos) {
		(void)fault(wire, EBADMSG);
		return NULL;
	}
	bytes = wire->bytes + wire->pos;
	wire->pos += len;
	return bytes;
}

static int
get_number(struct wire *wire, char kind, uint64_t *value, size_t size)
{
	const unsigned char *bytes = advance(wire, 1 + size);

	*value = 0;
	if (bytes == NULL)
		return -1;
	if (bytes[0] != (unsigned char)kind)
		return fault(wire, EBADMSG);
	*value = fetch(bytes + 1, size);
	return 0;
}

int
wire_get_u32(struct wire *wire, uint32_t *value)
{
	uint64_t wide;
	int ret = get_number(wire, KIND_U32, &wide, 4);

	*value = (uint32_t)wide;
	return ret;
}

int
wire_get_u64(struct wire *wire, uint64_t *value)
{
	return get_number(wire, KIND_U64, value, 8);
}

/* A length of at most max, and as many bytes and `more`. */
static const unsigned char *
get_counted(struct wire *wire, char kind, size_t *len, size_t max, size_t more)
{
	uint64_t count;

	*len = 0;
	if (get_number(wire, kind, &count, 4) == -1)
		return NULL;
	if (count > max || count > WIRE_FIELDS_MAX) {
		(void)fault(wire, EBADMSG);
		return NULL;
	}
	*len = (size_t)count;
	return advance(wire, (size_t)count + more);
}

int
wire_get_bytes(struct wire *wire, const void **bytes, size_t *len, size_t max)
{
	*bytes = get_counted(wire, KIND_BYTES, len, max, 0);
	if (*bytes == NULL)
		*len = 0;
	return *bytes == NULL ? -1 : 0;
}

int
wire_get_string(struct wire *wire, const char **string, size_t max)
{
	const unsigned char *bytes;
	size_t len;

	*string = NULL;
	bytes = get_counted(wire, KIND_STRING, &len, max, 1);
	if (bytes == NULL)
		return -1;
	if (memchr(bytes, '\0', len + 1) != bytes + len)
		return fault(wire, EBADMSG);
	*string = (const char *)bytes;
	return 0;
}

int
wire_get_strings(struct wire *wire, const char **strings, size_t size,
    size_t *n, size_t max)
{
	uint64_t count;
	size_t i;

	if (n != NULL)
		*n = 0;
	if (size == 0)
		return fault(wire, EBADMSG);
	strings[0] = NULL;
	if (get_number(wire, KIND_STRINGS, &count, 4) == -1)
		return -1;
	if (count >= size)
		return fault(wire, EBADMSG);
	for (i = 0; i < count; i++)
		if (wire_get_string(wire, &strings[i], max) == -1) {
			strings[0] = NULL;
			return -1;
		}
	strings[i] = NULL;
	if (n != NULL)
		*n = i;
	return 0;
}

int
wire_get_end(struct wire *wire)
{
	if (wire->error != 0 || wire->pos != wire->len)
		return fault(wire, EBADMSG);
	return 0;
}

const struct wire_type *
wire_type(const struct wire_type *table, uint16_t type)
{
	for (; table->type != 0; table++)
		if (table->type == type)
			return table;
	return NULL;
}
