// What the tests of the files skills share: the agent's own adapter over a real folder, and the refusals that all owe.
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFilesAdapter } from '@switchboard/agent-workstation/files';
import type { Artifact, JsonValue, Skill } from '@switchboard/contract';
import { runSkill, type SkillRunOptions, type SkillSetup } from '@switchboard/testkit/skill';
import { createSkillWorkspace, workspaceState } from '@switchboard/testkit/skill-workspace';
import { describe, expect, onTestFinished, test } from 'vitest';

export { describeSkill, reconcileSkill, runSkill } from '@switchboard/testkit/skill';
export { createSkillWorkspace, workspaceState };

/** `buy milk`, as another skill made it: an artifact for inputs. */
export const milk: Artifact = {
  id: '00000000-0000-7000-8000-0000000000aa',
  name: 'page.txt',
  mediaType: 'text/plain',
  bytes: 8,
  sha256: '933260194ce59178528d37861b7a69a5a7c221c81e8d7035474fd56acf895525',
};

export const onFiles: SkillSetup = {
  adapters: (workspace) => ({ files: createFilesAdapter({ workspace }) }),
  contents: { [milk.id]: Buffer.from('buy milk') },
};

type Input = Record<string, unknown>;

/** Every form of path that leads out, tried in each place where the skill takes a path. Nothing may change. */
export function describeEscapes(skill: Skill, ...inputs: ((path: string) => Input)[]): void {
  describe.each(inputs)(`${skill.contract.name} stays in the workspace (input %#)`, (inputOf) => {
    test.each([
      ['../secret.txt', 'path-escapes'],
      ['a/../../secret.txt', 'path-escapes'],
      ['/etc/passwd', 'path-escapes'],
      ['/proc/self/environ', 'path-escapes'],
      ['..\\secret.txt', 'path-escapes'],
      ['a.txt\0.png', 'path-escapes'],
      ['link/secret.txt', 'path-escapes'],
      ['proc/environ', 'path-escapes'],
      ['x'.repeat(256), 'bad-name'],
      ['a\u001b[2J.txt', 'bad-name'],
    ])('%j is refused with %s', async (path, reason) => {
      const { workspace, secrets } = createEscapes();
      const before = workspaceState(workspace);
      const run = runSkill(skill, { ...onFiles, workspace, input: inputOf(path) });
      await expect(run).rejects.toMatchObject({ code: 'skill-failed', reason });
      expect(workspaceState(workspace)).toEqual(before);
      expect(Object.keys(workspaceState(secrets))).toEqual(['secret.txt']);
    });
  });
}

const notFiles = [
  ['link.txt', 'path-escapes'],
  ['hard.txt', 'path-escapes'],
  ['pipe', 'not-a-file'],
  ['folder', 'is-folder'],
  ['.', 'is-folder'],
  ['a.txt/b', 'not-folder'],
] as const;

/** Names that are no plain files: a link, a hard link, a pipe, a folder. `takes`: folders are what it takes as well. */
export function describeNoFile(skill: Skill, inputOf: (path: string) => Input, takes?: 'folders'): void {
  const refused = notFiles.filter(([, reason]) => takes === undefined || reason !== 'is-folder');
  test.each(refused)(`${skill.contract.name} refuses %s with %s`, async (path, reason) => {
    const { workspace } = createEscapes();
    const run = runSkill(skill, { ...onFiles, workspace, input: inputOf(path) });
    await expect(run).rejects.toMatchObject({ reason });
  });
}

function createEscapes(): { workspace: string; secrets: string } {
  const secrets = mkdtempSync(join(tmpdir(), 'skill-secrets-'));
  onTestFinished(() => rmSync(secrets, { recursive: true }));
  writeFileSync(join(secrets, 'secret.txt'), 'secret');
  const workspace = createSkillWorkspace({ 'a.txt': 'mine', 'mine/b.txt': 'mine' });
  mkdirSync(join(workspace, 'folder'));
  symlinkSync(secrets, join(workspace, 'link'));
  symlinkSync('/proc/self', join(workspace, 'proc'));
  symlinkSync(join(secrets, 'secret.txt'), join(workspace, 'link.txt'));
  linkSync(join(secrets, 'secret.txt'), join(workspace, 'hard.txt'));
  execFileSync('mkfifo', [join(workspace, 'pipe')]);
  return { workspace, secrets };
}

/** Runs it up to its last note, and dies there: the effect has not begun. Returns what it noted. */
export async function dieAtNote(skill: Skill, options: SkillRunOptions): Promise<JsonValue | undefined> {
  let noted: JsonValue | undefined;
  const died = new Error('the agent died');
  const onNote = (data: JsonValue): void => {
    noted = data;
    throw died;
  };
  await expect(runSkill(skill, { ...options, onNote })).rejects.toBe(died);
  return noted;
}

/** What a dead attempt may leave beside the file it was writing. */
export function leaveTemporaryFile(workspace: string, folder = '.'): void {
  writeFileSync(join(workspace, folder, '.sb-dead-turn-1.tmp'), 'half of what it was to ');
}
