// The system calls that a command may not make: what its sandbox and its limits do not fence off (docs/adr/0005, 0010).
import type { SandboxKind } from './sandbox.ts';

export type Machine = 'x64' | 'arm64';

/** The processors whose numbers are known here. */
export function isMachine(name: string): name is Machine {
  return name === 'x64' || name === 'arm64';
}

const errno = { EPERM: 1, ENOSYS: 38, EOPNOTSUPP: 95, EAFNOSUPPORT: 97 } as const;

/** AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK have namespaces. AF_VSOCK, for one, reaches the hypervisor. */
const families = [1, 2, 10, 16];
/** S_ISUID and S_ISGID: a command of root's could leave a program in the workspace that makes its caller root. */
const setIdBits = 0o6000;
/** O_CREAT and O_TMPFILE: only with them does open() have a mode. */
const creating = 0o100 | 0o20000000;

type Numbers = Readonly<Record<Machine, number | undefined>>;
const on = (x64: number | undefined, arm64: number | undefined): Numbers => ({ x64, arm64 });

type Refusals = readonly (readonly [Numbers, keyof typeof errno])[];

/** In every sandbox. ENOSYS where programs then use something else. */
const refused: Refusals = [
  // The kernel's keyrings and its log are shared by the whole machine.
  [on(248, 217), 'EPERM'], // add_key
  [on(249, 218), 'EPERM'], // request_key
  [on(250, 219), 'EPERM'], // keyctl
  [on(103, 116), 'EPERM'], // syslog
  // Kernel interfaces with a long record of holes that no ordinary command needs.
  [on(298, 241), 'EPERM'], // perf_event_open
  [on(321, 280), 'EPERM'], // bpf
  [on(323, 282), 'EPERM'], // userfaultfd
  [on(304, 265), 'EPERM'], // open_by_handle_at
  // Other processes, from the inside: a command's own are no business of another of its own either.
  [on(101, 117), 'EPERM'], // ptrace
  [on(310, 270), 'EPERM'], // process_vm_readv
  [on(311, 271), 'EPERM'], // process_vm_writev
  [on(312, 272), 'EPERM'], // kcmp
  [on(438, 438), 'EPERM'], // pidfd_getfd
  [on(440, 440), 'EPERM'], // process_madvise
  // What makes system calls, or takes arguments, that this filter does not see.
  [on(425, 425), 'ENOSYS'], // io_uring_setup
  [on(426, 426), 'ENOSYS'], // io_uring_enter
  [on(427, 427), 'ENOSYS'], // io_uring_register
  [on(437, 437), 'ENOSYS'], // openat2
  // Memory that belongs to no process and so is not counted.
  [on(319, 279), 'ENOSYS'], // memfd_create
  [on(447, 447), 'ENOSYS'], // memfd_secret
  [on(29, 194), 'ENOSYS'], // shmget
  [on(64, 190), 'ENOSYS'], // semget
  [on(68, 186), 'ENOSYS'], // msgget
];

/** What a namespace would fence off, or the lack of any privilege in one. */
const refusedWithoutNamespaces: Refusals = [
  // A way to privileges that Landlock was not told of.
  [on(272, 97), 'EPERM'], // unshare
  [on(308, 268), 'EPERM'], // setns
  [on(435, 435), 'ENOSYS'], // clone3: its flags are in memory, and clone is there
  [on(165, 40), 'EPERM'], // mount
  [on(166, 39), 'EPERM'], // umount2
  [on(155, 41), 'EPERM'], // pivot_root
  [on(161, 51), 'EPERM'], // chroot
  [on(428, 428), 'EPERM'], // open_tree
  [on(429, 429), 'EPERM'], // move_mount
  [on(430, 430), 'EPERM'], // fsopen
  [on(442, 442), 'EPERM'], // mount_setattr
  // Of any file that its user owns: Landlock knows no rights for these.
  [on(92, undefined), 'EPERM'], // chown
  [on(94, undefined), 'EPERM'], // lchown
  [on(260, 54), 'EPERM'], // fchownat
  [on(132, undefined), 'ENOSYS'], // utime
  [on(235, undefined), 'ENOSYS'], // utimes
  [on(261, undefined), 'ENOSYS'], // futimesat
  [on(93, 55), 'EPERM'], // fchown
  [on(188, 5), 'EOPNOTSUPP'], // setxattr
  [on(189, 6), 'EOPNOTSUPP'], // lsetxattr
  [on(190, 7), 'EOPNOTSUPP'], // fsetxattr
  [on(463, 463), 'EOPNOTSUPP'], // setxattrat
  [on(197, 14), 'EOPNOTSUPP'], // removexattr
  [on(198, 15), 'EOPNOTSUPP'], // lremovexattr
  [on(199, 16), 'EOPNOTSUPP'], // fremovexattr
  [on(466, 466), 'EOPNOTSUPP'], // removexattrat
  [on(469, 469), 'ENOSYS'], // file_setattr
  // The names of what others do in folders that it cannot list.
  [on(254, 27), 'EPERM'], // inotify_add_watch
  [on(300, 262), 'EPERM'], // fanotify_init
  // Shared with all of the agent's user.
  [on(240, 180), 'ENOSYS'], // mq_open
  [on(256, 238), 'EPERM'], // migrate_pages
  [on(279, 239), 'EPERM'], // move_pages
  [on(448, 448), 'EPERM'], // process_mrelease
];

/** Calls that can be aimed at a process of the same user: without a namespace these arguments must be so, which is oneself. */
const onlyOnItself: readonly { readonly call: Numbers; readonly args: readonly number[] }[] = [
  { call: on(302, 261), args: [0] }, // prlimit64
  { call: on(203, 122), args: [0] }, // sched_setaffinity
  { call: on(144, 119), args: [0] }, // sched_setscheduler
  { call: on(142, 118), args: [0] }, // sched_setparam
  { call: on(314, 274), args: [0] }, // sched_setattr
  { call: on(141, 140), args: [0, 0] }, // setpriority: PRIO_PROCESS
  { call: on(251, 30), args: [1, 0] }, // ioprio_set: IOPRIO_WHO_PROCESS
];

const clone = on(56, 220);
/** CLONE_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID and _NEWNET. */
const newNamespaces = 0x7e020000;

const ioctl = on(16, 29);
/** TIOCSTI and TIOCLINUX: typing into a terminal as if its person did. */
const typing = [0x5412, 0x541c];

interface ModeRule {
  readonly call: Numbers;
  /** The argument that must not hold a set-id bit. */
  readonly mode: number;
  /** The argument that says whether there is a mode at all. */
  readonly flags?: number;
  /** Changes any file that the user owns: without a mount namespace the keeper does it, in the workspace (file-clerk.pl). */
  readonly byKeeper?: true;
}

const utimensat = on(280, 88);

const modes: readonly ModeRule[] = [
  { call: on(90, undefined), mode: 1, byKeeper: true }, // chmod
  { call: on(91, 52), mode: 1, byKeeper: true }, // fchmod
  { call: on(268, 53), mode: 2, byKeeper: true }, // fchmodat
  { call: on(452, 452), mode: 2, byKeeper: true }, // fchmodat2
  { call: on(85, undefined), mode: 1 }, // creat
  { call: on(133, undefined), mode: 1 }, // mknod
  { call: on(259, 33), mode: 2 }, // mknodat
  { call: on(2, undefined), mode: 2, flags: 1 }, // open
  { call: on(257, 56), mode: 3, flags: 2 }, // openat
];

const socket = on(41, 198);
const socketpair = on(53, 199);
/**
 * SOCK_STREAM and SOCK_SEQPACKET: a pair of these knows only each other, while one of datagrams can be sent to any path.
 * The rest of the argument is flags.
 */
const pairs = [1, 5];
const socketTypes = 0xf;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

const load = (offset: number): Instruction => [0x20, 0, 0, offset];
const argument = (index: number): Instruction => load(16 + 8 * index);
const ifEqual = (value: number, yes: number, no: number): Instruction => [0x15, yes, no, value];
const ifAtLeast = (value: number, yes: number, no: number): Instruction => [0x35, yes, no, value];
const maskWith = (bits: number): Instruction => [0x54, 0, 0, bits];
const ifAnyBit = (value: number, yes: number, no: number): Instruction => [0x45, yes, no, value];
const answer = (value: number): Instruction => [0x06, 0, 0, value];
const allow = answer(0x7fff0000);
const kill = answer(0x80000000);
const handOver = answer(0x7fc00000);
const refuse = (name: keyof typeof errno): Instruction => answer(0x00050000 | errno[name]);

/** Every body ends in an answer, so that what comes after it is for other calls. */
function forCall(numbers: Numbers, machine: Machine, body: readonly Instruction[]): Instruction[] {
  const number = numbers[machine];
  return number === undefined ? [] : [ifEqual(number, 0, body.length), ...body];
}

const refuseUnless = (values: readonly number[], why: keyof typeof errno): Instruction[] => [
  ...values.map((value, index) => ifEqual(value, values.length - index, 0)),
  refuse(why),
];

function modeCheck({ mode, flags, byKeeper }: ModeRule, sandbox: SandboxKind): Instruction[] {
  const rest = byKeeper && sandbox === 'landlock' ? handOver : allow;
  const check = [argument(mode), ifAnyBit(setIdBits, 0, 1), refuse('EPERM'), rest];
  return flags === undefined ? check : [argument(flags), ifAnyBit(creating, 1, 0), allow, ...check];
}

function inNamespaces(machine: Machine): Instruction[] {
  const body = [argument(0), ...refuseUnless(families, 'EAFNOSUPPORT'), allow];
  return [socket, socketpair].flatMap((numbers) => forCall(numbers, machine, body));
}

function withoutNamespaces(machine: Machine): Instruction[] {
  const pair = [argument(0), ...refuseUnless([1], 'EAFNOSUPPORT')];
  return [
    ...refusedWithoutNamespaces.flatMap(([numbers, why]) => forCall(numbers, machine, [refuse(why)])),
    ...onlyOnItself.flatMap(({ call, args }) => {
      const checks = args.flatMap((value, index) => [argument(index), ...refuseUnless([value], 'EPERM')]);
      return forCall(call, machine, [...checks, allow]);
    }),
    ...forCall(clone, machine, [argument(0), ifAnyBit(newNamespaces, 0, 1), refuse('EPERM'), allow]),
    ...forCall(utimensat, machine, [handOver]),
    ...forCall(socket, machine, [refuse('EAFNOSUPPORT')]),
    ...forCall(socketpair, machine, [
      ...pair,
      argument(1),
      maskWith(socketTypes),
      ...refuseUnless(pairs, 'EPERM'),
      allow,
    ]),
  ];
}

/** A classic BPF program for seccomp(2), as its bytes. */
export function systemCallFilter(machine: Machine, sandbox: SandboxKind): Buffer {
  const x32Calls = 0x40000000;
  const program: Instruction[] = [
    load(4),
    ifEqual(machine === 'x64' ? 0xc000003e : 0xc00000b7, 1, 0),
    kill,
    load(0),
    ...(machine === 'x64' ? [ifAtLeast(x32Calls, 0, 1), kill] : []),
    ...refused.flatMap(([numbers, why]) => forCall(numbers, machine, [refuse(why)])),
    ...modes.flatMap((rule) => forCall(rule.call, machine, modeCheck(rule, sandbox))),
    ...forCall(ioctl, machine, [
      argument(1),
      ...typing.map((request, index) => ifEqual(request, typing.length - index, 0)),
      allow,
      refuse('EPERM'),
    ]),
    ...(sandbox === 'namespaces' ? inNamespaces(machine) : withoutNamespaces(machine)),
    allow,
  ];
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, [code, ifTrue, ifFalse, value]] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(value, index * 8 + 4);
  }
  return bytes;
}
