// Models that answer what cannot be used: mended once, or ended with a name, and never done.
import { answer, type Conversation, call, choose, type Exchange, type Said, say } from './recording.ts';

const person = 'Which of my notes says something about bread?';
const found = choose('search-files', 'read-file');
const notes = { 'notes/food.txt': 'Bread, butter.' };

const turn = (model: readonly Exchange[], end: Said['end']): readonly Said[] => [
  { person, model: [found, ...model], end },
];
const failed = (steps: readonly string[], ...says: readonly string[]): Said['end'] => ({
  state: 'failed',
  steps,
  error: { code: 'model-failed', says },
});
const mended = say('notes/food.txt.');

export const oddModels: readonly Conversation[] = [
  {
    name: 'a tool that does not exist is answered with that, and the right one follows',
    files: notes,
    turns: turn(
      [
        call('grep', { pattern: 'bread' }),
        call('search-files', { query: 'bread' }, { sees: ['there is no tool grep'] }),
        mended,
      ],
      { steps: ['workstation search-files'] },
    ),
    after: {},
  },
  {
    name: 'a tool that does not exist, twice: the turn fails, and says why',
    files: notes,
    turns: turn([call('grep', {}), call('grep', {})], failed([], 'there is no tool grep')),
    after: {},
  },
  {
    name: 'a skill of another role that was not given to the turn cannot be called',
    files: notes,
    turns: turn(
      [
        call('delete-file', { path: 'notes/food.txt' }),
        say('I cannot delete it.', { sees: ['there is no tool delete-file'] }),
      ],
      { steps: [], text: ['I cannot delete it.'] },
    ),
    after: {},
  },
  {
    name: 'arguments that do not fit are mended once',
    files: notes,
    turns: turn(
      [call('search-files', { words: 'bread' }), call('search-files', { query: 'bread' }, { sees: ['query'] }), mended],
      { steps: ['workstation search-files'] },
    ),
    after: {},
  },
  {
    name: 'arguments that do not fit, twice: nothing is done',
    files: notes,
    turns: turn([call('search-files', {}), call('search-files', { query: 7 })], failed([], 'calling search-files')),
    after: {},
  },
  {
    name: 'arguments that are no JSON are mended once',
    files: notes,
    turns: turn(
      [
        answer({ call: { tool: 'search-files', arguments: '{"query": "bre' } }),
        call('search-files', { query: 'bread' }, { sees: ['JSON'] }),
        mended,
      ],
      { steps: ['workstation search-files'] },
    ),
    after: {},
  },
  {
    name: 'the same call again and again comes to an end',
    files: notes,
    turns: turn(
      [
        call('search-files', { query: 'bread' }),
        ...Array.from({ length: 3 }, () => call('search-files', { query: 'bread' }, { knows: ['Step 1 succeeded'] })),
      ],
      failed(['workstation search-files'], 'again and again'),
    ),
    after: {},
  },
  {
    name: 'calls that lead nowhere end with the steps that a turn may have',
    files: { 'notes/food.txt': 'Bread' },
    turns: turn(
      [
        ...Array.from({ length: 12 }, (_, n) => call('search-files', { query: `word ${n}` })),
        say('I have not found it.', { offersNone: true, knows: ['No more steps can be done'] }),
      ],
      { steps: Array.from({ length: 12 }, () => 'workstation search-files'), text: ['I have not found it.'] },
    ),
    after: {},
  },
  {
    name: 'an empty answer is asked for again',
    files: notes,
    turns: turn([answer({ text: '' }), say('I do not know.', { knows: ['empty'] })], { steps: [] }),
    after: {},
  },
  {
    name: 'empty answers, twice: the turn fails',
    files: notes,
    turns: turn([answer({ text: '' }), answer({ text: ' \n' })], failed([], 'empty')),
    after: {},
  },
  {
    name: 'an answer in another language is asked for again',
    files: notes,
    turns: turn(
      [
        say('我在你的笔记里没有找到任何关于面包的内容，很抱歉。'),
        say('There is nothing about it.', { sees: ['another language'] }),
      ],
      { steps: [], text: ['There is nothing about it.'] },
    ),
    after: {},
  },
  {
    name: 'a model that will not answer: the turn fails',
    files: notes,
    turns: turn([answer({ text: '', stop: 'refused' })], failed([], 'would not answer')),
    after: {},
  },
  {
    name: 'a router’s choice that is none: the rules answer',
    files: notes,
    turns: [
      {
        person,
        model: [{ asks: 'choice', says: { text: 'I would say: search the files!' } }],
        end: { state: 'rejected', steps: [], error: { code: 'not-understood' } },
      },
    ],
    after: {},
  },
  {
    name: '“I have sent it”: the receipts say what was done, and that is nothing',
    needs: ['mailbox'],
    turns: [
      {
        person: 'Ben (ben@example.org) waits for me on Sunday, and I will be late: write him a kind mail',
        model: [choose('send-mail'), say('I have sent the mail to Ben, and deleted your drafts.')],
        end: { steps: [], text: ['I have sent the mail', 'Nothing was changed or sent.'] },
      },
    ],
    after: {},
  },
];
