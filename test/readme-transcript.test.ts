// The README's transcript of a goal for a model is what the recorded conversation plays against the whole system.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@switchboard/testkit';
import { expect, test } from 'vitest';
import { unfamiliar } from './conversations/recording.ts';
import { severalRoles } from './conversations/several-roles.ts';

test('the README shows the goal of three skills, two agents and one approval as it is played', () => {
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const blocks = readme.split('```');
  const [played] = severalRoles;
  const [turn] = played?.turns ?? [];
  const shown = blocks.find((block) => block.includes(`> ${turn?.person}\n`)) ?? '';
  const said = (turn?.model ?? []).flatMap(({ says }) => {
    if ('fault' in says) return [];
    const { to, subject, text } = (says.call?.arguments ?? {}) as Record<string, string | string[]>;
    return says.call?.tool === 'send-mail' ? [String(to), `Subject: ${subject}`, String(text)] : (says.text ?? []);
  });
  expect(said.filter((line) => !shown.includes(line))).toEqual([]);
  expect(said.length).toBeGreaterThan(3);
  expect([shown.includes(unfamiliar), shown.includes('Go ahead? [y/N]\n? y\n')]).toEqual([true, true]);
  expect(turn?.end.steps).toHaveLength(3);
  expect(new Set(turn?.end.steps.map((step) => step.split(' ')[0])).size).toBe(2);
  expect(turn?.replies).toHaveLength(1);
});
