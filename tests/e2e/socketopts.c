/* SPDX-License-Identifier: ISC */
/*
 * Socket options and requests that need privilege, one a line with what came
 * of it. What they act on is there: interfaces dummy0 and dummy1, and a file
 * in the folder that is given.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <linux/ethtool.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
say(const char *what, long n)
{
	if (n == -1)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, n);
	(void)fflush(stdout);
}

static void
say_int(const char *what, int fd, int level, int option)
{
	socklen_t len = sizeof(int);
	int value = -1;

	if (getsockopt(fd, level, option, &value, &len) == -1)
		value = -1;
	say(what, value);
}

static int
set_int(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

static void
try_options(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), value = 77;
	struct sockaddr_in sin;
	socklen_t len;
	char name[IFNAMSIZ] = "";

	say("mark", set_int(fd, SOL_SOCKET, SO_MARK, 42));
	say_int("is", fd, SOL_SOCKET, SO_MARK);
	say("priority", set_int(fd, SOL_SOCKET, SO_PRIORITY, 7));
	say_int("is", fd, SOL_SOCKET, SO_PRIORITY);
	say("device", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "dummy0", 6));
	say("another device",
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "dummy1", 7));
	len = sizeof(name);
	(void)getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len);
	printf("is: %s %u\n", name, len);
	say("debug", set_int(fd, SOL_SOCKET, SO_DEBUG, 1));
	close(fd);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = inet_addr("192.0.2.1");
	say("bind to another's address",
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)));
	say("transparent", set_int(fd, IPPROTO_IP, IP_TRANSPARENT, 1));
	say("bind to another's address",
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)));
	say("large buffer", set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, 33333333));
	say_int("is", fd, SOL_SOCKET, SO_RCVBUF);
	say("bad value", setsockopt(fd, SOL_SOCKET, SO_MARK, (void *)8, 4));
	say("short value", setsockopt(fd, SOL_SOCKET, SO_MARK, &value, 2));
	say("negative size",
	    setsockopt(fd, SOL_SOCKET, SO_MARK, &value, (socklen_t)-1));
	say("no socket", set_int(-1, SOL_SOCKET, SO_MARK, 1));
	say("a file", set_int(STDOUT_FILENO, SOL_SOCKET, SO_MARK, 1));
	close(fd);
}

/* A port that is reserved, of another kind of network. */
static void
try_vsock(void)
{
	struct sockaddr_vm vm = { .svm_family = AF_VSOCK, .svm_port = 1000 };
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);

	vm.svm_cid = VMADDR_CID_ANY;
	if (fd == -1)
		return;
	say("reserved port", bind(fd, (struct sockaddr *)&vm, sizeof(vm)));
	close(fd);
}

/* Of a rule that elevates all of a level. */
static void
try_filters(void)
{
	struct sock_filter drop[] = { { BPF_RET | BPF_K, 0, 0, 0 } };
	struct sock_fprog program = { 1, drop };
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), value = 77;
	int groups[32];
	char byte;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)bind(fd, (struct sockaddr *)&sin, len);
	(void)getsockname(fd, (struct sockaddr *)&sin, &len);
	say("send", sendto(fd, "x", 1, 0, (struct sockaddr *)&sin, len));
	say("received", recv(fd, &byte, 1, MSG_DONTWAIT));
	say("filter",
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		sizeof(program)));
	say("send", sendto(fd, "x", 1, 0, (struct sockaddr *)&sin, len));
	say("received", recv(fd, &byte, 1, MSG_DONTWAIT));
	program.len = 0;
	say("no filter",
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		sizeof(program)));
	program.len = 1;
	program.filter = (void *)8;
	say("filter nowhere",
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		sizeof(program)));
	say("a program's descriptor",
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &value, sizeof(value)));
	say("detach", set_int(fd, SOL_SOCKET, SO_DETACH_FILTER, 0));
	len = sizeof(value);
	say("type", getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len));
	printf("is: %d %u\n", value, len);
	len = 2;
	value = 0;
	say("half a type", getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len));
	printf("is: %d %u\n", value, len);
	len = 4096;
	say("large room", getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len));
	printf("is: %d %u\n", value, len);
	len = (socklen_t)-1;
	say("negative room", getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len));
	say("no room", getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, NULL));
	len = 4;
	say("nowhere", getsockopt(fd, SOL_SOCKET, SO_TYPE, (void *)8, &len));
	len = sizeof(groups);
	say("groups", getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len));
	close(fd);
}

static struct ifreq
interface(const char *name)
{
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	(void)strncpy(ifr.ifr_name, name, sizeof(ifr.ifr_name) - 1);
	return ifr;
}

static void
try_interfaces(void)
{
	struct ethtool_value value = { ETHTOOL_STSO, 0 };
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	struct ifreq ifr = interface("dummy0");
	struct sockaddr_in *sin = (struct sockaddr_in *)&ifr.ifr_addr;
	char device[] = "dummy0", bridge[IFNAMSIZ] = "e2ebridge";
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct rtentry route;

	(void)ioctl(fd, SIOCGIFFLAGS, &ifr);
	printf("up: %d\n", (ifr.ifr_flags & IFF_UP) != 0);
	ifr.ifr_flags |= IFF_UP;
	say("flags", ioctl(fd, SIOCSIFFLAGS, &ifr));
	ifr = interface("dummy0");
	(void)ioctl(fd, SIOCGIFFLAGS, &ifr);
	printf("up: %d\n", (ifr.ifr_flags & IFF_UP) != 0);
	ifr = interface("nothing");
	say("flags of nothing", ioctl(fd, SIOCSIFFLAGS, &ifr));
	say("flags nowhere", ioctl(fd, SIOCSIFFLAGS, (void *)8));
	say("flags of no socket", ioctl(-1, SIOCSIFFLAGS, &ifr));
	say("flags of a file", ioctl(STDOUT_FILENO, SIOCSIFFLAGS, &ifr));
	ifr = interface("dummy0");
	ifr.ifr_mtu = 1234;
	say("mtu", ioctl(fd, SIOCSIFMTU, &ifr));
	ifr.ifr_mtu = 0;
	say("asked", ioctl(fd, SIOCGIFMTU, &ifr));
	printf("is: %d\n", ifr.ifr_mtu);
	ifr = interface("dummy0");
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = inet_addr("198.51.100.1");
	say("address", ioctl(fd, SIOCSIFADDR, &ifr));
	memset(&route, 0, sizeof(route));
	route.rt_dst.sa_family = route.rt_genmask.sa_family = AF_INET;
	((struct sockaddr_in *)&route.rt_dst)->sin_addr.s_addr = inet_addr(
	    "203.0.113.0");
	((struct sockaddr_in *)&route.rt_genmask)->sin_addr.s_addr = inet_addr(
	    "255.255.255.0");
	route.rt_flags = RTF_UP;
	route.rt_dev = device;
	say("route", ioctl(fd, SIOCADDRT, &route));
	route.rt_dev = (char *)8;
	say("route by nothing", ioctl(fd, SIOCADDRT, &route));
	ifr = interface("dummy0");
	ifr.ifr_data = (char *)&value;
	say("ethtool", ioctl(fd, SIOCETHTOOL, &ifr));
	value.cmd = ETHTOOL_GTSO;
	value.data = 77;
	say("ethtool asks", ioctl(fd, SIOCETHTOOL, &ifr));
	printf("is: %u\n", value.data);
	ifr.ifr_data = (char *)&info;
	say("driver", ioctl(fd, SIOCETHTOOL, &ifr));
	printf("is: %.31s\n", info.driver);
	info.cmd = 0x1d; /* ETHTOOL_GSTATS */
	say("ethtool of any size", ioctl(fd, SIOCETHTOOL, &ifr));
	ifr.ifr_data = (char *)8;
	say("ethtool nowhere", ioctl(fd, SIOCETHTOOL, &ifr));
	say("bridge", ioctl(fd, SIOCBRADDBR, bridge));
	say("there", if_nametoindex(bridge) != 0);
	close(fd);
}

static void
try_others(const char *folder)
{
	struct ifconf conf = { .ifc_len = 0 };
	struct ifreq ifr = interface("e2etun");
	int fd = socket(AF_INET, SOCK_DGRAM, 0), flags = 0;

	say("not in the table", ioctl(fd, SIOCGIFCONF, &conf));
	say("of the terminal", ioctl(fd, TIOCSCTTY, 0));
	say("input", ioctl(fd, TIOCSTI, "x"));
	close(fd);
	fd = open("/dev/net/tun", O_RDWR);
	ifr.ifr_flags = IFF_TUN | IFF_NO_PI;
	if (fd != -1) {
		say("tun", ioctl(fd, TUNSETIFF, &ifr));
		printf("is: %s\n", ifr.ifr_name);
		close(fd);
	}
	if (chdir(folder) == -1)
		err(1, "%s", folder);
	fd = open("appended", O_RDONLY);
	say("asked", ioctl(fd, FS_IOC_GETFLAGS, &flags));
	flags |= FS_APPEND_FL;
	say("append only", ioctl(fd, FS_IOC_SETFLAGS, &flags));
	close(fd);
	say("opened to write", open("appended", O_WRONLY));
}

int
main(int argc, char *argv[])
{
	if (argc != 2)
		errx(2, "usage: socketopts folder");
	try_options();
	try_vsock();
	try_filters();
	try_interfaces();
	try_others(argv[1]);
	printf("end\n");
	return 0;
}
