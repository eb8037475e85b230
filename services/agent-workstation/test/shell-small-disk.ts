// A program that fills a small disk by a command, slowly, and says how that ended and what is free then.
import { chownSync, statfsSync } from 'node:fs';
import { createShellAdapter } from '../src/shell/shell-adapter.ts';

const [workspace = '', sandbox] = process.argv.slice(2);
if (sandbox !== 'namespaces' && sandbox !== 'landlock') throw new TypeError(`no sandbox ${sandbox}`);
// Root's commands run as the workspace's owner there, who must not be root.
if (sandbox === 'landlock') chownSync(workspace, 10_001, 10_001);
const scope = {
  invocationId: 'turn-1-1',
  session: 'session',
  signal: new AbortController().signal,
  deadline: new Date(),
};
const shell = createShellAdapter({ workspace, sandbox }).execute(scope);
const fill = 'while head -c 4096 /dev/zero >> file; do sleep 0.01; done; sleep 60';
const { stopped } = await shell.run(['bash', '-c', fill], { folder: '.', timeoutMs: 15_000, outputBytesMax: 1000 });
const { bavail, bsize } = statfsSync(workspace);
console.log(JSON.stringify({ stopped, freeBytes: bavail * bsize }));
