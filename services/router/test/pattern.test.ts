// The pattern stage: slots, courtesy, types, pronouns, several steps, and what must not be split.
import { describe, expect, it } from 'vitest';
import { indexCatalogue } from '../src/index.ts';
import { ask, sketch, smallCatalogue, steps } from './small-catalogue.ts';

describe('sentence patterns', () => {
  it.each([
    ['read notes/todo.txt', 'read-file', { path: 'notes/todo.txt' }],
    ['Could you please READ the file notes/todo.txt?', 'read-file', { path: 'notes/todo.txt' }],
    ['please open "my notes.txt", thanks', 'read-file', { path: 'my notes.txt' }],
    ["what's in notes/todo.txt", 'read-file', { path: 'notes/todo.txt' }],
    ['write milk and eggs to list.txt', 'write-file', { text: 'milk and eggs', path: 'list.txt' }],
    ['write "a to b" to c.txt', 'write-file', { text: 'a to b', path: 'c.txt' }],
    ["write don't forget the milk to a.txt", 'write-file', { text: "don't forget the milk", path: 'a.txt' }],
    ['write hello to the moon to a.txt', 'write-file', { text: 'hello to the moon', path: 'a.txt' }],
    ['read the file called old notes.txt', 'read-file', { path: 'old notes.txt' }],
    ['read everything in notes.txt', 'read-file', { path: 'notes.txt' }],
    ['rename a.txt to b.txt', 'move-file', { from: 'a.txt', to: 'b.txt' }],
    ['find 12 files with gold', 'search-files', { limit: 12, query: 'gold' }],
    ['find twenty five files with gold', 'search-files', { limit: 25, query: 'gold' }],
    ['set the priority to HIGH', 'set-channel', { level: 'high' }],
    ['channel priority low with sound off', 'set-channel', { level: 'low', loud: false }],
    ['merge the lists red, green and blue', 'merge-lists', { names: ['red', 'green', 'blue'] }],
    ['combine the lists a1, b2 on tomorrow', 'merge-lists', { names: ['a1', 'b2'], day: '2030-01-03' }],
    ['email kim@example.com I am late', 'send-mail', { to: 'kim@example.com', body: 'I am late' }],
    ['run ls -la', 'run-command', { command: 'ls -la' }],
    ['run ls; rm x', 'run-command', { command: 'ls; rm x' }],
  ])('%s', (text, skill, input) => {
    expect(steps(text)).toEqual([[skill, input]]);
  });

  it('does not take a value that does not fit its field', () => {
    const decision = ask('find 99 files with gold');
    expect(decision.outcome === 'route' && decision.steps[0]?.input['limit']).not.toBe(99);
    expect(ask('set the priority to purple').outcome).not.toBe('route');
    expect(ask('email kim I am late').outcome).not.toBe('route');
  });

  it('learns a pattern from an example with its input', () => {
    const entry = sketch('workstation', 'tag-file', {
      title: 'Tag a file',
      effect: 'write',
      properties: { path: { type: 'string' }, tag: { type: 'string' } },
      utterances: ['tag it'],
      examples: [{ says: 'mark a.txt with the label red', input: { path: 'a.txt', tag: 'red' }, output: {} }],
    });
    const index = indexCatalogue([...smallCatalogue, entry]);
    expect(steps('mark b.txt with the label green', {}, index)).toEqual([
      ['tag-file', { path: 'b.txt', tag: 'green' }],
    ]);
  });

  it('leaves out a pattern that cannot be read, and nothing else', () => {
    const entry = sketch('workstation', 'poke', {
      title: 'Poke a thing',
      effect: 'read',
      properties: { what: { type: 'string' } },
      utterances: [
        'poke {what',
        'poke [the (thing] {what}',
        '{what}',
        '((((((((poke))))))))',
        '[poke]',
        'prod hard {what}',
      ],
    });
    const index = indexCatalogue([...smallCatalogue, entry]);
    expect(index.problems.map((problem) => problem.skill)).toEqual(['poke', 'poke', 'poke', 'poke', 'poke']);
    expect(steps('prod hard "x y"', {}, index)).toEqual([['poke', { what: 'x y' }]]);
    expect(steps('read a.txt', {}, index)).toEqual([['read-file', { path: 'a.txt' }]]);
  });
});

describe('pronouns', () => {
  const recent = [
    { skill: 'search-files', input: { query: 'milk' } },
    { skill: 'move-file', input: { from: 'old.txt', to: 'new.txt' } },
    { skill: 'write-file', input: { text: 'x', path: 'older.txt' } },
  ];
  it.each(['delete it', 'delete that file', 'remove this', 'delete the same file'])('%s', (text) => {
    expect(steps(text, { recent })).toEqual([['delete-file', { path: 'new.txt' }]]);
  });
  it('reads again, and asks when there is nothing before', () => {
    expect(steps('read that again', { recent })).toEqual([['read-file', { path: 'new.txt' }]]);
    expect(steps("what's in it?", { recent })).toEqual([['read-file', { path: 'new.txt' }]]);
    expect(ask('read it')).toMatchObject({ outcome: 'ask', question: { kind: 'input', field: 'path' } });
  });
});

describe('several steps', () => {
  it.each([
    ['write hi to a.txt and then read it', ['write-file', 'read-file']],
    ['read a.txt; read b.txt; read c.txt', ['read-file', 'read-file', 'read-file']],
    ['read a.txt and delete b.txt', ['read-file', 'delete-file']],
    ['write milk and eggs to a.txt, then move a.txt to b.txt and read b.txt', ['write-file', 'move-file', 'read-file']],
    ['delete a.txt, b.txt and c.txt', ['delete-file', 'delete-file', 'delete-file']],
  ])('%s', (text, skills) => {
    expect(steps(text).map(([skill]) => skill)).toEqual(skills);
  });

  it('hands a pronoun on from the step before', () => {
    expect(steps('write hi to a.txt and then read it')[1]).toEqual(['read-file', { path: 'a.txt' }]);
  });

  it.each([
    'write "hi" and "then delete b.txt" to a.txt',
    'write "read a.txt and then delete b.txt" to plan.txt',
    'search for bread and butter',
  ])('%s is one step', (text) => {
    const decision = ask(text);
    expect(decision.outcome === 'route' ? decision.steps.length : 1).toBe(1);
    expect(JSON.stringify(decision)).not.toContain('"skill":"delete-file","contractHash"');
  });

  it('refuses more than twelve', () => {
    const many = Array.from({ length: 13 }, (_, at) => `read f${at}.txt`).join('; ');
    expect(ask(many)).toMatchObject({ outcome: 'refuse', text: expect.stringContaining('at most 12') });
  });
});
