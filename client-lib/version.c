/* SPDX-License-Identifier: ISC */
/* Which library this is: whoever was built against another can ask. */
#include "privd.h"

#include "../privd/version.h"

const char *
privd_version(void)
{
	return PRIVD_VERSION;
}
