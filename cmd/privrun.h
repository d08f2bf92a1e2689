/* SPDX-License-Identifier: ISC */
#ifndef CMD_PRIVRUN_H
#define CMD_PRIVRUN_H

/*
 * Starts a process that writes the lines which come from the channel to out,
 * until nothing can come any more, and is nobody's child. Both descriptors
 * stay the caller's. -1 with errno.
 */
int log_reader_start(int channel, int out);

#endif /* CMD_PRIVRUN_H */
