// The explicit stage: a named skill or agent, answers to questions, and names that are not here.
import { routeDecisionSchema } from '@switchboard/contract';
import { describe, expect, it } from 'vitest';
import { indexCatalogue } from '../src/index.ts';
import { ask, sketch, smallCatalogue, steps } from './small-catalogue.ts';

describe('an explicit address', () => {
  it.each([
    ['/read-file notes.txt', 'read-file', { path: 'notes.txt' }],
    ['/read-file {"path":"a b.txt"}', 'read-file', { path: 'a b.txt' }],
    ['/write-file path=a.txt text="buy milk"', 'write-file', { path: 'a.txt', text: 'buy milk' }],
    ['/write-file write hi to a.txt', 'write-file', { path: 'a.txt', text: 'hi' }],
    ['read-file: notes.txt', 'read-file', { path: 'notes.txt' }],
    ['delete-file old.txt', 'delete-file', { path: 'old.txt' }],
    ['@workstation read notes.txt', 'read-file', { path: 'notes.txt' }],
    ['@workstation /search-files buy milk', 'search-files', { query: 'buy milk' }],
  ])('%s', (text, skill, input) => {
    expect(steps(text)).toEqual([[skill, input]]);
  });

  it('takes arguments as they are, and reads texts where another type is wanted', () => {
    expect(steps('', { skill: 'search-files', arguments: { query: 'milk', limit: 'three' } })).toEqual([
      ['search-files', { query: 'milk', limit: 3 }],
    ]);
  });

  it('takes the value, and not the whole sentence, from words beside a skill that the caller named', () => {
    expect(steps('get rid of old.txt please', { skill: 'delete-file' })).toEqual([
      ['delete-file', { path: 'old.txt' }],
    ]);
    expect(steps('milk', { skill: 'search-files' })).toEqual([['search-files', { query: 'milk' }]]);
  });

  it('asks for what is missing and keeps what is known', () => {
    const decision = ask('', { skill: 'write-file', arguments: { path: 'a.txt' } });
    expect(decision).toMatchObject({
      outcome: 'ask',
      stage: 'explicit',
      question: { kind: 'input', skill: 'write-file', field: 'text', arguments: { path: 'a.txt' } },
    });
    expect(decision.outcome === 'ask' && decision.question.text).toContain('the text to write');
  });

  it('fills the field that was asked about', () => {
    const answered = {
      skill: 'write-file',
      arguments: { path: 'a.txt' },
      answer: { field: 'text', text: ' "buy milk" ' },
    };
    expect(steps('', answered)).toEqual([['write-file', { path: 'a.txt', text: 'buy milk' }]]);
  });

  it('asks again when the answer does not fit, and says why', () => {
    const answer = { field: 'limit', text: 'many' };
    const decision = ask('', { skill: 'search-files', arguments: { query: 'x' }, answer });
    expect(decision).toMatchObject({ outcome: 'ask', question: { field: 'limit', arguments: { query: 'x' } } });
    expect(decision.outcome === 'ask' && decision.question.text).toContain('it must be a number');
  });

  it.each(['/no-such-skill x', '@nobody read a.txt'])('refuses %s by name, and says what there is', (text) => {
    expect(ask(text)).toMatchObject({
      outcome: 'refuse',
      stage: 'explicit',
      text: expect.stringContaining('What I can do'),
    });
  });

  it('refuses a skill that the named agent does not have', () => {
    expect(ask('@messenger /read-file a.txt').outcome).toBe('refuse');
    expect(ask('read notes.txt', { agent: 'messenger' }).outcome).toBe('refuse');
  });

  it('asks which agent is meant when two have a skill of that name', () => {
    const twin = sketch('other', 'read-file', {
      title: 'Read a file elsewhere',
      effect: 'read',
      properties: { path: { type: 'string' } },
      utterances: ['read elsewhere {path}'],
    });
    const decision = ask('/read-file a.txt', {}, indexCatalogue([...smallCatalogue, twin]));
    expect(routeDecisionSchema.parse(decision)).toMatchObject({ outcome: 'ask', question: { kind: 'choice' } });
  });

  it('says so when no agent is here, and answers a call for help', () => {
    expect(ask('read a.txt', {}, indexCatalogue([]))).toMatchObject({
      outcome: 'refuse',
      text: expect.stringContaining('No agent is here'),
    });
    for (const text of ['help', '/help', 'what can you do?']) {
      expect(ask(text)).toMatchObject({ outcome: 'refuse', text: expect.stringContaining('What I can do') });
    }
  });
});
