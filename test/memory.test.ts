// What is said to remember, recall and forget is understood by rules alone, beside all other skills and at nobody's cost.
import { describeContract } from '@switchboard/contract';
import { decide, indexCatalogue } from '@switchboard/router';
import { expect, test } from 'vitest';
import { deployment } from '../scripts/generate/agents.ts';

const index = indexCatalogue(
  Object.entries(deployment).flatMap(([agent, skills]) =>
    skills
      .map(({ contract }) => ({ agent, document: describeContract(contract) }))
      .filter(({ document }) => document.audience === undefined),
  ),
);

function plan(text: string): unknown {
  const decision = decide({ v: 1, text, recent: [] }, index);
  return decision.outcome === 'route'
    ? decision.steps.map(({ skill, input }) => [skill, input])
    : `${decision.outcome}`;
}

const forgetThose = ['forget', { memory: { $from: { step: 1, field: 'memory' } } }];

/** As docs/MEMORY.md says them, and as people may. */
test.each([
  ["remember that my sister's name is Maria", [['remember', { statement: "my sister's name is Maria" }]]],
  ['always remember that I do not eat meat', [['remember', { statement: 'I do not eat meat', keep: 'always' }]]],
  ['please always remember that I live in Bern', [['remember', { statement: 'I live in Bern', keep: 'always' }]]],
  ['remember my car is blue', [['remember', { statement: 'my car is blue' }]]],
  ["don't forget that the rent is due on Monday", [['remember', { statement: 'the rent is due on Monday' }]]],
  ['remember this: write a.txt to b.txt', [['remember', { statement: 'write a.txt to b.txt' }]]],
  ['what do you know about my sister', [['recall', { topic: 'my sister' }]]],
  ['what did I tell you about Rome', [['recall', { topic: 'Rome' }]]],
  ['what do you remember', [['recall', {}]]],
  ['what do you know about me', [['recall', {}]]],
  ['recall everything about the bank', [['recall-all', { topic: 'the bank' }]]],
  ['forget what you know about my sister', [['recall', { topic: 'my sister' }], forgetThose]],
  ["forget that my sister's name is Maria", [['recall', { topic: "my sister's name is Maria" }], forgetThose]],
  ['forget about my car', [['recall', { topic: 'my car' }], forgetThose]],
  ['stop remembering that I smoke', [['recall', { topic: 'I smoke' }], forgetThose]],
  ['forget everything about my sister', [['recall-all', { topic: 'my sister' }], forgetThose]],
  ['forget everything', [['recall-all', {}], forgetThose]],
])('%s', (text, steps) => {
  expect(plan(text)).toEqual(steps);
});

test.each(['that is wrong', 'that was great, thanks', 'forget it', 'forget', 'remember', 'that', 'what is that'])(
  '“%s” alone remembers and forgets nothing',
  (text) => {
    expect(plan(text)).toMatch(/^(ask|refuse)$/);
  },
);

test.each([
  ['delete notes.txt', 'delete-file'],
  ['write “remember the milk” to todo.txt', 'write-file'],
  ['append remember the milk to todo.txt', 'append-file'],
  ['search mail from anna', 'search-mail'],
  ['notify me that the backup is done', 'notify'],
])('%s is what it was', (text, skill) => {
  expect(plan(text)).toMatchObject([[skill, expect.anything()]]);
});
