// ntfy, a real notification server, for tests: one topic, who may read and write it, and who may only write.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dieWithParent, onFreePort, type ServerProcess, startServer } from '@switchboard/embedded';
import { z } from 'zod';
import { tempFolder } from '../temp-folder.ts';
import { type DebianPackages, debianPackages } from './debian.ts';

const run = promisify(execFile);

const topic = 'home';
const tokens = { agent: 'tk_agentagentagentagentagentagen', writer: 'tk_writerwriterwriterwriterwrite' } as const;
/** Of a password that nobody uses. */
const passwordHash = '$2a$10$tUAQLoRo3aFiy/I2mE0IVuy3IT6/cT2BPNZtnpwyEZRGSauqyj4C.';

const messageSchema = z.object({
  message: z.string(),
  title: z.string().optional(),
  priority: z.int().optional(),
  tags: z.array(z.string()).optional(),
  click: z.string().optional(),
  sequence_id: z.string().optional(),
});
export type NtfyMessage = z.infer<typeof messageSchema>;

export interface NtfyServer {
  readonly url: string;
  readonly port: number;
  readonly topic: string;
  /** agent: may do all with the topic. writer: may only write to it. */
  readonly tokens: typeof tokens;
  /** All that the topic holds, oldest first. */
  messages(): Promise<NtfyMessage[]>;
  /** As a crash does it. */
  kill9(): Promise<void>;
  /** Stops it if it runs, and starts it on the same port with the same messages. */
  restart(): Promise<void>;
  halt(): Promise<void>;
  /** And removes its files. May be called again. */
  stop(): Promise<void>;
}

/** For `describe.skipIf`: all that this server needs, or why this machine does not have it. */
export async function ntfyPackages(): Promise<DebianPackages> {
  const found = await debianPackages({ name: 'ntfy', packages: ['ntfy'], suite: 'sid' });
  if (found.missing !== undefined) return found;
  return run(programOf(found.root), ['--version'], { timeout: 10_000 }).then(
    () => found,
    () => ({ missing: 'ntfy does not run here: it needs libsqlite3' }),
  );
}

const programOf = (root: string): string => join(root, 'usr/bin/ntfy');

/** Ends with this process. Throws StartError, or an Error with what `ntfyPackages` says is missing. */
export async function startNtfy(): Promise<NtfyServer> {
  const packages = await ntfyPackages();
  if (packages.missing !== undefined) throw new Error(packages.missing);
  const program = programOf(packages.root);
  const folder = await tempFolder();
  const start = (on?: number): Promise<{ port: number; server: ServerProcess }> =>
    onFreePort(on, async (port) => ({ port, server: await launch(program, folder.path, port) }));
  let { port, server } = await start();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    topic,
    tokens,
    async messages() {
      const headers = { authorization: `Bearer ${tokens.agent}` };
      const signal = AbortSignal.timeout(10_000);
      const response = await fetch(`${url}/${topic}/json?poll=1&since=all`, { headers, signal });
      if (!response.ok) throw new Error(`ntfy answers ${response.status}`);
      const lines = (await response.text()).split('\n').filter(Boolean);
      return lines.map((line) => messageSchema.parse(JSON.parse(line)));
    },
    async kill9() {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    async restart() {
      await server.stop();
      ({ port, server } = await start(port));
    },
    halt: () => server.stop(),
    async stop() {
      await server.stop();
      await folder.remove();
    },
  };
}

async function launch(program: string, dir: string, port: number): Promise<ServerProcess> {
  const conf = join(dir, 'server.yml');
  const settings = {
    'listen-http': `127.0.0.1:${port}`,
    'base-url': `http://127.0.0.1:${port}`,
    'cache-file': join(dir, 'cache.db'),
    'auth-file': join(dir, 'user.db'),
    'auth-default-access': 'deny-all',
    // A test may look as often as it likes.
    'visitor-request-limit-exempt-hosts': '127.0.0.1',
    'auth-users': [`agent:${passwordHash}:user`, `writer:${passwordHash}:user`],
    'auth-access': [`agent:${topic}:rw`, `writer:${topic}:wo`],
    'auth-tokens': [`agent:${tokens.agent}`, `writer:${tokens.writer}`],
  };
  // JSON is YAML.
  await writeFile(conf, JSON.stringify(settings));
  return await startServer({
    name: 'ntfy',
    argv: dieWithParent('SIGTERM', [program, 'serve', '-c', conf]),
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    cwd: dir,
    ready: /Listening on/,
    readyMsMax: 30_000,
    stopSignals: [['SIGTERM', 5_000]],
  });
}
