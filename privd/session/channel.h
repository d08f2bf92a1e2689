/* SPDX-License-Identifier: ISC */
/*
 * Messages between the processes of a session: SOCK_SEQPACKET, fixed
 * structures, descriptors by SCM_RIGHTS. A message that is not exactly of
 * the expected form is a fault of its sender and is never used.
 */
#ifndef PRIVD_SESSION_CHANNEL_H
#define PRIVD_SESSION_CHANNEL_H

#include <sys/types.h>

#include <stddef.h>

#define CHANNEL_FDS_MAX 253 /* the kernel's, of one message */

/* A connected pair, close-on-exec. */
int channel_pair(int fds[2]);
/* -1 with errno; descriptors stay the sender's. */
int channel_send(int channel, const void *, size_t len, const int *fds,
    size_t nfds);
/*
 * Receives one message into buf of size. Returns its length, 0 at the end
 * (the other side is gone), -1 with errno (EBADMSG: truncated). *nfds says
 * how many descriptors came; they are the receiver's, close-on-exec.
 */
ssize_t channel_receive(int channel, void *buf, size_t size, int *fds,
    size_t *nfds);
/*
 * The same, of the answer to what was asked there. One that was not taken would
 * be taken for that to the next question: whoever cannot take it, and is not
 * told that the other side is gone, ends, and has a successor.
 */
ssize_t channel_answer(int channel, void *buf, size_t size, int *fds,
    size_t *nfds);
void channel_close_all(const int *fds, size_t nfds);

#endif /* PRIVD_SESSION_CHANNEL_H */
