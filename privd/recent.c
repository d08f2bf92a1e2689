/* SPDX-License-Identifier: ISC */
/*
 * One list of lines for all: a reader is a place in it. When a line has to go,
 * those who have not read it have missed it; it is the first of whose most
 * are, so that nobody's many lines take the place of others' few.
 */
#include "recent.h"

#include <stdlib.h>
#include <string.h>

void
recent_init(struct recent *recent)
{
	memset(recent, 0, sizeof(*recent));
	TAILQ_INIT(&recent->lines);
	TAILQ_INIT(&recent->readers);
	TAILQ_INIT(&recent->owners);
}

/* Those of his own sessions; the daemon's own are root's. */
static bool
is_for(const struct recent_reader *reader, const struct recent_line *line)
{
	return reader->uid == 0 ||
	    (line->stamp.session != 0 && line->stamp.uid == reader->uid);
}

static bool
is_wanted(const struct recent_reader *reader, const struct recent_line *line)
{
	return line->number <= reader->last && is_for(reader, line);
}

static const struct recent_line *
next_for(const struct recent_reader *reader, const struct recent_line *line)
{
	while (line != NULL && !is_wanted(reader, line))
		line = TAILQ_NEXT(line, entries);
	return line;
}

void
recent_step(struct recent_reader *reader)
{
	reader->line = next_for(reader, TAILQ_NEXT(reader->line, entries));
}

/* Who has some; the daemon's own are root's. NULL: no memory. */
static struct recent_owner *
find_owner(struct recent *recent, const struct entry_stamp *stamp)
{
	uid_t uid = stamp->session != 0 ? stamp->uid : 0;
	struct recent_owner *owner;

	TAILQ_FOREACH(owner, &recent->owners, entries)
		if (owner->uid == uid)
			return owner;
	owner = calloc(1, sizeof(*owner));
	if (owner == NULL)
		return NULL;
	owner->uid = uid;
	TAILQ_INIT(&owner->lines);
	TAILQ_INSERT_TAIL(&recent->owners, owner, entries);
	return owner;
}

/* Unless he has any. */
static void
drop_owner(struct recent *recent, struct recent_owner *owner)
{
	if (owner->count > 0)
		return;
	TAILQ_REMOVE(&recent->owners, owner, entries);
	free(owner);
}

/* Whose lines, or bytes, are most; there is one. */
static struct recent_owner *
find_largest(const struct recent *recent, bool by_count)
{
	struct recent_owner *owner, *most = TAILQ_FIRST(&recent->owners);

	TAILQ_FOREACH(owner, &recent->owners, entries)
		if (by_count ? owner->count > most->count :
			       owner->bytes > most->bytes)
			most = owner;
	return most;
}

static void
drop_first(struct recent *recent, struct recent_owner *owner)
{
	struct recent_line *line = TAILQ_FIRST(&owner->lines);
	struct recent_reader *reader;

	TAILQ_FOREACH(reader, &recent->readers, entries) {
		if (reader->line != line)
			continue;
		reader->missed++;
		recent_step(reader);
	}
	TAILQ_REMOVE(&recent->lines, line, entries);
	TAILQ_REMOVE(&owner->lines, line, others);
	recent->count--;
	owner->count--;
	recent->bytes -= sizeof(*line) + line->len;
	owner->bytes -= sizeof(*line) + line->len;
	free(line);
	drop_owner(recent, owner);
}

void
recent_add(struct recent *recent, const struct entry *entry,
    const struct entry_stamp *stamp)
{
	struct recent_owner *owner = find_owner(recent, stamp);
	struct recent_reader *reader;
	struct recent_line *line;

	if (owner == NULL)
		return;
	line = malloc(sizeof(*line) + entry->len);
	if (line == NULL) {
		drop_owner(recent, owner);
		return;
	}
	line->number = ++recent->number;
	line->stamp = *stamp;
	line->len = entry->len;
	memcpy(line->bytes, entry->bytes, entry->len);
	TAILQ_INSERT_TAIL(&recent->lines, line, entries);
	TAILQ_INSERT_TAIL(&owner->lines, line, others);
	recent->count++;
	owner->count++;
	recent->bytes += sizeof(*line) + line->len;
	owner->bytes += sizeof(*line) + line->len;
	TAILQ_FOREACH(reader, &recent->readers, entries)
		if (reader->line == NULL)
			reader->line = next_for(reader, line);
	while (recent->count > RECENT_LINES || recent->bytes > RECENT_BYTES)
		drop_first(recent,
		    find_largest(recent, recent->count > RECENT_LINES));
}

static bool
has_room(const struct recent *recent, uid_t uid)
{
	const struct recent_reader *reader;
	size_t n = 0, all = 0;

	TAILQ_FOREACH(reader, &recent->readers, entries) {
		n += reader->uid == uid;
		all += (reader->uid == 0) == (uid == 0);
	}
	return all < RECENT_READERS && (uid == 0 || n < RECENT_READERS_USER);
}

struct recent_reader *
recent_read(struct recent *recent, uid_t uid, size_t most, bool follow)
{
	struct recent_reader *reader;
	const struct recent_line *line;

	reader = has_room(recent, uid) ? calloc(1, sizeof(*reader)) : NULL;
	if (reader == NULL)
		return NULL;
	reader->uid = uid;
	reader->last = follow ? UINT64_MAX : recent->number;
	TAILQ_FOREACH_REVERSE(line, &recent->lines, recent_lines, entries) {
		if (most == 0)
			break;
		if (!is_for(reader, line))
			continue;
		reader->line = line;
		most--;
	}
	TAILQ_INSERT_TAIL(&recent->readers, reader, entries);
	return reader;
}

bool
recent_is_over(const struct recent_reader *reader)
{
	return reader->line == NULL && reader->last != UINT64_MAX;
}

void
recent_leave(struct recent *recent, struct recent_reader *reader)
{
	TAILQ_REMOVE(&recent->readers, reader, entries);
	free(reader);
}
