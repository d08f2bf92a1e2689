/* SPDX-License-Identifier: ISC */
/*
 * libprivd: the public interface to privd.
 */
#ifndef PRIVD_H
#define PRIVD_H

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library that is running, as in "0.1". */
const char *privd_version(void);

#ifdef __cplusplus
}
#endif

#endif /* PRIVD_H */
