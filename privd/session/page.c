/* SPDX-License-Identifier: ISC */
/*
 * Recovery answers each call once; that one is gone already is no error.
 */
#include "page.h"

#include <sys/mman.h>

#include <errno.h>
#include <stddef.h>

struct page *
page_new(size_t n)
{
	void *p;

	p = mmap(NULL,
	    offsetof(struct page, slots) + n * sizeof(struct page_slot),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

struct page_slot *
page_take(struct page *page, size_t n)
{
	struct page_slot *slot;

	for (slot = page->slots; slot < page->slots + n; slot++)
		if (atomic_load(&slot->stage) == PAGE_FREE) {
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
