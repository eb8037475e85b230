// In a container where no namespaces can be made, commands are fenced in by Landlock: the same attacks, the same answers.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TempFolder, tempFolder } from '@switchboard/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runInContainer } from './run-in-container.ts';

/** The newest Debian, and the oldest that is supported: its userland knows nothing of Landlock. */
const images = ['node:24-trixie-slim', 'node:24-bookworm-slim'];

const choose = `
  import { chooseSandbox } from '/app/services/agent-workstation/src/shell/choose-sandbox.ts';
  import { mkdirSync } from 'node:fs';
  mkdirSync('/tmp/workspace');
  console.log(JSON.stringify(await chooseSandbox({ workspace: '/tmp/workspace' }, process.argv[1])));`;

let folder: TempFolder;
beforeAll(async () => {
  folder = await tempFolder();
});
afterAll(() => folder.remove());

describe.each(images)('in %s', (image) => {
  async function chosen(wanted: string, more: readonly string[] = []): Promise<unknown> {
    const { stdout, stderr } = await runInContainer(image, ['--input-type=module', '-e', choose, wanted], { more });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  }

  test('the sandbox that holds is Landlock', async () => {
    expect(await chosen('auto')).toEqual({ ok: true, sandbox: 'landlock' });
    expect(await chosen('namespaces')).toEqual({
      ok: false,
      why: expect.stringMatching(/^namespaces: There is no sandbox .*: unshare: Operation not permitted/),
    });
  });

  test('no sandbox holds where Landlock is forbidden too', async () => {
    const forbidding = join(folder.path, 'profile.json');
    const refused = ['landlock_create_ruleset', 'unshare'].map((name) => ({
      names: [name],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: 1,
    }));
    writeFileSync(forbidding, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: refused }));
    expect(await chosen('auto', [`--security-opt=seccomp=${forbidding}`])).toEqual({
      ok: false,
      why: expect.stringMatching(/^namespaces: .*; landlock: .*no Landlock: Operation not permitted/),
    });
  });

  test('it withstands the same attacks', async () => {
    // TAP, a line for each test, because every other format is written to a file.
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--configLoader=native', '--reporter=tap-flat'];
    const ended = await runInContainer(image, [...vitest, 'services/agent-workstation/test/shell-']);
    const lines = ended.stdout.split('\n');
    expect(lines.filter((line) => line.startsWith('not ok')).join('\n')).toBe('');
    const passed = lines.filter((line) => /^ok .*, in landlock, .* # time=/.test(line));
    expect(passed.length).toBeGreaterThanOrEqual(60);
    expect(ended.code).toBe(0);
  });
});
