// Does the sandbox of this machine hold what it promises? Tried with real commands before any skill may run one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Shell } from '@switchboard/contract';
import { createShellAdapter, type ShellOptions } from './shell-adapter.ts';

const probeMs = 20_000;
const outputBytesMax = 4096;
/** Two of them fit into what an agent may say of a skill that it does not offer. */
const whyCharactersMax = 200;
const script = readFileSync(join(import.meta.dirname, 'probe.sh'), 'utf8');

export type Probed = { readonly ok: true } | { readonly ok: false; readonly why: string };

/**
 * Never rejects. `why` is a sentence for the operator. Takes a fraction of a second, and leaves nothing behind; may be
 * called again, for example after the system was set up differently.
 */
export async function probeSandbox(options: ShellOptions): Promise<Probed> {
  const outside = mkdtempSync(join(tmpdir(), 'switchboard-probe-'));
  const servers = [createServer((socket) => socket.destroy()), createServer((socket) => socket.destroy())] as const;
  const bait = spawn('sleep', [String(probeMs / 1000)], { stdio: 'ignore' }).on('error', () => {});
  try {
    const secret = join(outside, 'secret');
    writeFileSync(secret, 'not for commands');
    const port = await listen(servers[0], { port: 0, host: '127.0.0.1' });
    await listen(servers[1], { path: join(outside, 'socket') });
    const deadline = new Date(Date.now() + probeMs);
    const scope = { invocationId: 'probe', session: 'probe', signal: AbortSignal.timeout(probeMs), deadline };
    const shell = createShellAdapter(options).execute(scope);
    const why = await broken(shell, [secret, String(port), String(bait.pid)]);
    if (why !== undefined) return refused(why);
    if (bait.exitCode !== null || bait.signalCode !== null) return refused('The sandbox lets signals out.');
    return { ok: true };
  } catch (error) {
    const hint = options.sandbox === 'namespaces' ? hints() : [];
    return refused([error instanceof Error ? error.message : String(error), ...hint].join(' '));
  } finally {
    bait.kill('SIGKILL');
    for (const server of servers) server.close();
    rmSync(outside, { recursive: true, force: true });
  }
}

function refused(why: string): Probed {
  return { ok: false, why: why.slice(0, whyCharactersMax) };
}

/** The port, where there is one. */
async function listen(server: Server, where: ListenOptions): Promise<number | undefined> {
  server.listen(where);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' ? address?.port : undefined;
}

async function broken(shell: Shell, baits: readonly string[]): Promise<string | undefined> {
  const common = { folder: '.', outputBytesMax };
  const argv = ['sh', '-c', script, 'probe', ...baits];
  const probe = await shell.run(argv, { ...common, timeoutMs: probeMs });
  const said = Buffer.concat([probe.stdout, probe.stderr]).toString().trim();
  if (probe.exitCode !== 0 || said !== '') return `The sandbox does not hold: ${said || `it ended ${probe.exitCode}`}.`;
  const endless = await shell.run(['sleep', '60'], { ...common, timeoutMs: 100 });
  return endless.stopped === 'time' ? undefined : 'The sandbox does not end a command when its time is over.';
}

/** Settings of the system that are known to forbid sandboxes to ordinary users. */
const settings = [
  ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1', 'kernel.apparmor_restrict_unprivileged_userns=0'],
  ['/proc/sys/kernel/unprivileged_userns_clone', '0', 'kernel.unprivileged_userns_clone=1'],
  ['/proc/sys/user/max_user_namespaces', '0', 'user.max_user_namespaces=10000'],
] as const;

function hints(): string[] {
  return settings.flatMap(([path, forbids, remedy]) => {
    try {
      return readFileSync(path, 'latin1').trim() === forbids
        ? [`The system forbids it: set ${remedy} with sysctl.`]
        : [];
    } catch {
      return [];
    }
  });
}
