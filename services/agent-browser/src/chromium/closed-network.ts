// A network for Chromium with nothing in it but the ports of our proxies: there is no other way out, whatever runs in it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { listenOnLoopback } from '../egress/listen-on-loopback.ts';

const door = fileURLToPath(new URL('network-door.ts', import.meta.url));
const openMsMax = 10_000;
/** Root gets another user id too, because Chromium keeps its sandbox on for everybody else only. */
const asNobody = ['--user', '--map-user=65534', '--map-group=65534'];
/** A new network has its loopback down: SIOCSIFFLAGS with IFF_UP | IFF_RUNNING, which Node cannot ask for. */
const loopbackUp = `
  use Socket;
  socket(my $socket, AF_INET, SOCK_DGRAM, 0) or die "socket: $!";
  my $request = pack("a16 s x14", "lo", 0x41);
  ioctl($socket, 0x8914, $request) or die "ioctl: $!";
  exec { $ARGV[0] } @ARGV or die "exec: $!";
`;

export interface BrowserNetwork {
  /** The kernel itself closes it; without that, Chromium’s switches do. */
  readonly closed: boolean;
  /** Put before the program that is to live in it. */
  readonly enter: readonly string[];
  /** Lets a server take connections from there; resolves to its address, as a proxy setting has it. */
  listen(server: Server): Promise<string>;
  end(): void;
}

/** The machine's own network, for where the kernel gives nobody another one. */
export function openNetwork(): BrowserNetwork {
  const enter = process.getuid?.() === 0 ? ['unshare', ...asNobody, '--'] : [];
  return { closed: false, enter, listen: listenOnLoopback, end: () => undefined };
}

type Port = readonly [port: number, handle: unknown];

/** The next message of the door. `gone` rejects when it has ended. */
async function portOf(child: ChildProcess, gone: Promise<never>): Promise<Port> {
  const message = once(child, 'message', { signal: AbortSignal.timeout(openMsMax) });
  const [said, handle]: unknown[] = await Promise.race([message, gone]);
  const isPort = typeof said === 'object' && said !== null && 'port' in said;
  if (isPort && typeof said.port === 'number') return [said.port, handle];
  throw new TypeError('the network has answered something else');
}

/** In namespaces of its own, where the kernel allows them. Ends with this process, however that ends. */
export async function createBrowserNetwork(): Promise<BrowserNetwork> {
  const unshare = [...asNobody, '--net', '--keep-caps', '--', 'perl', '-e', loopbackUp];
  const child = spawn('unshare', [...unshare, process.execPath, '--max-old-space-size=16', door], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {},
  });
  const gone = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the network has ended')));
  });
  gone.catch(() => undefined);
  try {
    await portOf(child, gone);
  } catch {
    child.kill('SIGKILL');
    return openNetwork();
  }
  // One at a time: an answer does not say whose it is.
  let before: Promise<unknown> = Promise.resolve();
  const nextPort = (): Promise<Port> => {
    const mine = before.then(() => {
      child.send('listen');
      return portOf(child, gone);
    });
    before = mine.catch(() => undefined);
    return mine;
  };
  const namespaces = ['user', 'net'].map((kind) => `--${kind}=/proc/${child.pid}/ns/${kind}`);
  return {
    closed: true,
    enter: ['nsenter', ...namespaces, '--preserve-credentials', '--'],
    async listen(server) {
      const [port, handle] = await nextPort();
      if (!(handle instanceof Server)) throw new TypeError('the network has given no port');
      server.listen(handle);
      if (!server.listening) await once(server, 'listening');
      return `http://127.0.0.1:${port}`;
    },
    end: () => child.kill('SIGKILL'),
  };
}
