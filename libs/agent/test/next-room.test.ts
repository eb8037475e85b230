// How much of a question there is room for: what goes first, what is only begun, and what is always in it.
import { randomUUID } from 'node:crypto';
import type { Fact, Next, Observation } from '@switchboard/contract';
import { workstationSkills } from '@switchboard/skills/workstation';
import { expect, test } from 'vitest';
import { createMarks } from '../src/next/marks.ts';
import { buildPrompt, type Prompt } from '../src/next/prompt.ts';
import { shrinkQuestion } from '../src/next/question.ts';
import { offered, question, result } from './next-bench.ts';

const role = { name: 'workstation', description: 'Files, folders and commands in one workspace.' };
const promptOf = (asked: Next): Prompt => buildPrompt(asked, role, createMarks());
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const ten = workstationSkills.slice(0, 10).map((skill) => offered(skill));
const roles = ['browser', 'messenger', 'business'].map((agent) => ({ agent, description: `${agent}: what it does.` }));

test('where it is too much the oldest messages go, and half of what came of steps', () => {
  const messages = Array.from({ length: 8 }, (_, index) => ({
    role: 'person' as const,
    text: `message ${index}`,
    trust: 'trusted' as const,
  }));
  const asked = question('go on', {
    context: { facts: [], messages },
    observations: [
      result(1, 'read-file', 'x'.repeat(1_000)),
      { kind: 'answer', thought: 2, question: 'Which?', text: 'the first' },
    ],
  });
  const once = shrinkQuestion(asked, 1);
  expect(once.context.messages.map(({ text }) => text.slice(0, 3))).toHaveLength(2);
  expect(once.observations).toMatchObject([{ text: 'x'.repeat(500), cut: true }, { text: 'the first' }]);
  expect(shrinkQuestion(asked, 2)).toMatchObject({
    context: { messages: [] },
    observations: [{ text: 'x'.repeat(250) }, {}],
  });
  expect(shrinkQuestion(asked, 0)).toEqual(asked);
});

/** A call as it stands in the conversation. */
const inputsOf = ({ messages }: Prompt) =>
  messages.flatMap((message) => (message.role === 'assistant' && message.call ? [message.call.input] : []));

test('what steps were given is shown by its beginning, so that a small model reads on after two long files', () => {
  const text = '😀 long '.repeat(750);
  const write = (step: number): Observation =>
    result(step, 'write-file', '{}', { input: { path: `${step}.md`, text, from: { $from: { step: 1, field: 'x' } } } });
  const denied = {
    kind: 'not-done',
    thought: 3,
    agent: 'tester',
    skill: 'write-file',
    input: { text },
    why: 'No',
  } as const;
  const asked = question('write two files', { skills: ten, roles, observations: [write(1), write(2), denied] });
  // 4,096 tokens of three bytes or more, and room for an answer.
  expect(bytes(promptOf(shrinkQuestion(asked, 0)))).toBeLessThan(11_000);
  const [first] = inputsOf(promptOf(shrinkQuestion(asked, 0)));
  expect(first).toEqual({
    path: '1.md',
    text: `${text.slice(0, 600)}… (6000 characters)`,
    from: { $from: { step: 1, field: 'x' } },
  });
  const sizes = [0, 1, 2].map((shrinks) => bytes(inputsOf(promptOf(shrinkQuestion(asked, shrinks)))));
  expect(sizes[1]).toBeLessThan((sizes[0] ?? 0) * 0.7);
  expect(sizes[2]).toBeLessThan((sizes[1] ?? 0) * 0.7);
});

test.each<[string, Record<string, unknown>]>([
  ['many texts', Object.fromEntries(Array.from({ length: 90 }, (_, at) => [`field-${at}`, 'x'.repeat(500)]))],
  ['a long list', { paths: Array.from({ length: 5_000 }, (_, at) => `folder/file-${at}.txt`) }],
  ['long names', { ['n'.repeat(20_000)]: 1 }],
  [
    'much in the depth',
    { a: Array.from({ length: 15 }, () => ({ b: Array.from({ length: 15 }, () => 'y'.repeat(99)) })) },
  ],
])('%s in what a step was given take little', (_, input) => {
  const asked = question('go on', { skills: ten, observations: [result(1, 'write-file', '{}', { input })] });
  expect(bytes(inputsOf(promptOf(shrinkQuestion(asked, 0))))).toBeLessThan(3_500);
});

test('no text is cut between the halves of a character', () => {
  const half = (length: number): string => `${'x'.repeat(length - 1)}😀${'y'.repeat(300)}`;
  const odd = { agent: 'browser', description: half(100).slice(0, 300).toWellFormed() };
  const asked = question('go on', {
    skills: ten,
    roles: [odd],
    observations: [result(1, 'write-file', half(400), { input: { text: half(600) } })],
    context: { facts: [], messages: [{ role: 'person', text: half(200), trust: 'trusted' }] },
  });
  for (const shrinks of [0, 1, 2]) {
    const prompt = promptOf(shrinkQuestion(asked, shrinks));
    const walk = (value: unknown): string[] =>
      typeof value === 'string'
        ? [value]
        : typeof value === 'object' && value
          ? Object.values(value).flatMap(walk)
          : [];
    expect(walk(prompt).filter((text) => !text.isWellFormed())).toEqual([]);
  }
});

const factOf = (text: string): Fact => ({
  id: randomUUID(),
  text,
  provenance: 'person',
  pinned: true,
  createdAt: '2026-01-01T00:00:00Z',
});

test('fifty short facts are in view; of longer ones the first, as many as there is room for', () => {
  const inView = (texts: readonly string[]): number => {
    const asked = question('hi', { context: { facts: texts.map(factOf), messages: [] } });
    return promptOf(shrinkQuestion(asked, 0)).system.split('\n- ').length - 1;
  };
  const fifty = Array.from({ length: 50 }, (_, at) => `Fact ${String(at).padStart(2, '0')} `.padEnd(120, 'x'));
  expect(inView(fifty)).toBe(50);
  expect(inView(fifty.map((text) => text.padEnd(1_000, 'y')))).toBe(6);
  // A long one does not stand in the way of those after it.
  expect(inView(['z'.repeat(1_000), ...fifty])).toBe(42);
  expect(inView([...fifty.slice(0, 49), 'z'.repeat(1_000), 'short'])).toBe(50);
});
