// Runs the docker command, with an end to it, and says what it said.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface DockerOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
  /** Written to its input. */
  readonly input?: string;
}

/** Whatever it ends with. */
export async function tryDocker(args: readonly string[], options: DockerOptions = {}): Promise<Said> {
  const { env = {}, cwd, timeoutMs = 120_000, input } = options;
  const child = spawn('docker', args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  child.stdin?.end(input);
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const { stdout: out, stderr: err } = child;
  if (!out || !err) throw new Error('docker has no output');
  const [stdout, stderr, code] = await Promise.all([text(out), text(err), ended]);
  return { code, stdout, stderr };
}

/** What it wrote to stdout. Throws with what it wrote to stderr when it fails. */
export async function docker(args: readonly string[], options?: DockerOptions): Promise<string> {
  const { code, stdout, stderr } = await tryDocker(args, options);
  if (code === 0) return stdout;
  throw new Error(`docker ${args.join(' ')}: exit code ${code}\n${stderr.trim()}\n${stdout.trim()}`);
}
