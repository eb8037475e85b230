// Which processes came from this one, so that a test can count those of Chromium.
import { readdirSync, readFileSync } from 'node:fs';

interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** `Z`: it has ended and nobody has asked how. */
  readonly state: string;
  readonly residentBytes: number;
}

function infoOf(pid: string): ProcessInfo | undefined {
  try {
    const [, state = '', parent = ''] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return { pid: Number(pid), parent: Number(parent), state, residentBytes: pages * 4096 };
  } catch {
    return undefined;
  }
}

/** Children of `pid` and their children, zombies included. */
export function descendantsOf(pid: number): ProcessInfo[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => infoOf(name) ?? []);
  const found: ProcessInfo[] = [];
  const left = [pid];
  for (let parent = left.pop(); parent !== undefined; parent = left.pop()) {
    const children = all.filter((one) => one.parent === parent);
    found.push(...children);
    left.push(...children.map((child) => child.pid));
  }
  return found;
}
