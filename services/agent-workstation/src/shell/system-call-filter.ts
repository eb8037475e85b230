// The system calls that a command may not make: what namespaces and limits do not fence off (docs/adr/0005-command-sandbox.md).

export type Machine = 'x64' | 'arm64';

/** The processors whose numbers are known here. */
export function isMachine(name: string): name is Machine {
  return name === 'x64' || name === 'arm64';
}

const errno = { EPERM: 1, ENOSYS: 38, EAFNOSUPPORT: 97 } as const;

/** AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK have namespaces. AF_VSOCK, for one, reaches the hypervisor. */
const families = [1, 2, 10, 16];
/** S_ISUID and S_ISGID: a command of root's could leave a program in the workspace that makes its caller root. */
const setIdBits = 0o6000;
/** O_CREAT and O_TMPFILE: only with them does open() have a mode. */
const creating = 0o100 | 0o20000000;

type Numbers = Readonly<Record<Machine, number | undefined>>;
const on = (x64: number | undefined, arm64: number | undefined): Numbers => ({ x64, arm64 });

/** Each with the reason: `no` is answered EPERM, `absent` ENOSYS, so that programs use something else. */
const refused: readonly (readonly [Numbers, keyof typeof errno])[] = [
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

/** Calls whose argument at `mode` must not hold a set-id bit; at `flags` is what says whether there is a mode at all. */
const modes: readonly { readonly call: Numbers; readonly mode: number; readonly flags?: number }[] = [
  { call: on(90, undefined), mode: 1 }, // chmod
  { call: on(91, 52), mode: 1 }, // fchmod
  { call: on(268, 53), mode: 2 }, // fchmodat
  { call: on(452, 452), mode: 2 }, // fchmodat2
  { call: on(85, undefined), mode: 1 }, // creat
  { call: on(133, undefined), mode: 1 }, // mknod
  { call: on(259, 33), mode: 2 }, // mknodat
  { call: on(2, undefined), mode: 2, flags: 1 }, // open
  { call: on(257, 56), mode: 3, flags: 2 }, // openat
];

const socketCalls = [on(41, 198), on(53, 199)]; // socket, socketpair

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

const load = (offset: number): Instruction => [0x20, 0, 0, offset];
const argument = (index: number): Instruction => load(16 + 8 * index);
const ifEqual = (value: number, yes: number, no: number): Instruction => [0x15, yes, no, value];
const ifAtLeast = (value: number, yes: number, no: number): Instruction => [0x35, yes, no, value];
const ifAnyBit = (value: number, yes: number, no: number): Instruction => [0x45, yes, no, value];
const answer = (value: number): Instruction => [0x06, 0, 0, value];
const allow = answer(0x7fff0000);
const kill = answer(0x80000000);
const refuse = (name: keyof typeof errno): Instruction => answer(0x00050000 | errno[name]);

/** Every body ends in an answer, so that what comes after it is for other calls. */
function forCall(numbers: Numbers, machine: Machine, body: readonly Instruction[]): Instruction[] {
  const number = numbers[machine];
  return number === undefined ? [] : [ifEqual(number, 0, body.length), ...body];
}

function modeCheck({ mode, flags }: { mode: number; flags?: number }): Instruction[] {
  const check = [argument(mode), ifAnyBit(setIdBits, 0, 1), refuse('EPERM'), allow];
  return flags === undefined ? check : [argument(flags), ifAnyBit(creating, 1, 0), allow, ...check];
}

/** A classic BPF program for seccomp(2), as its bytes. */
export function systemCallFilter(machine: Machine): Buffer {
  const x32Calls = 0x40000000;
  const program: Instruction[] = [
    load(4),
    ifEqual(machine === 'x64' ? 0xc000003e : 0xc00000b7, 1, 0),
    kill,
    load(0),
    ...(machine === 'x64' ? [ifAtLeast(x32Calls, 0, 1), kill] : []),
    ...refused.flatMap(([numbers, why]) => forCall(numbers, machine, [refuse(why)])),
    ...modes.flatMap((rule) => forCall(rule.call, machine, modeCheck(rule))),
    ...socketCalls.flatMap((numbers) =>
      forCall(numbers, machine, [
        argument(0),
        ...families.map((family, index) => ifEqual(family, families.length - index, 0)),
        refuse('EAFNOSUPPORT'),
        allow,
      ]),
    ),
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
