// Sentences that speak of an action without ordering it: nothing with an effect may come of them.
import { describe, expect, it } from 'vitest';
import { ask, steps } from './small-catalogue.ts';

describe('what is no order', () => {
  it.each([
    "don't delete notes.txt",
    'do not delete notes.txt',
    'please do not delete notes.txt',
    'never delete notes.txt',
    'stop deleting files',
    "keep notes.txt, don't remove it",
    'I do not want you to delete notes.txt',
    'under no circumstances delete notes.txt',
    'how do I delete a file?',
    'how can I delete notes.txt',
    'tell me how to delete notes.txt',
    'what happens if I delete notes.txt',
    'should I delete notes.txt?',
    'is it safe to delete notes.txt',
    'did you delete notes.txt?',
    'why did you delete notes.txt',
    'who deleted notes.txt',
    'I deleted notes.txt by accident',
    'can I move a.txt to b.txt',
    'was notes.txt deleted',
    'delete notes.txt? no',
    'delete notes.txt tomorrow',
    'the command "delete notes.txt" failed',
    "I'd rather you didn't delete notes.txt",
    'make sure notes.txt is not deleted',
    'undo delete notes.txt',
    'refuse to delete notes.txt',
    'if I delete notes.txt will it be gone',
  ])('%s', (text) => {
    expect(ask(text).outcome).not.toBe('route');
  });

  it('asks what to delete when only the kind of thing is named', () => {
    expect(ask('can you delete files?')).toMatchObject({ outcome: 'ask', question: { kind: 'input', field: 'path' } });
    expect(ask('delete everything').outcome).not.toBe('route');
  });

  it('still does what is asked politely, or with a negation inside a text', () => {
    expect(steps('could you delete notes.txt?')).toEqual([['delete-file', { path: 'notes.txt' }]]);
    expect(steps('would you mind deleting notes.txt')).toEqual([['delete-file', { path: 'notes.txt' }]]);
    expect(steps('write do not delete this to a.txt')).toEqual([
      ['write-file', { text: 'do not delete this', path: 'a.txt' }],
    ]);
  });
});
