/* SPDX-License-Identifier: ISC */
/*
 * What the argument of an ioctl is, of those requests that can be performed
 * by another process: how much of it is read and written, and where it points
 * on. What is not in this table is never performed: its argument could point
 * anywhere, or the request could be about whoever makes it (its terminal, its
 * process id, its descriptors).
 *
 * The numbers that drivers choose with _IOR() and its kin do not always say
 * the truth about sizes, so each stands here.
 */
#include <sys/socket.h>

#include <linux/fs.h>
#include <linux/if_vlan.h>
#include <linux/if_tun.h>
#include <linux/kd.h>
#include <linux/loop.h>
#include <linux/net_tstamp.h>
#include <linux/random.h>
#include <linux/serial.h>
#include <linux/sockios.h>
#include <linux/vt.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <sys/ioctl.h>

#include <linux/ethtool.h>

#include "rows.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define IN SYS_REQUEST_READ
#define OUT SYS_REQUEST_WRITTEN

/*
 * Rows, by what they are made on: numbers mean another thing on another kind
 * of file, and an argument could point anywhere there.
 */
#define NONE(o, r)                                  \
	{                                           \
		r, SYS_REQUEST_NONE, 0, SYS_ON_##o, \
		{                                   \
			0, 0                        \
		}                                   \
	}
#define NUMBER(o, r)                                  \
	{                                             \
		r, SYS_REQUEST_NUMBER, 0, SYS_ON_##o, \
		{                                     \
			0, 0                          \
		}                                     \
	}
#define BYTES(o, r, d, s)                            \
	{                                            \
		r, SYS_REQUEST_BYTES, d, SYS_ON_##o, \
		{                                    \
			s, s                         \
		}                                    \
	}
/* The same, of another size where the socket is an IPv6 one; 0: refused. */
#define BYTES6(r, d, s, s6)                             \
	{                                               \
		r, SYS_REQUEST_BYTES, d, SYS_ON_SOCKET, \
		{                                       \
			s, s6                           \
		}                                       \
	}
#define IFREQ(r, d) BYTES(SOCKET, r, d, sizeof(struct ifreq))
#define IN6_IFREQ 24 /* struct in6_ifreq: the headers contradict each other */
#define TERMIOS 36   /* the kernel's */
#define COLOURS 48   /* 16, of three bytes */

static const struct sys_request requests[] = {
	/* interfaces */
	IFREQ(SIOCGIFNAME, IN | OUT),
	IFREQ(SIOCGIFFLAGS, IN | OUT),
	IFREQ(SIOCSIFFLAGS, IN),
	BYTES6(SIOCGIFADDR, IN | OUT, sizeof(struct ifreq), 0),
	BYTES6(SIOCSIFADDR, IN, sizeof(struct ifreq), IN6_IFREQ),
	BYTES6(SIOCDIFADDR, IN, 0, IN6_IFREQ),
	BYTES6(SIOCGIFDSTADDR, IN | OUT, sizeof(struct ifreq), 0),
	BYTES6(SIOCSIFDSTADDR, IN, sizeof(struct ifreq), IN6_IFREQ),
	BYTES6(SIOCGIFBRDADDR, IN | OUT, sizeof(struct ifreq), 0),
	BYTES6(SIOCSIFBRDADDR, IN, sizeof(struct ifreq), 0),
	BYTES6(SIOCGIFNETMASK, IN | OUT, sizeof(struct ifreq), 0),
	BYTES6(SIOCSIFNETMASK, IN, sizeof(struct ifreq), 0),
	IFREQ(SIOCGIFMETRIC, IN | OUT),
	IFREQ(SIOCSIFMETRIC, IN),
	IFREQ(SIOCGIFMTU, IN | OUT),
	IFREQ(SIOCSIFMTU, IN),
	IFREQ(SIOCSIFNAME, IN | OUT),
	IFREQ(SIOCGIFHWADDR, IN | OUT),
	IFREQ(SIOCSIFHWADDR, IN),
	IFREQ(SIOCSIFHWBROADCAST, IN),
	IFREQ(SIOCADDMULTI, IN),
	IFREQ(SIOCDELMULTI, IN),
	IFREQ(SIOCGIFINDEX, IN | OUT),
	IFREQ(SIOCGIFPFLAGS, IN | OUT),
	IFREQ(SIOCSIFPFLAGS, IN),
	IFREQ(SIOCGIFTXQLEN, IN | OUT),
	IFREQ(SIOCSIFTXQLEN, IN),
	IFREQ(SIOCGIFMAP, IN | OUT),
	IFREQ(SIOCSIFMAP, IN),
	IFREQ(SIOCGMIIPHY, IN | OUT),
	IFREQ(SIOCGMIIREG, IN | OUT),
	IFREQ(SIOCSMIIREG, IN),
	IFREQ(SIOCBONDENSLAVE, IN),
	IFREQ(SIOCBONDRELEASE, IN),
	IFREQ(SIOCBONDSETHWADDR, IN),
	IFREQ(SIOCBONDCHANGEACTIVE, IN),
	BYTES(SOCKET, SIOCBRADDBR, IN, IFNAMSIZ),
	BYTES(SOCKET, SIOCBRDELBR, IN, IFNAMSIZ),
	IFREQ(SIOCBRADDIF, IN),
	IFREQ(SIOCBRDELIF, IN),
	BYTES(SOCKET, SIOCGIFVLAN, IN | OUT, sizeof(struct vlan_ioctl_args)),
	BYTES(SOCKET, SIOCSIFVLAN, IN | OUT, sizeof(struct vlan_ioctl_args)),
	{ SIOCGHWTSTAMP, SYS_REQUEST_DATA, IN | OUT, SYS_ON_SOCKET,
	    { sizeof(struct hwtstamp_config),
		sizeof(struct hwtstamp_config) } },
	{ SIOCSHWTSTAMP, SYS_REQUEST_DATA, IN | OUT, SYS_ON_SOCKET,
	    { sizeof(struct hwtstamp_config),
		sizeof(struct hwtstamp_config) } },
	{ SIOCETHTOOL, SYS_REQUEST_ETHTOOL, IN | OUT, SYS_ON_SOCKET, { 0, 0 } },

	/* routes and neighbours */
	{ SIOCADDRT, SYS_REQUEST_ROUTE, IN, SYS_ON_SOCKET,
	    { sizeof(struct rtentry), sizeof(struct in6_rtmsg) } },
	{ SIOCDELRT, SYS_REQUEST_ROUTE, IN, SYS_ON_SOCKET,
	    { sizeof(struct rtentry), sizeof(struct in6_rtmsg) } },
	BYTES(SOCKET, SIOCGARP, IN | OUT, sizeof(struct arpreq)),
	BYTES(SOCKET, SIOCSARP, IN, sizeof(struct arpreq)),
	BYTES(SOCKET, SIOCDARP, IN, sizeof(struct arpreq)),

	/* tun */
	BYTES(TUN, TUNSETIFF, IN | OUT, sizeof(struct ifreq)),
	BYTES(TUN, TUNGETIFF, OUT, sizeof(struct ifreq)),
	BYTES(TUN, TUNSETQUEUE, IN, sizeof(struct ifreq)),
	NUMBER(TUN, TUNSETNOCSUM),
	NUMBER(TUN, TUNSETDEBUG),
	NUMBER(TUN, TUNSETPERSIST),
	NUMBER(TUN, TUNSETOWNER),
	NUMBER(TUN, TUNSETGROUP),
	NUMBER(TUN, TUNSETLINK),
	NUMBER(TUN, TUNSETOFFLOAD),
	BYTES(TUN, TUNGETFEATURES, OUT, sizeof(int)),
	BYTES(TUN, TUNGETSNDBUF, OUT, sizeof(int)),
	BYTES(TUN, TUNSETSNDBUF, IN, sizeof(int)),
	BYTES(TUN, TUNGETVNETHDRSZ, OUT, sizeof(int)),
	BYTES(TUN, TUNSETVNETHDRSZ, IN, sizeof(int)),
	BYTES(TUN, TUNSETIFINDEX, IN, sizeof(int)),
	BYTES(TUN, TUNGETVNETLE, OUT, sizeof(int)),
	BYTES(TUN, TUNSETVNETLE, IN, sizeof(int)),
	BYTES(TUN, TUNGETVNETBE, OUT, sizeof(int)),
	BYTES(TUN, TUNSETVNETBE, IN, sizeof(int)),
	BYTES(TUN, TUNSETCARRIER, IN, sizeof(int)),

	/* files: the numbers say long, the kernel takes an int */
	BYTES(FILE, FIBMAP, IN | OUT, sizeof(int)),
	BYTES(FILE, FS_IOC_GETFLAGS, OUT, sizeof(int)),
	BYTES(FILE, FS_IOC_SETFLAGS, IN, sizeof(int)),
	BYTES(FILE, FS_IOC_GETVERSION, OUT, sizeof(int)),
	BYTES(FILE, FS_IOC_SETVERSION, IN, sizeof(int)),
	BYTES(FILE, FS_IOC_FSGETXATTR, OUT, sizeof(struct fsxattr)),
	BYTES(FILE, FS_IOC_FSSETXATTR, IN, sizeof(struct fsxattr)),

	/* block devices; what can take long is not here */
	BYTES(BLOCK, BLKROGET, OUT, sizeof(int)),
	BYTES(BLOCK, BLKROSET, IN, sizeof(int)),
	NUMBER(BLOCK, BLKRASET),
	NUMBER(BLOCK, BLKFRASET),
	BYTES(BLOCK, BLKSSZGET, OUT, sizeof(int)),
	BYTES(BLOCK, BLKBSZSET, IN, sizeof(int)),
	BYTES(BLOCK, BLKGETSIZE64, OUT, sizeof(uint64_t)),
	NONE(BLOCK, BLKRRPART),
	NONE(LOOP, LOOP_CLR_FD),
	NONE(LOOP, LOOP_SET_CAPACITY),
	NUMBER(LOOP, LOOP_SET_DIRECT_IO),
	NUMBER(LOOP, LOOP_SET_BLOCK_SIZE),
	BYTES(LOOP, LOOP_SET_STATUS64, IN, sizeof(struct loop_info64)),
	BYTES(LOOP, LOOP_GET_STATUS64, OUT, sizeof(struct loop_info64)),
	NUMBER(LOOP_CONTROL, LOOP_CTL_ADD),
	NUMBER(LOOP_CONTROL, LOOP_CTL_REMOVE),
	NONE(LOOP_CONTROL, LOOP_CTL_GET_FREE),

	/* terminals and consoles */
	NONE(TERMINAL, TIOCCONS),
	NONE(TERMINAL, TIOCVHANGUP),
	BYTES(TERMINAL, TIOCSETD, IN, sizeof(int)),
	BYTES(TERMINAL, TIOCGSERIAL, OUT, sizeof(struct serial_struct)),
	BYTES(TERMINAL, TIOCSSERIAL, IN, sizeof(struct serial_struct)),
	BYTES(TERMINAL, TIOCGLCKTRMIOS, OUT, TERMIOS),
	BYTES(TERMINAL, TIOCSLCKTRMIOS, IN, TERMIOS),
	NUMBER(TERMINAL, KIOCSOUND),
	NUMBER(TERMINAL, KDMKTONE),
	NUMBER(TERMINAL, KDSETLED),
	NUMBER(TERMINAL, KDSETMODE),
	NUMBER(TERMINAL, KDSKBMODE),
	NUMBER(TERMINAL, KDSKBMETA),
	NUMBER(TERMINAL, KDSKBLED),
	BYTES(TERMINAL, KDGKBENT, IN | OUT, sizeof(struct kbentry)),
	BYTES(TERMINAL, KDSKBENT, IN, sizeof(struct kbentry)),
	BYTES(TERMINAL, KDGETKEYCODE, IN | OUT, sizeof(struct kbkeycode)),
	BYTES(TERMINAL, KDSETKEYCODE, IN, sizeof(struct kbkeycode)),
	BYTES(TERMINAL, KDKBDREP, IN | OUT, sizeof(struct kbd_repeat)),
	BYTES(TERMINAL, GIO_CMAP, OUT, COLOURS),
	BYTES(TERMINAL, PIO_CMAP, IN, COLOURS),
	NUMBER(TERMINAL, VT_ACTIVATE),
	NUMBER(TERMINAL, VT_DISALLOCATE),
	NONE(TERMINAL, VT_LOCKSWITCH),
	NONE(TERMINAL, VT_UNLOCKSWITCH),
	BYTES(TERMINAL, VT_RESIZE, IN, sizeof(struct vt_sizes)),

	/* the kernel's randomness */
	BYTES(RANDOM, RNDADDTOENTCNT, IN, sizeof(int)),
	NONE(RANDOM, RNDZAPENTCNT),
	NONE(RANDOM, RNDCLEARPOOL),
	NONE(RANDOM, RNDRESEEDCRNG),
};

/* SIOCETHTOOL's commands of one size; `out`: the kernel writes it back. */
static const struct ethtool_row {
	uint32_t command;
	uint16_t size;
	bool out;
} ethtool_rows[] = {
	{ ETHTOOL_GSET, sizeof(struct ethtool_cmd), true },
	{ ETHTOOL_SSET, sizeof(struct ethtool_cmd), false },
	{ ETHTOOL_GDRVINFO, sizeof(struct ethtool_drvinfo), true },
	{ ETHTOOL_GWOL, sizeof(struct ethtool_wolinfo), true },
	{ ETHTOOL_SWOL, sizeof(struct ethtool_wolinfo), false },
	{ ETHTOOL_GMSGLVL, sizeof(struct ethtool_value), true },
	{ ETHTOOL_SMSGLVL, sizeof(struct ethtool_value), false },
	{ ETHTOOL_NWAY_RST, sizeof(struct ethtool_value), false },
	{ ETHTOOL_GLINK, sizeof(struct ethtool_value), true },
	{ ETHTOOL_GCOALESCE, sizeof(struct ethtool_coalesce), true },
	{ ETHTOOL_SCOALESCE, sizeof(struct ethtool_coalesce), false },
	{ ETHTOOL_GRINGPARAM, sizeof(struct ethtool_ringparam), true },
	{ ETHTOOL_SRINGPARAM, sizeof(struct ethtool_ringparam), false },
	{ ETHTOOL_GPAUSEPARAM, sizeof(struct ethtool_pauseparam), true },
	{ ETHTOOL_SPAUSEPARAM, sizeof(struct ethtool_pauseparam), false },
	{ ETHTOOL_GRXCSUM, sizeof(struct ethtool_value), true },
	{ ETHTOOL_SRXCSUM, sizeof(struct ethtool_value), false },
	{ ETHTOOL_GTXCSUM, sizeof(struct ethtool_value), true },
	{ ETHTOOL_STXCSUM, sizeof(struct ethtool_value), false },
	{ ETHTOOL_GSG, sizeof(struct ethtool_value), true },
	{ ETHTOOL_SSG, sizeof(struct ethtool_value), false },
	{ ETHTOOL_GTSO, sizeof(struct ethtool_value), true },
	{ ETHTOOL_STSO, sizeof(struct ethtool_value), false },
	{ ETHTOOL_GGSO, sizeof(struct ethtool_value), true },
	{ ETHTOOL_SGSO, sizeof(struct ethtool_value), false },
	{ ETHTOOL_GGRO, sizeof(struct ethtool_value), true },
	{ ETHTOOL_SGRO, sizeof(struct ethtool_value), false },
	{ ETHTOOL_GFLAGS, sizeof(struct ethtool_value), true },
	{ ETHTOOL_SFLAGS, sizeof(struct ethtool_value), false },
	{ ETHTOOL_GPFLAGS, sizeof(struct ethtool_value), true },
	{ ETHTOOL_SPFLAGS, sizeof(struct ethtool_value), false },
	{ ETHTOOL_GCHANNELS, sizeof(struct ethtool_channels), true },
	{ ETHTOOL_SCHANNELS, sizeof(struct ethtool_channels), false },
	{ ETHTOOL_GEEE, sizeof(struct ethtool_eee), true },
	{ ETHTOOL_SEEE, sizeof(struct ethtool_eee), false },
};

const struct sys_request *
sys_request(uint32_t request)
{
	size_t i;

	for (i = 0; i < NELEMS(requests); i++)
		if (requests[i].request == request)
			return &requests[i];
	return NULL;
}

size_t
sys_requests(const struct sys_request **all)
{
	*all = requests;
	return NELEMS(requests);
}

size_t
sys_ethtool_size(uint32_t command, bool *out)
{
	size_t i;

	for (i = 0; i < NELEMS(ethtool_rows); i++) {
		if (ethtool_rows[i].command != command)
			continue;
		*out = ethtool_rows[i].out;
		return ethtool_rows[i].size;
	}
	return 0;
}
