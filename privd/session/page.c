/* SPDX-License-Identifier: ISC */
/*
 * Recovery answers each call once; that one is gone already is no error.
 */
#include "page.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

/* Successors that judge a call again. */
#define TRIES_MAX 2

static size_t
size_of(size_t n)
{
	return offsetof(struct page, slots) + n * sizeof(struct page_slot);
}

struct page *
page_new(size_t n)
{
	void *p;

	p = mmap(NULL, size_of(n), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

void
page_hide(struct page *page, size_t n)
{
	(void)munmap(page, size_of(n));
}

struct page_slot *
page_take(struct page *page, size_t n)
{
	struct page_slot *slot;

	for (slot = page->slots; slot < page->slots + n; slot++)
		if (atomic_load(&slot->stage) == PAGE_FREE) {
			slot->notif.id = 0;
			atomic_store(&slot->tries, 0);
			atomic_store(&slot->stage, PAGE_RECEIVED);
			return slot;
		}
	return NULL;
}

void
page_free(struct page_slot *slot)
{
	slot->notif.id = 0;
	atomic_store(&slot->stage, PAGE_FREE);
}

bool
page_is_busy(const struct page *page, size_t n)
{
	const struct page_slot *slot;

	for (slot = page->slots; slot < page->slots + n; slot++)
		if (atomic_load(&slot->stage) == PAGE_BEGUN)
			return true;
	return false;
}

bool
page_is_used(const struct page *page, size_t n)
{
	const struct page_slot *slot;

	for (slot = page->slots; slot < page->slots + n; slot++)
		if (atomic_load(&slot->stage) != PAGE_FREE &&
		    slot->notif.id != 0)
			return true;
	return false;
}

static void
recover_slot(const struct page_slot *slot, int listener)
{
	switch (atomic_load(&slot->stage)) {
	case PAGE_RECEIVED:
		(void)notify_refuse(listener, slot->notif.id, EINTR);
		break;
	case PAGE_BEGUN:
		(void)notify_refuse(listener, slot->notif.id, EIO);
		break;
	case PAGE_DONE:
		if (slot->error != 0)
			(void)notify_refuse(listener, slot->notif.id,
			    slot->error);
		else
			(void)notify_answer(listener, slot->notif.id,
			    slot->value);
		break;
	default:
		break;
	}
}

void
page_recover(struct page *page, size_t n, int listener)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (page->slots[i].notif.id != 0)
			recover_slot(&page->slots[i], listener);
}

static bool
is_to_be_judged(struct page_slot *slot, int listener)
{
	if (atomic_load(&slot->stage) != PAGE_RECEIVED ||
	    !notify_valid(listener, slot->notif.id))
		return false;
	if (atomic_fetch_add(&slot->tries, 1) < TRIES_MAX)
		return true;
	atomic_store(&slot->stage, PAGE_BEGUN);
	return false;
}

size_t
page_succeed(struct page *page, size_t n, int listener,
    struct page_slot **again)
{
	struct page_slot *slot;
	size_t nagain = 0;

	for (slot = page->slots; slot < page->slots + n; slot++) {
		if (slot->notif.id != 0 && is_to_be_judged(slot, listener)) {
			again[nagain++] = slot;
			continue;
		}
		if (slot->notif.id != 0)
			recover_slot(slot, listener);
		page_free(slot);
	}
	return nagain;
}
