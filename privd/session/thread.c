/* SPDX-License-Identifier: ISC */
/*
 * Threads of the judge. What each thread keeps for itself lies on its stack,
 * too: the messages for hands and fetcher, some hundred KiB of address space
 * of which pages come to be when they are used.
 */
#include "thread.h"

int
thread_start(pthread_t *thread, void *(*function)(void *), void *p)
{
	pthread_attr_t attr;
	pthread_t unwanted;
	int error;

	error = pthread_attr_init(&attr);
	if (error != 0)
		return error;
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)pthread_attr_setstacksize(&attr, THREAD_STACK);
	error = pthread_create(thread != NULL ? thread : &unwanted, &attr,
	    function, p);
	(void)pthread_attr_destroy(&attr);
	return error;
}
