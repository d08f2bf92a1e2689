/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_CONTROL_LOG_H
#define PRIVD_CONTROL_LOG_H

#include <stdbool.h>

/*
 * Has the logger send lines through the channel, which says whose they are:
 * the last ones, or with follow the last few and all that come, until the peer
 * closes the socket. Each is given to show as text and as JSON. Returns an
 * enum protocol_end.
 */
int control_log(int channel, int sock, bool follow,
    void (*show)(void *context, const char *text, const char *json),
    void *context);

#endif /* PRIVD_CONTROL_LOG_H */
