/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_PROGRAM_H
#define PRIVD_SESSION_PROGRAM_H

struct page;
struct session_plan;

/*
 * The child that becomes the program, in place: its identity, its guard, its
 * filter, then execve. Tells the number of its listener on channel just
 * before it has one. Never returns.
 */
void program_main(const struct session_plan *, struct page *, int channel)
    __attribute__((noreturn));

#endif /* PRIVD_SESSION_PROGRAM_H */
