// The filter's program, run by a small machine for seccomp's BPF: what it answers to calls of both processors.
import { describe, expect, test } from 'vitest';
import type { SandboxKind } from '../src/shell/sandbox.ts';
import { isMachine, type Machine, systemCallFilter } from '../src/shell/system-call-filter.ts';

const architectures: Record<Machine, number> = { x64: 0xc000003e, arm64: 0xc00000b7 };

interface Calling {
  readonly architecture?: number;
  readonly sandbox?: SandboxKind;
}

/** `allow`, `kill`, `keeper`, or the number of the error. */
function answerTo(machine: Machine, call: number, args: readonly number[] = [], calling: Calling = {}) {
  const { architecture = architectures[machine], sandbox = 'namespaces' } = calling;
  const program = systemCallFilter(machine, sandbox);
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call, 0);
  data.writeUInt32LE(architecture, 4);
  for (const [index, value] of args.entries()) data.writeBigUInt64LE(BigInt(value), 16 + 8 * index);
  let register = 0;
  for (let at = 0; at < program.length; at += 8) {
    const value = program.readUInt32LE(at + 4);
    const jump = (yes: boolean) => 8 * program.readUInt8(at + (yes ? 2 : 3));
    const code = program.readUInt16LE(at);
    if (code === 0x20) register = data.readUInt32LE(value);
    else if (code === 0x15) at += jump(register === value);
    else if (code === 0x35) at += jump(register >= value);
    else if (code === 0x45) at += jump((register & value) !== 0);
    else if (code === 0x54) register = (register & value) >>> 0;
    else if (code !== 0x06) throw new Error(`an instruction that is not known: ${code}`);
    else if (value === 0x7fff0000) return 'allow';
    else if (value === 0x7fc00000) return 'keeper';
    else return value === 0x80000000 ? 'kill' : value - 0x50000;
  }
  throw new Error('the program ran past its end');
}

describe.each([
  {
    machine: 'x64',
    read: 0,
    socket: 41,
    socketpair: 53,
    fchmod: 91,
    fchmodat: 268,
    openat: 257,
    mknodat: 259,
    keyctl: 250,
    memfd: 319,
    shmget: 29,
    ...{ ioctl: 16, clone: 56, prlimit: 302, setpriority: 141, ioprio: 251, utimensat: 280, ptrace: 101, unshare: 272 },
  },
  {
    machine: 'arm64',
    read: 63,
    socket: 198,
    socketpair: 199,
    fchmod: 52,
    fchmodat: 53,
    openat: 56,
    mknodat: 33,
    keyctl: 219,
    memfd: 279,
    shmget: 194,
    ...{ ioctl: 29, clone: 220, prlimit: 261, setpriority: 140, ioprio: 30, utimensat: 88, ptrace: 117, unshare: 97 },
  },
] as const)('on $machine', ({ machine, ...calls }) => {
  test('an ordinary call is allowed', () => {
    expect(answerTo(machine, calls.read, [0, 0o6000, 40])).toBe('allow');
    expect(answerTo(machine, 9999)).toBe('allow');
  });

  test('sockets are of families that have namespaces', () => {
    for (const call of [calls.socket, calls.socketpair]) {
      for (const family of [1, 2, 10, 16]) expect(answerTo(machine, call, [family, 1, 0])).toBe('allow');
      for (const family of [0, 3, 15, 17, 31, 38, 40, 44]) expect(answerTo(machine, call, [family, 1, 0])).toBe(97);
    }
  });

  test('nothing gets a set-id bit', () => {
    for (const mode of [0o4755, 0o2755, 0o6000]) {
      expect(answerTo(machine, calls.fchmod, [3, mode])).toBe(1);
      expect(answerTo(machine, calls.fchmodat, [3, 0, mode])).toBe(1);
      expect(answerTo(machine, 452, [3, 0, mode])).toBe(1);
      expect(answerTo(machine, calls.mknodat, [3, 0, mode])).toBe(1);
      expect(answerTo(machine, calls.openat, [3, 0, 0o101, mode])).toBe(1);
      expect(answerTo(machine, calls.openat, [3, 0, 0o20200001, mode])).toBe(1);
      // Without O_CREAT there is no mode: whatever lies in the register means nothing.
      expect(answerTo(machine, calls.openat, [3, 0, 0o1, mode])).toBe('allow');
    }
    expect(answerTo(machine, calls.fchmod, [3, 0o1777])).toBe('allow');
    expect(answerTo(machine, calls.fchmodat, [3, 0o6000, 0o755])).toBe('allow');
    expect(answerTo(machine, calls.openat, [3, 0, 0o101, 0o666])).toBe('allow');
  });

  test('what namespaces do not fence is refused, or absent', () => {
    expect(answerTo(machine, calls.keyctl)).toBe(1);
    expect(answerTo(machine, calls.memfd)).toBe(38);
    expect(answerTo(machine, calls.shmget)).toBe(38);
    for (const call of [425, 426, 427, 437, 447]) expect(answerTo(machine, call)).toBe(38);
  });

  test('nothing is typed into a terminal, and no process is looked into', () => {
    for (const sandbox of ['namespaces', 'landlock'] as const) {
      for (const request of [0x5412, 0x541c]) expect(answerTo(machine, calls.ioctl, [0, request], { sandbox })).toBe(1);
      expect(answerTo(machine, calls.ioctl, [0, 0x5401], { sandbox })).toBe('allow');
      expect(answerTo(machine, calls.ptrace, [16, 1], { sandbox })).toBe(1);
    }
  });

  describe('where there are no namespaces', () => {
    const answer = (call: number, ...args: number[]) => answerTo(machine, call, args, { sandbox: 'landlock' });

    test('sockets are pairs that know only each other', () => {
      for (const family of [0, 1, 2, 10, 16, 17, 40]) expect(answer(calls.socket, family, 1, 0)).toBe(97);
      for (const type of [1, 5, 1 | 0o2004000]) expect(answer(calls.socketpair, 1, type, 0)).toBe('allow');
      for (const type of [2, 3, 2 | 0o2000000]) expect(answer(calls.socketpair, 1, type, 0)).toBe(1);
      for (const family of [0, 2, 16, 40]) expect(answer(calls.socketpair, family, 1, 0)).toBe(97);
    });

    test('modes and times are for the keeper to change', () => {
      expect(answer(calls.fchmodat, 3, 0o6000, 0o755)).toBe('keeper');
      expect(answer(452, 3, 0, 0o755)).toBe('keeper');
      expect(answer(calls.fchmodat, 3, 0, 0o4755)).toBe(1);
      expect(answer(calls.fchmod, 3, 0o755)).toBe('keeper');
      expect(answer(calls.fchmod, 3, 0o2755)).toBe(1);
      expect(answer(calls.utimensat, 3, 0x7fff_0000_0000, 0, 0)).toBe('keeper');
    });

    test('limits, priorities and schedules are of the caller alone', () => {
      expect(answer(calls.prlimit, 0, 7, 1)).toBe('allow');
      expect(answer(calls.prlimit, 77, 7, 1)).toBe(1);
      expect(answer(calls.setpriority, 0, 0, 5)).toBe('allow');
      for (const [which, who] of [
        [0, 77],
        [1, 0],
        [2, 0],
      ] as const)
        expect(answer(calls.setpriority, which, who)).toBe(1);
      expect(answer(calls.ioprio, 1, 0, 5)).toBe('allow');
      for (const [which, who] of [
        [1, 77],
        [2, 0],
        [3, 0],
      ] as const)
        expect(answer(calls.ioprio, which, who)).toBe(1);
    });

    test('no namespace is made', () => {
      expect(answer(calls.unshare, 0)).toBe(1);
      expect(answer(435)).toBe(38);
      expect(answer(calls.clone, 17)).toBe('allow');
      expect(answer(calls.clone, 0x3d0f00)).toBe('allow');
      for (const bit of [17, 25, 26, 27, 28, 29, 30]) expect(answer(calls.clone, 2 ** bit + 17)).toBe(1);
    });
  });

  test('calls of another processor, or of an older one, end the process', () => {
    expect(
      answerTo(machine, calls.read, [], {
        architecture: architectures[machine === 'x64' ? 'arm64' : 'x64'],
      }),
    ).toBe('kill');
    expect(answerTo(machine, calls.read, [], { architecture: 0x40000003 })).toBe('kill');
    expect(answerTo('x64', 0x40000000 | calls.read)).toBe('kill');
  });
});

test('other processors are not known', () => {
  expect(['x64', 'arm64', 'ia32', 'riscv64', 'arm'].filter(isMachine)).toEqual(['x64', 'arm64']);
});
