// Whether the skills that a goal needs are among those that a model would choose from: over all skills that are shipped.
import { readFileSync } from 'node:fs';
import { describeContract, type RouteDecision } from '@switchboard/contract';
import { type CatalogueIndex, candidatesOf, explain, indexCatalogue } from '@switchboard/router';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { deployment } from '../../scripts/generate/agents.ts';

const index: CatalogueIndex = indexCatalogue(
  Object.entries(deployment).flatMap(([agent, skills]) =>
    skills
      .map(({ contract }) => ({ agent, document: describeContract(contract) }))
      .filter(({ document }) => document.audience === undefined),
  ),
);
const names = new Set(index.skills.map((skill) => skill.name));
const goalSchema = z.strictObject({ goal: z.string(), needs: z.array(z.string()).min(1) });

function goalsOf(name: string): z.infer<typeof goalSchema>[] {
  const lines = readFileSync(new URL(name, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => goalSchema.parse(JSON.parse(line)));
}

const recallOf = (goals: ReturnType<typeof goalsOf>) => {
  const lacking = goals.flatMap(({ goal, needs }) => {
    const among = candidatesOf(goal, index);
    expect(among.length).toBeLessThanOrEqual(12);
    const missing = needs.filter((name) => !among.includes(name));
    return missing.length === 0 ? [] : [`${goal} lacks ${missing.join(', ')}`];
  });
  return { share: 1 - lacking.length / goals.length, lacking };
};

test('goals speak of skills that there are', () => {
  const needed = [...goalsOf('goals.jsonl'), ...goalsOf('goals-held-out.jsonl')].flatMap(({ needs }) => needs);
  expect(needed.filter((name) => !names.has(name))).toEqual([]);
});

test('of 66 goals, 95 in 100 find all that they need among 12 candidates', () => {
  const goals = goalsOf('goals.jsonl');
  expect(goals).toHaveLength(66);
  const { share, lacking } = recallOf(goals);
  expect(share, lacking.join('\n')).toBeGreaterThanOrEqual(0.95);
});

test('goals that nothing was fitted to do hardly worse', () => {
  const { share, lacking } = recallOf(goalsOf('goals-held-out.jsonl'));
  expect(share, lacking.join('\n')).toBeGreaterThanOrEqual(0.85);
});

const decided = (text: string): RouteDecision => explain({ v: 1, text, recent: [], model: { said: [] } }, index);

test.each([
  'hi',
  'Good morning!',
  'thanks a lot',
  'Hello there, how are you?',
  'what do you think about the weather',
  'who are you?',
  'tell me a joke',
])('“%s” is talk, for which no skill is needed and no model chooses', (text) => {
  expect(decided(text)).toMatchObject({ outcome: 'drive', stage: 'model', skills: [] });
  expect(decided(text)).not.toHaveProperty('agent');
});

test.each([
  'search mail for invoices and mail the total to anna@example.org',
  'read notes/plan.md and tell me what is important',
  'find the invoice of Acme in my mail, summarise it and mail it to bob@example.org',
  'Write a short poem about spring and store it in poems/spring.txt',
])('“%s” asks for more than one skill does', (text) => {
  expect(decided(text)).toMatchObject({ outcome: 'drive', stage: 'model' });
});

test.each([
  'read notes/plan.md',
  'write milk and call mom to todo.txt',
  'delete a.txt and b.txt',
  'search files for cats and dogs',
  'run ls -la; git status',
  'take a screenshot of https://example.org and mail it to anna@example.org',
  'make a folder notes and then write milk to notes/list.txt',
  '/read-file notes/plan.md',
  '/nothing-like-it a.txt',
  "don't delete notes.txt",
  'help',
])('“%s” is decided by rules alone, model or not', (text) => {
  const { outcome, stage } = decided(text);
  expect(outcome).not.toBe('drive');
  expect(decided(text)).toEqual(explain({ v: 1, text, recent: [] }, index));
  expect(stage).not.toBe('model');
});

test.each([
  'what do you think about deleting notes.txt',
  'how do I delete a file?',
  'did you send the mail to anna@example.org?',
  'I deleted notes.txt by accident',
])('“%s” is no order: what may be chosen only reads', (text) => {
  const decision = decided(text);
  const skills = decision.outcome === 'drive' ? decision.skills.map(({ skill }) => skill) : undefined;
  const effects = skills?.map((name) => index.skills.find((one) => one.name === name)?.effect);
  expect(new Set(effects)).toEqual(new Set(['read']));
});
