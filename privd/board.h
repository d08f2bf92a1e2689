/* SPDX-License-Identifier: ISC */
/*
 * What the monitor tells those of its children that answer questions, which
 * share these pages with it: how often all was read anew, and what came of it.
 * They wait for that here; the monitor looks at nothing that they write.
 */
#ifndef PRIVD_BOARD_H
#define PRIVD_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct policy_report;

#define BOARD_ERRORS_MAX 64

struct board_error {
	uint32_t line; /* 0: of no file */
	uint32_t column;
	char file[256];
	char text[512];
};

struct board_outcome {
	bool failed;
	uint32_t count; /* of all errors; at most BOARD_ERRORS_MAX are here */
	struct board_error errors[BOARD_ERRORS_MAX];
};

/* What is shared. */
struct board_page {
	_Atomic uint32_t begun; /* loads so far */
	_Atomic uint32_t done;  /* the same, or one less: it goes on */
	struct board_outcome outcome;
};

/* With what is the monitor's own: it writes the page, and reads nothing. */
struct board {
	struct board_page *page;
	uint32_t loads;
	uint32_t errors; /* of this load */
};

/* Its page is shared with every process forked from here on; -1 with errno. */
int board_open(struct board *);
/* Not any more with this one and those that it forks. */
void board_leave(const struct board *);

/* The monitor's: a load begins, with its errors, and ends. */
void board_begin(struct board *);
void board_add(struct board *, const char *file, unsigned int line,
    unsigned int column, const char *text);
void board_end(struct board *, bool failed);

/* How many loads have begun. */
uint32_t board_begun(const struct board *);
/*
 * What came of a load that began when `begun` of them had; waits, so many
 * milliseconds at most, until that has ended. 0, or -1 with ETIMEDOUT.
 */
int board_wait(const struct board *, uint32_t begun, int milliseconds,
    struct board_outcome *);

#endif /* PRIVD_BOARD_H */
