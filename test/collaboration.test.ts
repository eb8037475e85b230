// Sentences that take skills of several roles, by the contracts that are shipped and without a model.
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

const url = 'https://example.org/news';
const anna = 'anna@example.org';
const from = (field: string) => ({ $from: { step: 1, field } });
const screenshot = ['browser', 'take-screenshot', { url }];
const pdf = ['browser', 'save-pdf', { url }];
const saved = (path: string, field: string) => ['workstation', 'save-file', { content: from(field), path }];
const mailed = (field: string) => ['messenger', 'send-mail', { to: [anna], attachments: [from(field)] }];
const shared = ['workstation', 'share-file', { path: 'notes/todo.txt' }];

const plans = (text: string) => {
  const decision = decide({ v: 1, text, recent: [] }, index);
  if (decision.outcome !== 'route') return decision;
  return decision.steps.map(({ agent, skill, input }) => [agent, skill, input]);
};

test('every utterance can be read', () => {
  expect(index.problems).toEqual([]);
});

test.each([
  [`save a screenshot of ${url} to notes/page.png`, [screenshot, saved('notes/page.png', 'image')]],
  [`put a screenshot of ${url} into the folder pictures/`, [screenshot, saved('pictures/', 'image')]],
  [`take a screenshot of ${url} and save it to notes/page.png`, [screenshot, saved('notes/page.png', 'image')]],
  [`save the pdf of ${url} as page.pdf`, [pdf, saved('page.pdf', 'pdf')]],
  [`save ${url} as a pdf to notes/page.pdf`, [pdf, saved('notes/page.pdf', 'pdf')]],
  [`download ${url} to files/news.html`, [['browser', 'download-file', { url }], saved('files/news.html', 'file')]],
  [`mail notes/todo.txt to ${anna}`, [shared, mailed('file')]],
  [`send a mail to ${anna} with notes/todo.txt attached`, [shared, mailed('file')]],
  [`mail a screenshot of ${url} to ${anna}`, [screenshot, mailed('image')]],
  [`mail the pdf of ${url} to ${anna}`, [pdf, mailed('pdf')]],
  [
    `save the text of ${url} to news.txt`,
    [
      ['browser', 'fetch-page', { url }],
      ['workstation', 'write-file', { text: from('text'), path: 'news.txt' }],
    ],
  ],
])('%s', (text, plan) => {
  expect(plans(text)).toEqual(plan);
});

test.each([
  ['save buy milk to notes/todo.txt', 'write-file', { text: 'buy milk', path: 'notes/todo.txt' }],
  ['put call anna at 5 into notes/todo.txt', 'write-file', { text: 'call anna at 5', path: 'notes/todo.txt' }],
  ['save the shopping list to list.txt', 'write-file', { text: 'the shopping list', path: 'list.txt' }],
  [`write ${url} to links.txt`, 'write-file', { text: url, path: 'links.txt' }],
  ['copy a.txt to b.txt', 'copy-file', { from: 'a.txt', to: 'b.txt' }],
  ['put the file a.txt into archive', 'move-file', { from: 'a.txt', to: 'archive' }],
  ['download notes/todo.txt', 'share-file', { path: 'notes/todo.txt' }],
])('%s is one step still', (text, skill, input) => {
  expect(plans(text)).toEqual([['workstation', skill, input]]);
});

test('what the first step lacks is asked about', () => {
  expect(plans('save a screenshot to notes/page.png')).toMatchObject({
    outcome: 'ask',
    question: { kind: 'input', skill: 'take-screenshot', field: 'url', rest: { after: [{ skill: 'save-file' }] } },
  });
});

/** As docs/ROLES.md and the README say them. */
test.each([
  [`read the page ${url}`, 'fetch-page', { url }],
  [`open the page ${url}`, 'open-page', { url }],
  ['fill in Name with Anna', 'fill-form', { field: 'Name', value: 'Anna' }],
  ['click on Send', 'click', { target: 'Send' }],
  ['search mail from anna', 'search-mail', { from: 'anna' }],
  [`send a message to ${anna}: hello`, 'send-message', { to: anna, text: 'hello' }],
  ['notify me that the backup is done', 'notify', { text: 'the backup is done' }],
  ['find the customer Nova', 'find-customer', { customer: 'Nova' }],
  ['draft an order of 3 lamps for Nova', 'draft-order', { customer: 'Nova', items: '3 lamps' }],
  ['show the tables of the database', 'describe-database', {}],
  ['query the database select 1', 'query-database', { sql: 'select 1' }],
])('“%s” is what the documentation says it is', (text, skill, input) => {
  expect(plans(text)).toMatchObject([[expect.any(String), skill, input]]);
});
