/* SPDX-License-Identifier: ISC */
/* What the monitor works by: its configuration, policies and log. */
#ifndef PRIVD_LOADING_H
#define PRIVD_LOADING_H

#include <stdbool.h>

struct log_sink;
struct monitor;
struct sign_checker;

/*
 * Loads all of it, and opens the log that it says. All, or nothing: -1, and
 * what is wrong was written down. Serials of signatures are used up by it; or,
 * where there is a place for them, are to be accepted when what begins has
 * begun.
 */
int loading_load(struct monitor *, struct log_sink *, struct sign_checker **);
/* Uses up those, if there are any, and frees them; -1: written down. */
int loading_accept(struct monitor *, struct sign_checker *);
/* That there is no journal is said when it begins, not with each line. */
void loading_note_journal(struct monitor *, bool fell_back);
/* The log anew, by the configuration that is in force; context: the monitor. */
void loading_reopen_log(void *context);

#endif /* PRIVD_LOADING_H */
