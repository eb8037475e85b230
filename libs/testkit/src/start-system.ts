// The whole of Switchboard as `npm start` runs it, for tests: in a home of its own, on a free port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { dieWithParent } from '@switchboard/embedded';
import { z } from 'zod';
import { projectRoot } from './project-root.ts';
import { tempFolder } from './temp-folder.ts';

const readyMsMax = 60_000;
const runSchema = z.object({ url: z.string(), natsUrl: z.string(), session: z.string() });

export interface System {
  readonly url: string;
  readonly natsUrl: string;
  readonly home: string;
  readonly workspace: string;
  readonly key: string;
  /** The session of the prompt and of the printed example. */
  readonly session: string;
  readonly pid: number;
  /** Everything that was printed so far. */
  output(): string;
  /** The process whose command line holds `part`, among those it started. */
  pidOf(part: string): number;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Asks it to stop and waits; the exit code. May be called again. */
  stop(): Promise<number | null>;
  /** Stops it and removes its home, unless that was given. */
  close(): Promise<void>;
}

export interface SystemOptions {
  /** A home of before. */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Every process beneath `parent`, with its command line. */
export function processesBeneath(parent: number): { pid: number; command: string }[] {
  try {
    const pids = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return pids.map(Number).flatMap((pid) => {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return [{ pid, command }, ...processesBeneath(pid)];
    });
  } catch {
    return [];
  }
}

/** Throws with everything that was printed when it does not become ready. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const folder = options.home === undefined ? await tempFolder() : undefined;
  const home = options.home ?? join(folder?.path ?? '', 'home');
  const port = await freePort();
  const [file = '', ...args] = dieWithParent('SIGTERM', [process.execPath, join(projectRoot, 'scripts', 'start.ts')]);
  const child = spawn(file, args, {
    // What this machine happens to have is no part of a test.
    env: { ...process.env, OLLAMA_URL: 'off', SWITCHBOARD_HOME: home, PORT: String(port), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  const fail = (why: string): void => reject(new Error(`${why}:\n${lines.join('\n')}`));
  const timer = setTimeout(() => fail(`not ready in ${readyMsMax} ms`), readyMsMax);
  void exited.then((code) => fail(`ended with ${code}`));
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (line.startsWith('Switchboard is ready')) resolve();
    });
  }
  const stop = (): Promise<number | null> => {
    child.kill('SIGTERM');
    return exited;
  };
  const close = async (): Promise<void> => {
    await stop();
    await folder?.remove();
  };
  try {
    await ready;
  } catch (error) {
    await close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  const run = runSchema.parse(JSON.parse(readFileSync(join(home, 'run.json'), 'utf8')));
  const key = readFileSync(join(home, 'admin.key'), 'utf8').trim();
  const pid = child.pid ?? 0;
  return {
    ...run,
    home,
    workspace: join(home, 'workspace'),
    key,
    pid,
    output: () => lines.join('\n'),
    pidOf(part) {
      const found = processesBeneath(pid).find((candidate) => candidate.command.includes(part));
      if (!found) throw new Error(`no process with ${part}`);
      return found.pid;
    },
    call: (method, path, body, headers = {}) =>
      fetch(`${run.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        signal: AbortSignal.timeout(60_000),
      }),
    stop,
    close,
  };
}
