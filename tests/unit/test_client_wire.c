/* SPDX-License-Identifier: ISC */
/*
 * The form of messages: what was written is read again, and of what is
 * short, long, left over or of another kind nothing is used.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../client-lib/wire.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define STRINGS_MAX 4 /* with the NULL */
#define LEN_MAX 5

static struct wire wire, other;

/* --- what is written is read */

static void
reads_what_is_written(void **state)
{
	static const char *const strings[] = { "a", "", "ccc" };
	const char *string, *got[STRINGS_MAX];
	const void *bytes;
	uint64_t u64;
	uint32_t u32;
	size_t len, n;

	(void)state;
	wire_start(&wire, 7);
	assert_int_equal(wire_put_u32(&wire, 0x81020304), 0);
	assert_int_equal(wire_put_u64(&wire, 0x8102030405060708), 0);
	assert_int_equal(wire_put_bytes(&wire, "a\0b", 3), 0);
	assert_int_equal(wire_put_bytes(&wire, NULL, 0), 0);
	assert_int_equal(wire_put_string(&wire, "hello"), 0);
	assert_int_equal(wire_put_strings(&wire, strings, 3), 0);
	assert_int_equal(wire_put_strings(&wire, NULL, 0), 0);
	assert_int_equal(wire_finish(&wire), 0);

	assert_int_equal(wire_open(&other, wire.bytes, wire.len), 0);
	assert_int_equal(other.type, 7);
	assert_int_equal(wire_get_u32(&other, &u32), 0);
	assert_int_equal(u32, 0x81020304);
	assert_int_equal(wire_get_u64(&other, &u64), 0);
	assert_true(u64 == 0x8102030405060708);
	assert_int_equal(wire_get_bytes(&other, &bytes, &len, 3), 0);
	assert_int_equal(len, 3);
	assert_memory_equal(bytes, "a\0b", 3);
	assert_int_equal(wire_get_bytes(&other, &bytes, &len, 0), 0);
	assert_int_equal(len, 0);
	assert_int_equal(wire_get_string(&other, &string, 5), 0);
	assert_string_equal(string, "hello");
	assert_int_equal(wire_get_strings(&other, got, STRINGS_MAX, &n, 3), 0);
	assert_int_equal(n, 3);
	assert_string_equal(got[0], "a");
	assert_string_equal(got[1], "");
	assert_string_equal(got[2], "ccc");
	assert_null(got[3]);
	assert_int_equal(wire_get_end(&other), -1);
	errno = 0;
	assert_int_equal(wire_open(&other, wire.bytes, wire.len - 1), -1);
	assert_int_equal(errno, EBADMSG);
}

static void
writes_these_bytes(void **state)
{
	static const unsigned char wanted[] = "prvd\1\0\2\1\30\0\0\0"
					      "4\1\2\3\4"
					      "s\2\0\0\0hi\0"
					      "b\1\0\0\0\377"
					      "a\0\0\0";

	(void)state;
	wire_start(&wire, 0x102);
	(void)wire_put_u32(&wire, 0x04030201);
	(void)wire_put_string(&wire, "hi");
	(void)wire_put_bytes(&wire, "\377", 1);
	(void)wire_put_strings(&wire, NULL, 0);
	assert_int_equal(wire_finish(&wire), 0);
	assert_int_equal(wire.len, sizeof(wanted));
	assert_memory_equal(wire.bytes, wanted, sizeof(wanted));
}

/* --- headers */

static const struct {
	const char *what;
	size_t len; /* of the message as it comes */
	size_t at;  /* the byte that is another, -1: none */
	unsigned char value;
	int error;
} headers[] = {
	{ "as it should be", 17, (size_t)-1, 0, 0 },
	{ "nothing", 0, (size_t)-1, 0, EBADMSG },
	{ "a byte", 1, (size_t)-1, 0, EBADMSG },
	{ "all but a byte of a header", 11, (size_t)-1, 0, EBADMSG },
	{ "a header alone", 12, (size_t)-1, 0, EBADMSG },
	{ "short by a byte", 16, (size_t)-1, 0, EBADMSG },
	{ "long by a byte", 18, (size_t)-1, 0, EBADMSG },
	{ "of another's protocol", 17, 0, 'P', EBADMSG },
	{ "of another's protocol, last byte", 17, 3, 'D', EBADMSG },
	{ "version 0", 17, 4, 0, EPROTONOSUPPORT },
	{ "the next version", 17, 4, 2, EPROTONOSUPPORT },
	{ "version 257", 17, 5, 1, EPROTONOSUPPORT },
	{ "of type 0", 17, 6, 0, EBADMSG },
	{ "of type 257", 17, 7, 1, 0 },
	{ "its length is less", 17, 8, 4, EBADMSG },
	{ "its length is more", 17, 8, 6, EBADMSG },
	{ "its length is 256 more", 17, 9, 1, EBADMSG },
	{ "its length is huge", 17, 11, 255, EBADMSG },
	{ "as much as there is room for", WIRE_MAX, (size_t)-1, 0, EBADMSG },
	{ "more than there is room for", WIRE_MAX + 1, (size_t)-1, 0, EBADMSG },
	{ "of any length", SIZE_MAX, (size_t)-1, 0, EBADMSG },
};

static void
judges_headers(void **state)
{
	static unsigned char bytes[WIRE_MAX + 1];
	uint32_t u32;
	size_t i;
	int ret;

	(void)state;
	for (i = 0; i < NELEMS(headers); i++) {
		memset(bytes, 0, sizeof(bytes));
		wire_start(&wire, 1);
		(void)wire_put_u32(&wire, 42);
		assert_int_equal(wire_finish(&wire), 0);
		memcpy(bytes, wire.bytes, wire.len);
		if (headers[i].at != (size_t)-1)
			bytes[headers[i].at] = headers[i].value;
		errno = 0;
		ret = wire_open(&other, bytes, headers[i].len);
		if (errno != headers[i].error ||
		    (ret == 0) != (headers[i].error == 0))
			fail_msg("%s: %d, %s", headers[i].what, ret,
			    strerror(errno));
		if (ret == 0)
			continue;
		/* Nothing of it is read afterwards. */
		u32 = 1;
		if (wire_get_u32(&other, &u32) != -1 || u32 != 0 ||
		    wire_get_end(&other) != -1 || other.type != 0)
			fail_msg("%s: it is read all the same",
			    headers[i].what);
	}
}

/* --- fields */

/*
 * What the getters say of some bytes: 4, 8, b, s, a as the fields, `.` for
 * the end. The first one that must fail is in capitals, or `!`.
 */
static const struct {
	const char *what;
	const char *bytes;
	size_t len;
	const char *getters;
} fields[] = {
#define FIELD(what, bytes, getters)                     \
	{                                               \
		what, bytes, sizeof(bytes) - 1, getters \
	}
	FIELD("nothing", "", "."),
	FIELD("no u32", "", "$"),
	FIELD("a u32", "4\1\2\3\4", "4."),
	FIELD("a u32 that nobody reads", "4\1\2\3\4", "!"),
	FIELD("a u32 and a byte", "4\1\2\3\4\0", "4!"),
	FIELD("three bytes of a u32", "4\1\2\3", "$"),
	FIELD("the kind alone", "4", "$"),
	FIELD("a u64 for a u32", "8\1\2\3\4\5\6\7\10", "$"),
	FIELD("a u32 for a u64", "4\1\2\3\4\5\6\7\10", "*"),
	FIELD("a u64", "8\1\2\3\4\5\6\7\10", "8."),
	FIELD("seven bytes of a u64", "8\1\2\3\4\5\6\7", "*"),
	FIELD("no kind at all", "\0\1\2\3\4", "$"),
	FIELD("bytes", "b\3\0\0\0a\0c", "b."),
	FIELD("no bytes", "b\0\0\0\0", "b."),
	FIELD("as many bytes as may be", "b\5\0\0\0abcde", "b."),
	FIELD("more bytes than may be", "b\6\0\0\0abcdef", "B"),
	FIELD("bytes that are not there", "b\5\0\0\0abcd", "B"),
	FIELD("more bytes than there were", "b\4\0\0\0abcde", "b!"),
	FIELD("2^32 - 1 bytes", "b\377\377\377\377abcd", "B"),
	FIELD("2^31 bytes", "b\0\0\0\200abcd", "B"),
	FIELD("half a length", "b\0\0", "B"),
	FIELD("a string for bytes", "s\1\0\0\0a\0", "B"),
	FIELD("a string", "s\3\0\0\0abc\0", "s."),
	FIELD("an empty string", "s\0\0\0\0\0", "s."),
	FIELD("a string as long as may be", "s\5\0\0\0abcde\0", "s."),
	FIELD("a string too long", "s\6\0\0\0abcdef\0", "S"),
	FIELD("a string without its NUL", "s\3\0\0\0abc", "S"),
	FIELD("a string with another byte", "s\3\0\0\0abcd", "S"),
	FIELD("a NUL within a string", "s\3\0\0\0a\0c\0", "S"),
	FIELD("a NUL at its start", "s\3\0\0\0\0bc\0", "S"),
	FIELD("a NUL as its last", "s\3\0\0\0ab\0\0", "S"),
	FIELD("a string of -1 bytes", "s\377\377\377\377abc\0", "S"),
	FIELD("bytes for a string", "b\3\0\0\0abc\0", "S"),
	FIELD("strings", "a\2\0\0\0s\1\0\0\0a\0s\1\0\0\0b\0", "a."),
	FIELD("no strings", "a\0\0\0\0", "a."),
	FIELD("as many strings as may be",
	    "a\3\0\0\0s\0\0\0\0\0s\0\0\0\0\0s\0\0\0\0\0", "a."),
	FIELD("one string more than may be",
	    "a\4\0\0\0s\0\0\0\0\0s\0\0\0\0\0s\0\0\0\0\0s\0\0\0\0\0", "A"),
	FIELD("fewer strings than it says", "a\2\0\0\0s\1\0\0\0a\0", "A"),
	FIELD("more strings than it says", "a\1\0\0\0s\1\0\0\0a\0s\1\0\0\0b\0",
	    "a!"),
	FIELD("bytes among strings", "a\1\0\0\0b\1\0\0\0a\0", "A"),
	FIELD("a NUL in one of them", "a\1\0\0\0s\2\0\0\0\0a\0", "A"),
	FIELD("one of them too long", "a\1\0\0\0s\6\0\0\0abcdef\0", "A"),
	FIELD("2^32 - 1 strings", "a\377\377\377\377s\0\0\0\0\0", "A"),
	FIELD("a string for strings", "s\1\0\0\0a\0", "A"),
	FIELD("one after the other", "4\1\0\0\0s\1\0\0\0a\0", "4s."),
	FIELD("the other first", "s\1\0\0\0a\0004\1\0\0\0", "$"),
	FIELD("after a fault nothing is read", "4\1\0\0\0004\2\0\0\000", "S$!"),
	FIELD("nor anything else", "4\1\0\0\0008\1\0\0\0\0\0\0\0", "S*$BSA!"),
#undef FIELD
};

static int
get(struct wire *w, char kind)
{
	const char *string = "x", *strings[STRINGS_MAX] = { "x" };
	const void *bytes = "x";
	uint64_t u64 = 1;
	uint32_t u32 = 1;
	size_t n = 1;
	int ret;

	switch (kind) {
	case '4':
		ret = wire_get_u32(w, &u32);
		return ret == 0 || u32 == 0 ? ret : -2;
	case '8':
		ret = wire_get_u64(w, &u64);
		return ret == 0 || u64 == 0 ? ret : -2;
	case 'b':
		ret = wire_get_bytes(w, &bytes, &n, LEN_MAX);
		return ret == 0 || (bytes == NULL && n == 0) ? ret : -2;
	case 's':
		ret = wire_get_string(w, &string, LEN_MAX);
		return ret == 0 || string == NULL ? ret : -2;
	case 'a':
		ret = wire_get_strings(w, strings, STRINGS_MAX, &n, LEN_MAX);
		return ret == 0 || (strings[0] == NULL && n == 0) ? ret : -2;
	default:
		return wire_get_end(w);
	}
}

static void
judges_fields(void **state)
{
	static const char kinds[] = "48bsa.", failing[] = "$*BSA!";
	const char *g, *fails;
	size_t i;
	int ret;

	(void)state;
	for (i = 0; i < NELEMS(fields); i++) {
		wire_start(&wire, 1);
		memcpy(wire.bytes + WIRE_HEADER, fields[i].bytes,
		    fields[i].len);
		wire.len += fields[i].len;
		assert_int_equal(wire_finish(&wire), 0);
		assert_int_equal(wire_check(&wire, wire.len), 0);
		for (g = fields[i].getters; *g != '\0'; g++) {
			fails = strchr(failing, *g);
			errno = 0;
			ret = get(&wire,
			    fails != NULL ? kinds[fails - failing] : *g);
			if (ret != (fails != NULL ? -1 : 0) ||
			    errno != (fails != NULL ? EBADMSG : 0))
				fail_msg("%s: '%c' is %d, %s", fields[i].what,
				    *g, ret, strerror(errno));
		}
	}
}

/* There is no room for the NULL either. */
static void
has_no_room_for_strings(void **state)
{
	const char *strings[1] = { "x" };

	(void)state;
	wire_start(&wire, 1);
	(void)wire_put_strings(&wire, NULL, 0);
	assert_int_equal(wire_finish(&wire), 0);
	assert_int_equal(wire_check(&wire, wire.len), 0);
	assert_int_equal(wire_get_strings(&wire, strings, 0, NULL, 1), -1);
	assert_string_equal(strings[0], "x");
	assert_int_equal(wire_check(&wire, wire.len), 0);
	assert_int_equal(wire_get_strings(&wire, strings, 1, NULL, 1), 0);
	assert_null(strings[0]);
}

/* --- every part of a message, and any bytes at all */

static const char order[] = "48bsa.";

static void
write_one_of_each(struct wire *w)
{
	static const char *const strings[] = { "one", "two" };

	wire_start(w, 3);
	(void)wire_put_u32(w, 1);
	(void)wire_put_u64(w, 2);
	(void)wire_put_bytes(w, "abc", 3);
	(void)wire_put_string(w, "hello");
	(void)wire_put_strings(w, strings, 2);
	assert_int_equal(wire_finish(w), 0);
}

static int
read_one_of_each(struct wire *w)
{
	const char *g;
	int ret = 0;

	for (g = order; *g != '\0' && ret == 0; g++)
		ret = get(w, *g);
	return ret;
}

static void
misses_every_byte(void **state)
{
	size_t len, whole;

	(void)state;
	write_one_of_each(&other);
	whole = other.len;
	assert_int_equal(wire_check(&other, whole), 0);
	assert_int_equal(read_one_of_each(&other), 0);
	for (len = WIRE_HEADER; len < whole; len++) {
		write_one_of_each(&other);
		other.len = len;
		assert_int_equal(wire_finish(&other), 0);
		assert_int_equal(wire_check(&other, len), 0);
		if (read_one_of_each(&other) != -1)
			fail_msg("of %zu bytes %zu are enough", whole, len);
	}
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void
mutate(struct wire *w, uint32_t *seed)
{
	static const unsigned char likely[] = { 0, 1, 5, 127, 128, 255, '4',
		'8', 'b', 's', 'a' };
	size_t n, at;

	for (n = next_random(seed) % 4 + 1; n > 0; n--) {
		at = WIRE_HEADER + next_random(seed) % (w->len - WIRE_HEADER);
		w->bytes[at] = next_random(seed) % 2 == 0 ?
		    likely[next_random(seed) % sizeof(likely)] :
		    (unsigned char)next_random(seed);
	}
	if (next_random(seed) % 4 == 0)
		w->len = WIRE_HEADER +
		    next_random(seed) % (w->len - WIRE_HEADER + 1);
}

static bool
lies_within(const struct wire *w, const void *p, size_t len)
{
	const unsigned char *bytes = p;

	return bytes >= w->bytes + WIRE_HEADER && bytes <= w->bytes + w->len &&
	    len <= (size_t)(w->bytes + w->len - bytes);
}

/* Whatever is read lies within what came. */
static void
stays_within(void **state)
{
	const char *string, *strings[STRINGS_MAX];
	const void *bytes;
	uint32_t seed = 2463534242U, u32;
	size_t i, j, len, read = 0;
	uint64_t u64;

	(void)state;
	for (i = 0; i < 200000; i++) {
		write_one_of_each(&other);
		mutate(&other, &seed);
		(void)wire_finish(&other);
		assert_int_equal(wire_check(&other, other.len), 0);
		(void)wire_get_u32(&other, &u32);
		(void)wire_get_u64(&other, &u64);
		if (wire_get_bytes(&other, &bytes, &len, 100) == 0)
			assert_true(lies_within(&other, bytes, len));
		if (wire_get_string(&other, &string, 100) == 0)
			assert_true(
			    lies_within(&other, string, strlen(string) + 1));
		if (wire_get_strings(&other, strings, STRINGS_MAX, &len, 100) ==
		    0)
			for (j = 0; j < len; j++)
				assert_true(lies_within(&other, strings[j],
				    strlen(strings[j]) + 1));
		read += wire_get_end(&other) == 0;
	}
	/* Values may be others; most others are noticed. */
	assert_in_range(read, 1, 199999);
}

/* --- writing */

static void
fills_a_message(void **state)
{
	static char room[WIRE_FIELDS_MAX + 1];
	const char *string;

	(void)state;
	memset(room, 'x', sizeof(room) - 1);
	wire_start(&wire, 1);
	assert_int_equal(wire_put_bytes(&wire, room, WIRE_FIELDS_MAX - 5), 0);
	assert_int_equal(wire_finish(&wire), 0);
	assert_int_equal(wire.len, WIRE_MAX);

	wire_start(&wire, 1);
	errno = 0;
	assert_int_equal(wire_put_bytes(&wire, room, WIRE_FIELDS_MAX - 4), -1);
	assert_int_equal(errno, EMSGSIZE);

	/* A string needs its NUL. */
	room[WIRE_FIELDS_MAX - 6] = '\0';
	wire_start(&wire, 1);
	assert_int_equal(wire_put_string(&wire, room), 0);
	assert_int_equal(wire_finish(&wire), 0);
	assert_int_equal(wire.len, WIRE_MAX);
	assert_int_equal(wire_check(&wire, wire.len), 0);
	assert_int_equal(wire_get_string(&wire, &string, SIZE_MAX), 0);
	assert_string_equal(string, room);
	assert_int_equal(wire_get_end(&wire), 0);
	room[WIRE_FIELDS_MAX - 6] = 'x';
	room[WIRE_FIELDS_MAX - 5] = '\0';
	wire_start(&wire, 1);
	assert_int_equal(wire_put_string(&wire, room), -1);
}

/* What could not be written is not sent without it. */
static void
remembers_a_fault(void **state)
{
	static const char *const gap[] = { "a", NULL, "c" };
	size_t i;
	int ret = 0;

	(void)state;
	for (i = 0; i < 6; i++) {
		wire_start(&wire, i == 5 ? 0 : 1);
		errno = 0;
		if (i == 0)
			ret = wire_put_string(&wire, NULL);
		else if (i == 1)
			ret = wire_put_strings(&wire, gap, 3);
		else if (i == 2)
			ret = wire_put_bytes(&wire, "", SIZE_MAX);
		else if (i == 3)
			ret = wire_put_strings(&wire, gap, SIZE_MAX);
		else if (i == 4)
			ret = wire_put_bytes(&wire, "", WIRE_FIELDS_MAX + 1);
		if (i < 5) {
			assert_int_equal(ret, -1);
			assert_int_equal(errno, i < 2 ? EINVAL : EMSGSIZE);
			assert_int_equal(wire_put_u32(&wire, 1), -1);
			assert_int_equal(wire_put_u64(&wire, 1), -1);
			assert_int_equal(wire_put_string(&wire, ""), -1);
		}
		errno = 0;
		assert_int_equal(wire_finish(&wire), -1);
		assert_int_equal(errno, i < 2 || i == 5 ? EINVAL : EMSGSIZE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_written),
		cmocka_unit_test(writes_these_bytes),
		cmocka_unit_test(judges_headers),
		cmocka_unit_test(judges_fields),
		cmocka_unit_test(has_no_room_for_strings),
		cmocka_unit_test(misses_every_byte),
		cmocka_unit_test(stays_within),
		cmocka_unit_test(fills_a_message),
		cmocka_unit_test(remembers_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
