// A program that runs each changing skill on a full disk and says, one JSON line each, how it ended and what changed.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFilesAdapter } from '@switchboard/agent-workstation/files';
import { SkillError } from '@switchboard/contract';
import { createSkillCall } from '@switchboard/testkit/skill-call';
import { filesSkills } from './files-skills.ts';

const workspace = process.argv[2] ?? '';
const adapters = { files: createFilesAdapter({ workspace }) };
writeFileSync(join(workspace, 'half.txt'), 'milk\n'.repeat(80_000));
writeFileSync(join(workspace, 'filler'), Buffer.alloc(600_000));

const inputs: Record<string, Record<string, unknown>> = {
  'write-file': { path: 'new/a.txt', text: 'x'.repeat(100_000) },
  'append-file': { path: 'half.txt', text: 'x' },
  'replace-text': { path: 'half.txt', oldText: 'milk', newText: 'cream' },
  'copy-file': { from: 'half.txt', to: 'new/b.txt' },
  'make-folder': { path: Array.from({ length: 40 }, (_, n) => n).join('/') },
  'move-file': { from: 'half.txt', to: `${Array.from({ length: 40 }, (_, n) => n).join('/')}/` },
};

function state(): string {
  const names = readdirSync(workspace, { recursive: true, encoding: 'utf8' }).sort();
  const contents = names.map((name) => {
    const path = join(workspace, name);
    return [name, statSync(path).isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder'];
  });
  return JSON.stringify(contents);
}

for (const [name, input] of Object.entries(inputs)) {
  const skill = filesSkills.find(({ contract }) => contract.name === name);
  if (skill === undefined) throw new Error(`there is no skill ${name}`);
  const { ctx } = createSkillCall(skill.contract, { workspace, adapters: () => adapters });
  const before = state();
  const reason = await skill.handler.run(ctx, skill.contract.input.parse(input)).then(
    () => 'done',
    (error) => (error instanceof SkillError ? error.reason : String(error)),
  );
  const listed = reason !== undefined && Object.hasOwn(skill.contract.errors, reason);
  console.log(JSON.stringify({ name, reason, listed, changed: state() !== before }));
}
