// run-script runs texts and files of four languages, and nothing that is not a script of the workspace.
import { linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createSkillWorkspace } from '@switchboard/testkit/skill-workspace';
import { describe, expect, test } from 'vitest';
import { canSandbox, describeSkill, onShell, runSkill } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const run = (input: Record<string, unknown>, files: Record<string, string> = {}) =>
  runSkill(skill, { ...onShell, files, input });

describe.skipIf(!canSandbox)('run-script', () => {
  describeSkill(skill, onShell);

  test.each([
    ['bash', 'x=(1 2); echo "$((x[1])) $1"'],
    ['sh', 'echo "$((1 + 1)) $1"'],
    ['node', 'console.log(1 + 1, process.argv[1])'],
    [undefined, 'echo "2 $1"'],
  ])('runs a text in %s', async (language, script) => {
    const { output } = await run({ script, language, arguments: ['--three'] });
    expect(output).toMatchObject({ exitCode: 0, stdout: '2 --three\n', stderr: '' });
  });

  test.each([
    ['a.sh', undefined, 'echo "$(basename "$0") $1"'],
    ['a.bash', undefined, '[[ $1 == g* ]] && echo "a.bash $1"'],
    ['a.js', undefined, 'console.log("a.js", require("node:process").argv[2])'],
    ['a.mjs', undefined, 'import process from "node:process"; console.log("a.mjs", process.argv[2])'],
    ['a.ts', undefined, 'const x: string | undefined = process.argv[2]; console.log("a.ts", x)'],
    ['-c', 'sh', 'echo "-c $1"'],
    ['a b/--c', 'node', 'console.log("a b/--c", process.argv[2])'],
  ])('runs the file %s', async (file, language, script) => {
    const { output } = await run({ file, language, arguments: ['given'] }, { [file]: script });
    expect(output).toMatchObject({ exitCode: 0, stdout: `${file} given\n`, stderr: '' });
  });

  test('runs Python where there is Python, and says where there is none', async () => {
    const ran = await run({
      language: 'python',
      script: 'import sys; print(6 * 7, sys.argv[1:])',
      arguments: ['a'],
    }).then(
      ({ text }) => text,
      (error) => error.reason,
    );
    expect(["42 ['a']", 'not-found']).toContain(ran);
  });

  test('runs in the workspace, with its input', async () => {
    expect((await run({ script: 'pwd; cat', stdin: 'in' })).text).toBe('/workspace\nin');
  });

  test('a script that fails is a result', async () => {
    const { output, text } = await run({ file: 'a.js' }, { 'a.js': 'throw new Error("no luck")' });
    expect(output).toMatchObject({ exitCode: 1, stdout: '' });
    expect(text).toMatch(/^It failed with exit code 1\.\n\nError output:\n.*no luck/s);
  });

  test('refuses what is no script file of the workspace', async () => {
    const workspace = createSkillWorkspace({ 'a.txt': 'echo', 'a.sh': 'echo', 'b.sh': 'echo' });
    mkdirSync(join(workspace, 'folder.sh'));
    symlinkSync('/etc/profile', join(workspace, 'link.sh'));
    symlinkSync('.', join(workspace, 'link'));
    linkSync(join(workspace, 'b.sh'), join(workspace, 'hard.txt'));
    const refusals = {
      'none.sh': 'not-found',
      'folder.sh': 'not-a-file',
      'a.sh/b.sh': 'not-folder',
      'link.sh': 'not-a-file',
      'link/a.sh': 'path-escapes',
      '../a.sh': 'path-escapes',
      '/etc/profile': 'path-escapes',
      'a.txt': 'unknown-language',
      'x\u001b.sh': 'bad-name',
    };
    for (const [file, reason] of Object.entries(refusals)) {
      const refused = runSkill(skill, { ...onShell, workspace, input: { file } });
      await expect(refused, file).rejects.toMatchObject({ code: 'skill-failed', reason });
    }
  });
});

test('takes either a text or a file', () => {
  const bad = [{}, { script: 'a', file: 'b' }, { script: '' }, { script: 'a', language: 'cobol' }, { script: 'a\0' }];
  const more = [
    { script: 'a', arguments: ['\0'] },
    { script: 'a', arguments: Array(65).fill('a') },
    { file: 'a', path: 'b' },
  ];
  for (const input of [...bad, ...more])
    expect([input, contract.input.safeParse(input).success]).toEqual([input, false]);
});

test('asks with the whole script in sight', () => {
  const input = contract.input.parse({ script: 'a\nb', language: 'sh', arguments: ['c'], stdin: 'd' });
  expect(contract.ask?.(input)).toBe(
    'Run this script as sh in the workspace.\n\na\nb\n\nIt is called with\n\nc\n\nIt is given this input:\n\nd\n\nIt has no network and nothing outside the workspace, and at most 60 s.',
  );
});
