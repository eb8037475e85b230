// Network namespaces for processes of a stage, each on a switch by one cable that can be pulled. Only root may make them.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ip = (...words: string[]) => run('ip', words);

/** They cannot be made here; the message says why. */
export class NoNetworksError extends Error {
  override readonly name = 'NoNetworksError';
}

export interface Networks {
  readonly names: readonly string[];
  /** Of the suite, as these processes see it. */
  readonly address: string;
  /** Put before a command line: it runs there. Empty for a name that has no network of its own. */
  prefixOf(name: string): readonly string[];
  /** Nobody is told: packets just stop, in both directions. */
  pull(name: string): Promise<void>;
  plug(name: string): Promise<void>;
  close(): Promise<void>;
}

/** One for each name, on a net that is nobody's (RFC 2544). Throws NoNetworksError, with nothing left behind. */
export async function makeNetworks(names: readonly string[]): Promise<Networks> {
  const id = `sb${process.pid}`;
  const subnet = `198.18.${process.pid % 256}`;
  const spaceOf = (name: string): string => `${id}-${name}`;
  const cableOf = (name: string): string => `${id}v${names.indexOf(name)}`;
  const plug = async (name: string): Promise<void> => void (await ip('link', 'set', cableOf(name), 'master', id, 'up'));
  const close = async (): Promise<void> => {
    for (const name of names) await ip('netns', 'delete', spaceOf(name)).catch(() => {});
    await ip('link', 'delete', id).catch(() => {});
  };
  try {
    await ip('link', 'add', id, 'type', 'bridge');
    await ip('address', 'add', `${subnet}.1/24`, 'dev', id);
    await ip('link', 'set', id, 'up');
    for (const [index, name] of names.entries()) {
      const inside = ['-n', spaceOf(name)];
      await ip('netns', 'add', spaceOf(name));
      await ip('link', 'add', cableOf(name), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', spaceOf(name));
      await ip(...inside, 'address', 'add', `${subnet}.${index + 2}/24`, 'dev', 'eth0');
      await ip(...inside, 'link', 'set', 'lo', 'up');
      await ip(...inside, 'link', 'set', 'eth0', 'up');
      await plug(name);
    }
  } catch (cause) {
    await close();
    const why = cause instanceof Error ? cause.message.trim() : cause;
    throw new NoNetworksError(`networks of their own need root, iproute2, and bridges in the kernel: ${why}`, {
      cause,
    });
  }
  return {
    names,
    address: `${subnet}.1`,
    prefixOf: (name) => (names.includes(name) ? ['nsenter', `--net=/run/netns/${spaceOf(name)}`, '--'] : []),
    pull: async (name) => void (await ip('link', 'set', cableOf(name), 'nomaster')),
    plug,
    close,
  };
}
