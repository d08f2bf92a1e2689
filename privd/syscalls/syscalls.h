/* SPDX-License-Identifier: ISC */
/*
 * The table of system calls: every call that Linux answers, by name and by
 * number, with its canonical call, its arguments and what the broker may do
 * with it; and the formats in which policies and logs see arguments.
 *
 * This folder knows no policy and no process: everything here is a pure
 * function of numbers and of bytes that somebody else copied.
 */
#ifndef PRIVD_SYSCALLS_H
#define PRIVD_SYSCALLS_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYS_REGS 6     /* argument registers of a call */
#define SYS_ARGS_MAX 8 /* named arguments of a call */
#define SYS_FOLDS_MAX 4
#define SYS_VALUE_MAX 4352 /* longest formatted value, NUL included */

enum sys_machine {
	SYS_X86_64,
	SYS_AARCH64,
	SYS_I386,
	SYS_MACHINES
};

#if defined(__x86_64__)
#define SYS_NATIVE SYS_X86_64
#define SYS_HAS_I386 true /* such programs run here as well */
#elif defined(__aarch64__)
#define SYS_NATIVE SYS_AARCH64
#define SYS_HAS_I386 false
#else
#error "privd knows the system calls of x86_64 and aarch64"
#endif

/* What an argument is, hence how it is read and shown. */
enum sys_kind {
	/* numbers, complete in their register: shown by sys_format() */
	SYS_OFLAGS,   /* "rwct" */
	SYS_MODE,     /* "644" */
	SYS_NODETYPE, /* of mknod's mode, "S_IFIFO" */
	SYS_DEVICE,   /* "8:0" */
	SYS_UID,
	SYS_UNAME, /* the same register, as a name */
	SYS_GID,
	SYS_GNAME,
	SYS_SOCKDOM,   /* "AF_INET" */
	SYS_SOCKTYPE,  /* "SOCK_RAW", without CLOEXEC and NONBLOCK */
	SYS_SOCKPROTO, /* by domain: aux is the domain's register */
	SYS_LEVEL,     /* "SOL_SOCKET" */
	SYS_OPTNAME,   /* by level: aux is the level's register */
	SYS_REQUEST,   /* ioctl, "SIOCSIFFLAGS" or hex */
	SYS_SIGNAME,
	SYS_PROT,
	SYS_MAPPROT, /* of mmap, which looks at fewer bits */
	SYS_MAPFLAGS,
	SYS_CMD, /* fcntl, "F_SETOWN" */
	SYS_FD,
	SYS_RESOURCE,
	SYS_OPTION, /* prctl, "PR_SET_NAME" */
	SYS_WHICH,
	SYS_SCHEDPOLICY,
	SYS_MOUNTFLAGS,
	SYS_UMOUNTFLAGS,
	SYS_ATTRFLAGS,  /* of a mount, "MOUNT_ATTR_RDONLY" */
	SYS_MOVEFLAGS,  /* what move_mount does beside moving */
	SYS_TREEFLAGS,  /* "OPEN_TREE_CLONE" */
	SYS_FSCMD,      /* "FSCONFIG_SET_STRING" */
	SYS_QUOTACMD,   /* "Q_SETQUOTA" */
	SYS_QUOTATYPE,  /* "USRQUOTA", of the same register */
	SYS_SYSLOG,     /* "SYSLOG_ACTION_CLEAR" */
	SYS_REBOOT,     /* "LINUX_REBOOT_CMD_HALT" */
	SYS_CREATFLAGS, /* creat's: "woct", in no register */
	SYS_SIGNED,     /* a plain signed number */
	SYS_HEX,        /* a plain number in hex */
	/* in memory or in the process: the caller of this folder reads them */
	SYS_MEMORY, /* marker: kinds from here on are not numbers */
	/* C string; aux: register of the folder's descriptor, or SYS_CWD */
	SYS_PATH = SYS_MEMORY,
	SYS_FDPATH,   /* the file of the descriptor in reg */
	SYS_STRING,   /* C string */
	SYS_SOCKADDR, /* struct sockaddr; aux: register of its size */
	SYS_MSGHDR,   /* struct msghdr, its msg_name */
	SYS_MMSGHDR,  /* the same of each of an array of struct mmsghdr */
	SYS_ARGV,     /* array of C strings, joined by blanks */
	SYS_HOWFLAGS, /* struct open_how, as SYS_OFLAGS; aux: size */
	SYS_HOWMODE,  /* struct open_how, as SYS_MODE; aux: size */
	/* string, which mount(2) takes for a path as its flags and type say */
	SYS_SOURCE,
	SYS_OPTIONS, /* the options of a mount, text */
	SYS_KEY,     /* of an option, C string */
	/* what the descriptor of a mount to be stands for */
	SYS_CTXTYPE,
	SYS_CTXSOURCE,
	SYS_CTXDATA,
	/* struct mount_attr: what it sets, takes off, and how it spreads */
	SYS_ATTRSET,
	SYS_ATTRCLEAR,
	SYS_ATTRSPREAD,
	SYS_PIDNAME /* program of a process id, see sys_target() */
};

#define SYS_CWD 0xff /* aux of a SYS_PATH without descriptor */

/* Path arguments: how the last component is looked up. */
#define SYS_ARG_NOFOLLOW 0x01 /* the call acts on the link itself */
#define SYS_ARG_PARENT 0x02   /* names an entry to make or remove */
#define SYS_ARG_ATFLAGS 0x04  /* AT_* flags decide: see flagreg */
#define SYS_ARG_OPTIONAL 0x08 /* may be absent (NULL pointer) */
#define SYS_ARG_EMPTY \
	0x10              /* an empty path is the descriptor itself, without
				AT_EMPTY_PATH; of what may be absent: no path */
#define SYS_ARG_NULL 0x80 /* with AT_EMPTY_PATH, NULL is an empty path */
/* A mode: there only if the open flags (in register flagreg, or in the same
   struct open_how) have O_CREAT or O_TMPFILE. */
#define SYS_ARG_CREATING 0x20
/* A string that is as long as register aux says, not ended by NUL. */
#define SYS_ARG_SIZED 0x40

struct sys_arg {
	const char *name; /* as policies write it: "filename" */
	uint8_t kind;     /* enum sys_kind */
	uint8_t reg;      /* register that holds it */
	uint8_t aux;      /* second register, by kind */
	uint8_t flags;    /* SYS_ARG_* */
	/* AT_* flags, SYS_ARG_ATFLAGS; open flags, SYS_ARG_CREATING */
	uint8_t flagreg;
};

/* What may become of a call that a policy judges by its arguments. */
enum sys_disposal {
	SYS_NUMBERS,   /* verdicts rest on registers alone: kernel goes on */
	SYS_PERFORMED, /* the broker performs it on its own copies */
	SYS_EXEC,      /* continued, and verified afterwards */
	SYS_MOVES,     /* the same: the program's folder or root changes */
	/* permitted or denied whole: what it names in memory cannot be
	   judged yet */
	SYS_WHOLE,
	SYS_REFUSED /* never answered: ENOSYS */
};

/*
 * The performing function, for SYS_PERFORMED. Of a variant that folds into
 * several bases, the base's holds: unlinkat is SYS_OP_RMDIR where it is rmdir.
 */
enum sys_op {
	SYS_OP_NONE,
	SYS_OP_OPEN,
	SYS_OP_STAT, /* stat, lstat, fstat, statx by canonical call */
	SYS_OP_ACCESS,
	SYS_OP_READLINK,
	SYS_OP_STATFS,
	SYS_OP_GETXATTR,
	SYS_OP_LISTXATTR,
	SYS_OP_SETXATTR,
	SYS_OP_REMOVEXATTR,
	SYS_OP_GETATTR, /* file_getattr */
	SYS_OP_SETATTR,
	SYS_OP_UNLINK,
	SYS_OP_RMDIR,
	SYS_OP_MKDIR,
	SYS_OP_MKNOD,
	SYS_OP_RENAME,
	SYS_OP_LINK,
	SYS_OP_SYMLINK,
	SYS_OP_CHMOD,
	SYS_OP_CHOWN,
	SYS_OP_TRUNCATE,
	SYS_OP_ALLOCATE,
	SYS_OP_UTIMES,
	SYS_OP_INOTIFY,
	SYS_OP_FANOTIFY,
	SYS_OP_HANDLE, /* name_to_handle_at */
	SYS_OP_ACCT,
	SYS_OP_SWAPON,
	SYS_OP_SWAPOFF,
	SYS_OP_MOUNT,
	SYS_OP_UMOUNT,
	SYS_OP_MOUNT_ATTR,
	SYS_OP_MOVE_MOUNT,
	SYS_OP_FSOPEN,
	SYS_OP_FSCONFIG,
	SYS_OP_FSMOUNT,
	SYS_OP_OPEN_TREE,
	SYS_OP_QUOTA,
	SYS_OP_CHDIR, /* these two are let go on, see SYS_MOVES */
	SYS_OP_CHROOT,
	SYS_OP_SETHOSTNAME,
	SYS_OP_SETDOMAINNAME,
	SYS_OP_SETTIMEOFDAY,
	SYS_OP_CLOCK_SETTIME,
	SYS_OP_ADJTIME, /* adjtimex, clock_adjtime */
	SYS_OP_REBOOT,
	SYS_OP_SYSLOG,
	SYS_OP_KILL, /* and its kin */
	SYS_OP_SETPRIORITY,
	SYS_OP_IOPRIO_SET,
	SYS_OP_SCHED_SETSCHEDULER,
	SYS_OP_SCHED_SETPARAM,
	SYS_OP_SCHED_SETATTR,
	SYS_OP_SCHED_SETAFFINITY,
	SYS_OP_PRLIMIT, /* getrlimit and setrlimit, too */
	SYS_OP_SOCKET,
	SYS_OP_BIND,
	SYS_OP_CONNECT,
	SYS_OP_SEND, /* sendto, sendmsg, sendmmsg */
	SYS_OP_SETSOCKOPT,
	SYS_OP_GETSOCKOPT,
	SYS_OP_IOCTL,
	SYS_OPS
};

enum sys_alias {
	SYS_ALIAS_NONE,
	SYS_ALIAS_FSREAD,
	SYS_ALIAS_FSWRITE,
	SYS_ALIAS_BY_FLAGS /* open: fsread or fswrite, by its flags */
};

#define SYS_QUIET \
	0x01              /* never notified while policies agree: close,
				   dup, fork, read, write, exit ... */
#define SYS_ELEVATES 0x02 /* `as` and `with` can be honoured */
#define SYS_CREDS 0x04    /* changes the caller's credentials */
#define SYS_WITNESS \
	0x08 /* notified where permitted: an early call of
				   every new image, so that what an execve
				   came to is seen before it goes on; and
				   what moves the root that paths start from */
#define SYS_KERNEL \
	0x10 /* of what is performed: as the caller its registers are all that
		is judged, and the kernel goes on; performed for others alone */

/*
 * A variant is folded into a base: the first fold whose condition holds.
 * (regs[reg] & mask) == value; mask 0 always holds. With `unseen` the fold
 * also wants what no filter can see: an empty (or NULL) path; or that a number
 * is the caller's own, which whoever looks it up writes as 0.
 */
struct sys_fold {
	const char *base;
	uint64_t mask;
	uint64_t value;
	uint8_t reg;
	bool unseen;
};

struct sys_call {
	const char *name;                     /* "openat2" */
	struct sys_fold folds[SYS_FOLDS_MAX]; /* none: it is a base */
	struct sys_arg args[SYS_ARGS_MAX];    /* ends at name NULL */
	/*
	 * Of a call that is performed: what its registers hold, one letter
	 * each, see sys_numbers() and SYS_FORM_*; a blank is not looked at.
	 */
	const char *form;
	/* the flags that the kernel knows of the register `f`; 0: it says so
	   itself when the call is performed */
	uint32_t known;
	/*
	 * Why it is not performed; of what is, which form of it is not, and
	 * why. All but SYS_NUMBERS and SYS_PERFORMED have one.
	 */
	const char *reason;
	/* capabilities (1 << CAP_x) that performing it as root may need */
	uint64_t rights;
	uint8_t disposal; /* enum sys_disposal */
	uint8_t op;       /* enum sys_op */
	uint8_t alias;    /* enum sys_alias, of the base */
	uint8_t flags;    /* SYS_QUIET ... */
};

/* The rows; index 0 to sys_count() - 1 identifies a call everywhere. */
size_t sys_count(void);
const struct sys_call *sys_row(size_t index);
size_t sys_index(const struct sys_call *);

/*
 * NULL if the table has no such call. Names are case-sensitive. A name that
 * only the 32-bit ABI has and that is a BSD call as well (sigaction) is left
 * to sys_bsd(): the row is found by number, and folds into what BSD means.
 */
const struct sys_call *sys_by_name(const char *name);
const struct sys_call *sys_by_number(enum sys_machine, int number);
/* The number on that machine, -1 if it has no such call. */
int sys_number(const struct sys_call *, enum sys_machine);
/* One more than the highest number known for the machine. */
int sys_number_end(enum sys_machine);
/* Makes what these are looked up in, for those that are forked then. */
void sys_learn_numbers(void);

/*
 * The canonical call. With regs NULL the fold without condition is taken
 * (openat -> open, newfstatat -> stat). emptypath: the call's path is empty.
 */
const struct sys_call *sys_base(const struct sys_call *,
    const uint64_t regs[SYS_REGS], bool emptypath);
/* Does it make two entries change places? */
bool sys_exchanges(const struct sys_call *, const uint64_t regs[SYS_REGS]);
/*
 * All calls that it may fold into, itself if it is a base; returns their
 * number, at most SYS_FOLDS_MAX.
 */
size_t sys_bases(const struct sys_call *,
    const struct sys_call *bases[SYS_FOLDS_MAX]);

/*
 * The open(2) flags of an open, openat or creat, as the kernel takes them;
 * false if the call has none in registers (openat2; calls that do not open).
 */
bool sys_open_flags(const struct sys_call *, const uint64_t regs[SYS_REGS],
    uint64_t *flags);
/* The alias of a base with these open(2) flags (others: ignored). */
enum sys_alias sys_alias_of(const struct sys_call *base, uint64_t openflags);
/* The same from formatted oflags ("rwct"), as `privctl eval` has them. */
enum sys_alias sys_alias_of_text(const struct sys_call *base,
    const char *oflags); /* NULL: "ro" */
/* NULL for SYS_ALIAS_NONE and SYS_ALIAS_BY_FLAGS. */
const char *sys_alias_name(enum sys_alias);
/* SYS_ALIAS_NONE if the name is none. */
enum sys_alias sys_alias_by_name(const char *name);

/*
 * A BSD name without a call of that name here: *names points to the Linux
 * calls that it means, ending in NULL, or to an empty list where Linux has
 * no counterpart. Returns false if the name is no BSD call either.
 */
bool sys_bsd(const char *name, const char *const **names);
/* What such a name says of its calls beside: that an argument is a string, with
   every rule for it. NULL: nothing. */
struct sys_bsd_test {
	const char *name;
	const char *string;
};
const struct sys_bsd_test *sys_bsd_test(const char *name);
/* The known name nearest to a misspelt one, NULL if none is near. */
const char *sys_nearest(const char *name);

/* Registers that are numbers, whole as they are. */
#define SYS_FORM_OPEN_FLAGS 'o'
#define SYS_FORM_FLAGS 'f'
#define SYS_FORM_MASK 'k'
#define SYS_FORM_MODE 'm'
#define SYS_FORM_UID 'u'
#define SYS_FORM_GID 'g'
#define SYS_FORM_DEVICE 'v'
#define SYS_FORM_LENGTH 'l' /* or offset; the first one, the second one */
#define SYS_FORM_SIZE 's'   /* of the value or of the buffer */
#define SYS_FORM_PID 'P'    /* of a process, or a group */
#define SYS_FORM_TID 'Q'    /* of a thread */
#define SYS_FORM_SIGNAL 'S'
#define SYS_FORM_PLAIN 'a' /* what has no other name: the first, the second */
/* Descriptors: a path's folder, and what is acted on or with. */
#define SYS_FORM_FOLDER 'd'
#define SYS_FORM_FD 'i'
/* Addresses in the program's memory. */
#define SYS_FORM_PATH 'p'
#define SYS_FORM_BUFFER 'b' /* for the result */
#define SYS_FORM_NAME 'n'   /* an extended attribute's */
#define SYS_FORM_VALUE 'x'  /* bytes, as many as SYS_FORM_SIZE says */
#define SYS_FORM_TEXT 'y'   /* a link's, a C string */
#define SYS_FORM_XATTR 'e'  /* struct xattr_args */
#define SYS_FORM_XSIZE 'z'  /* the size of that */
#define SYS_FORM_HANDLE 'h' /* struct file_handle */
#define SYS_FORM_NUMBER 'w' /* an int, for the result */
#define SYS_FORM_TIMESPECS 't'
#define SYS_FORM_TIMEVALS 'T'
#define SYS_FORM_TIMESPECS64 '6' /* of 32-bit programs, yet of 64 bits */
#define SYS_FORM_UTIMBUF 'U'
#define SYS_FORM_OPTION 'j'   /* a socket option's value */
#define SYS_FORM_ROOM 'q'     /* the size of one, for it and for the result */
#define SYS_FORM_ARGUMENT 'r' /* of a request, which says what it is */
#define SYS_FORM_SIGINFO 'I'
#define SYS_FORM_MOUNT 'D'  /* options, which its other strings go with */
#define SYS_FORM_SCHED 'A'  /* struct sched_attr, which says its size */
#define SYS_FORM_ATTR 'M'   /* struct mount_attr, SYS_FORM_SIZE long */
#define SYS_FORM_CONFIG 'G' /* fsconfig's key, which its value goes with */
#define SYS_FORM_QUOTA 'Z'  /* what a command of quotactl(2) has there */
#define SYS_FORM_STRUCT 'c' /* of the size that its operation has, or NULL */

/* What a command of quotactl(2) reads at its address, and what it writes. */
struct sys_quota {
	uint32_t command; /* without its type */
	uint8_t in;
	uint8_t out;
	bool file;    /* it reads the path of one */
	bool changes; /* it does more than to look */
};

/* NULL: there is no such command. */
const struct sys_quota *sys_quota(uint64_t cmd);

#define SYS_PLAIN_MAX 4

/* The bits of a register that such calls have: the kernel cuts the others. */
static inline uint64_t
sys_register_mask(enum sys_machine machine)
{
	return machine == SYS_I386 ? UINT32_MAX : UINT64_MAX;
}

/*
 * Calls of 32-bit programs. Their registers as the row has them; and are
 * those other than what was in the registers themselves?
 */
void sys_i386_registers(const struct sys_call *, const uint64_t raw[SYS_REGS],
    uint64_t regs[SYS_REGS]);
bool sys_i386_differs(const struct sys_call *);

/* Of a number argument: the nth other number by which such programs say what
   has that value here; and is a number such another one? */
bool sys_i386_alias(const struct sys_arg *, uint64_t value, size_t nth,
    uint32_t *number);
bool sys_i386_is_alias(const struct sys_arg *, uint64_t number,
    uint32_t *native);

/*
 * Several calls behind one number (socketcall, ipc): the first register says
 * which, by these bits; any other has that error. (mmap of old: the one, with
 * its arguments in memory.)
 */
struct sys_behind {
	const struct sys_call *row;
	uint32_t number;
	uint8_t nargs; /* words in memory: all its arguments; 0: not there */
	uint8_t arguments; /* the register that leads to them */
};

bool sys_i386_is_many(const struct sys_call *, uint32_t *mask, int *error);
/* The nth of them; false after the last. */
bool sys_i386_behind(const struct sys_call *, size_t nth, struct sys_behind *);
/* The one that is called; false: none. */
bool sys_i386_called(const struct sys_call *, const uint64_t regs[SYS_REGS],
    struct sys_behind *);

/*
 * A result of a performed call as such a program has it; out has room for
 * what came, which is never less. 0 or errno.
 */
#define SYS_I386_STATFS64 84
int sys_i386_result(const struct sys_call *, const void *, size_t,
    unsigned char *out, size_t *len);
struct timespec;
/* From its memory: of 8 bytes, or wide: of 16. */
void sys_i386_timespec(const unsigned char *, bool wide, struct timespec *);
/* Both of 128 bytes. */
void sys_i386_siginfo(const unsigned char *, unsigned char *);

/* What the registers of a call say of it, by its form. */
struct sys_numbers {
	uint64_t flags;
	uint64_t mask;
	uint64_t device;
	uint64_t size;
	int64_t length[2];
	uint64_t plain[SYS_PLAIN_MAX];
	uint32_t mode;
	uint32_t uid;
	uint32_t gid;
	int32_t signal;
};

void sys_numbers(const struct sys_call *, const uint64_t regs[SYS_REGS],
    struct sys_numbers *);
/* The register that the form has a letter for, -1 if none. */
int sys_form_register(const struct sys_call *, char letter);
/*
 * Is it performed on, or with, a duplicate of a descriptor of the caller's?
 * And is that what its `filename` is of? (What only asks about a descriptor
 * asks of its file.)
 */
bool sys_takes_fd(const struct sys_call *);
bool sys_acts_on_fd(const struct sys_call *);

/*
 * A request to a device that another process can make: what its argument is,
 * which the numbers of requests do not always say themselves.
 */
enum sys_request_kind {
	SYS_REQUEST_NONE,    /* is not looked at */
	SYS_REQUEST_NUMBER,  /* is one itself */
	SYS_REQUEST_BYTES,   /* is read, or written, or both */
	SYS_REQUEST_DATA,    /* struct ifreq, which points to bytes */
	SYS_REQUEST_ETHTOOL, /* the same, of the size that its command has */
	SYS_REQUEST_ROUTE /* struct rtentry, which points to a name; or bytes */
};
#define SYS_REQUEST_READ 0x01
#define SYS_REQUEST_WRITTEN 0x02

/* What it can be made on: elsewhere the number means another thing. */
enum sys_on {
	SYS_ON_SOCKET,
	SYS_ON_FILE,  /* or a folder */
	SYS_ON_BLOCK, /* device */
	SYS_ON_LOOP,
	SYS_ON_LOOP_CONTROL,
	SYS_ON_TUN,
	SYS_ON_TERMINAL,
	SYS_ON_RANDOM
};

struct sys_request {
	uint32_t request;
	uint8_t kind;
	uint8_t access;
	uint8_t on;
	uint16_t size[2]; /* the second on IPv6 sockets; 0: it is none there */
};

/* NULL: it cannot be made by another. And all that can be; their number. */
const struct sys_request *sys_request(uint32_t request);
size_t sys_requests(const struct sys_request **);
/* 0: not known; *out: it is written as well. */
size_t sys_ethtool_size(uint32_t command, bool *out);

/* The value of a socket option, for another process to set or get. */
enum sys_option {
	SYS_OPTION_NONE, /* it cannot */
	SYS_OPTION_BYTES,
	SYS_OPTION_PROGRAM /* struct sock_fprog */
};

struct sys_option_number {
	uint32_t level;
	uint32_t option;
};

enum sys_option sys_option(uint32_t level, uint32_t option, bool set);
/* The options of that name, of several levels; returns their number. */
size_t sys_options_named(const char *name, struct sys_option_number *,
    size_t max);

/* Can another process make this call at all, as its registers are? */
bool sys_performable(const struct sys_call *, const uint64_t regs[SYS_REGS]);
/* Whom a call is about that names a process. */
enum sys_whom {
	SYS_WHOM_KERNEL, /* nobody, or so that the kernel alone can tell */
	SYS_WHOM_SELF,
	SYS_WHOM_OWN_GROUP,
	SYS_WHOM_EVERY,
	SYS_WHOM_PROCESS,
	SYS_WHOM_THREAD,
	SYS_WHOM_GROUP,
	SYS_WHOM_FD /* that of its descriptor; or the group that it leads */
};

struct sys_target {
	enum sys_whom whom;
	int32_t pid;  /* number of the process, thread or group */
	int32_t tgid; /* the process of that thread, 0: not said */
	bool group;   /* of SYS_WHOM_FD */
};

bool sys_has_target(const struct sys_call *);
void sys_target(const struct sys_call *, const uint64_t regs[SYS_REGS],
    struct sys_target *);

/* The nth argument of that name (case-insensitive), NULL if not there. */
const struct sys_arg *sys_arg_by_name(const struct sys_call *, const char *name,
    unsigned int nth);

/*
 * Formats a number argument, with the bits that the kernel looks at. Returns
 * -1 with EINVAL if its kind is not a number, ENOENT if this call has no such
 * argument (the mode of an open that creates nothing), ENAMETOOLONG if it
 * does not fit; never truncates (size of SYS_VALUE_MAX always suffices).
 */
int sys_format(const struct sys_arg *, const uint64_t regs[SYS_REGS], char *,
    size_t);
/* The same of a number that came from memory. */
int sys_format_value(enum sys_kind, uint64_t value, char *, size_t);
/* open(2) flags as oflags; 16 bytes suffice. */
void sys_format_oflags(uint64_t flags, char *, size_t);
/*
 * Users and groups as `uname` and `gname` show them. Once they are learned
 * from these files nobody else is asked for the others; before that, the
 * name service is. Single names can be asked for before, so that they are
 * known wherever they come from. Learned again, a file is read only if it has
 * changed. -1 with errno: nobody can say whom there is.
 */
struct sys_account {
	uint32_t id;
	char *name;
	char *home; /* of users */
};

int sys_accounts_ask_user(const char *name);
int sys_accounts_ask_group(const char *name);
int sys_accounts_learn(const char *passwd, const char *group);
/* NULL: has no name. Good until the next is asked for. */
const struct sys_account *sys_account_user(uid_t);
const struct sys_account *sys_account_group(gid_t);

/*
 * struct sockaddr of len copied bytes; interfaces have the names that they
 * have where the socket is (-1: here). Returns -1 with EINVAL where its family
 * refuses that length. The path of a unix socket is given as it is: only who
 * looks at sun_path[0] can tell an abstract name from a file called "@name".
 * A netlink address does not hold its protocol and is "netlink-[unknown]";
 * who has the socket calls sys_format_netlink() with its SO_PROTOCOL.
 */
int sys_format_sockaddr(const void *sa, size_t len, int sock, char *, size_t);
int sys_format_netlink(unsigned int protocol, char *, size_t);

/*
 * When is a number argument shown as exactly this string? SYS_CMP_EXACT: if
 * and only if (regs[reg] & mask) == value, written to *cmp. SYS_CMP_NEVER:
 * for no value. SYS_CMP_UNKNOWN: cannot be said as one comparison.
 */
enum sys_cmp_result {
	SYS_CMP_EXACT,
	SYS_CMP_NEVER,
	SYS_CMP_UNKNOWN
};
struct sys_cmp {
	uint64_t mask;
	uint64_t value;
	uint8_t reg;
};
enum sys_cmp_result sys_compare(const struct sys_arg *, const char *string,
    struct sys_cmp *cmp);

#endif /* PRIVD_SYSCALLS_H */
