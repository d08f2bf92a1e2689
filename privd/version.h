/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_VERSION_H
#define PRIVD_VERSION_H

#define PRIVD_VERSION "0.1"

#endif /* PRIVD_VERSION_H */
