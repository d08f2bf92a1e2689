/* SPDX-License-Identifier: ISC */
/*
 * Messages of peers: whatever comes, getters stay within it, text is ended,
 * and what is taken to the end is the whole.
 */
#include <string.h>

#include "../../client-lib/protocol.h"
#include "fuzz.h"

static int
take_text(struct wire *wire, size_t max)
{
	const char *text;

	if (wire_get_string(wire, &text, max) == -1)
		return -1;
	HOLDS(strlen(text) <= max);
	return 0;
}

static int
take_list(struct wire *wire)
{
	const char *names[PROTOCOL_NAMES_MAX];
	size_t n, i;

	if (wire_get_strings(wire, names, PROTOCOL_NAMES_MAX, &n,
		PROTOCOL_NAME_MAX) == -1)
		return -1;
	HOLDS(n < PROTOCOL_NAMES_MAX && names[n] == NULL);
	for (i = 0; i < n; i++)
		HOLDS(strlen(names[i]) <= PROTOCOL_NAME_MAX);
	return 0;
}

/* One field after the other, as the script says, till one is not there. */
static void
take(struct wire *wire, const uint8_t *script, size_t n)
{
	const void *part;
	uint32_t u32;
	uint64_t u64;
	size_t len, i;
	int result = 0;

	for (i = 0; i < n && result == 0; i++) {
		switch (script[i] % 5) {
		case 0:
			result = wire_get_u32(wire, &u32);
			break;
		case 1:
			result = wire_get_u64(wire, &u64);
			break;
		case 2:
			result = wire_get_bytes(wire, &part, &len, 64);
			HOLDS(result == -1 || len <= 64);
			break;
		case 3:
			result = take_text(wire, script[i]);
			break;
		default:
			result = take_list(wire);
			break;
		}
	}
	HOLDS((wire_get_end(wire) == 0) ==
	    (result == 0 && wire->pos == wire->len));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct wire wire;
	size_t script;

	if (len == 0 || len - 1 < bytes[0] || len - 1 - bytes[0] > WIRE_MAX)
		return 0;
	script = bytes[0];
	if (wire_open(&wire, bytes + 1 + script, len - 1 - script) == 0)
		take(&wire, bytes + 1, script);
	wire_clear(&wire);
	return 0;
}
