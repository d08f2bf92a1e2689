/* SPDX-License-Identifier: ISC */
/*
 * The hand's own pins, from descriptors that the judge gives.
 */
#ifndef PRIVD_SESSION_HAND_PIN_H
#define PRIVD_SESSION_HAND_PIN_H

#include <stdbool.h>

struct resolve_pin;

/* The entry `name` of a folder (taken over, also on failure). 0 or errno. */
int hand_pin_entry(int folder, const char *name, struct resolve_pin *);
/*
 * From a folder (borrowed) to what lies below, one component at a time, never
 * through a link: the names are what they look like. The last one is an entry
 * with `entry`; with `making` it is one if it is missing. 0 or errno.
 */
int hand_pin_below(int folder, const char *rest, bool entry, bool making,
    struct resolve_pin *);
/* What the descriptor (taken over, also on failure) is. 0 or errno. */
int hand_pin_object(int fd, struct resolve_pin *);
/* The name that the kernel has for the pinned object. 0 or errno. */
int hand_pin_name(struct resolve_pin *);

#endif /* PRIVD_SESSION_HAND_PIN_H */
