// System calls by number, for what no program offers.

export const numbers = {
  x64: {
    ...{ keyctl: 250, memfd: 319, shmget: 29, bpf: 321, unshare: 272, setns: 308, uring: 425, capget: 125, prctl: 157 },
    ...{ kill: 62, tkill: 200, tgkill: 234, sigqueue: 129, ptrace: 101, readv: 310, fchmodat2: 452 },
    ...{ prlimit: 302, setpriority: 141, affinity: 203, scheduler: 144, ioprio: 251 },
  },
  arm64: { capget: 90, prctl: 167 },
};
export const machine = process.arch === 'arm64' ? 'arm64' : 'x64';
