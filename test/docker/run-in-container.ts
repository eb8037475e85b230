// Runs Node on the project in a container that may do next to nothing, as a careful operator would start the agent in it.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Docker's own profile of system calls, and nothing added: what is not taken away here is taken away by default. */
const hardening = [
  '--init',
  '--user=10001:10001',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--read-only',
  '--tmpfs=/tmp:exec,mode=1777,size=256m',
  '--network=none',
  '--pids-limit=512',
  '--memory=1g',
];

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `more` are options of `docker run`. The project is in /app, to be read only. */
export async function runInContainer(
  image: string,
  args: readonly string[],
  { more = [], timeoutMs = 240_000 }: { more?: readonly string[]; timeoutMs?: number } = {},
): Promise<Ended> {
  const project = [`--volume=${root}:/app:ro`, '--workdir=/app', '--env=HOME=/tmp/home', '--env=NO_COLOR=1'];
  const child = spawn('docker', ['run', '--rm', ...hardening, ...project, ...more, image, 'node', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // The client passes it on, and the container ends.
    timeout: timeoutMs,
  });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}
