// Catalogues of others: whatever the shape, the same skills come out, and defaults are on the safe side.
import { describe, expect, it } from 'vitest';
import { toName } from '../src/foreign-catalogue.ts';
import { indexCatalogue, readCatalogue } from '../src/index.ts';
import { steps } from './small-catalogue.ts';

const tool = {
  name: 'read_file',
  description: 'Reads a file',
  utterances: ['read {path}'],
  input: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};

describe('a foreign catalogue', () => {
  it.each([
    ['an array', [tool], 'agent'],
    ['{skills}', { skills: [tool] }, 'agent'],
    ['{tools}', { tools: [tool] }, 'agent'],
    ['{agents: […]}', { agents: [{ name: 'desk', skills: [tool] }] }, 'desk'],
    ['{agents: {…}}', { agents: { desk: [tool] } }, 'desk'],
    ['an object by name', { read_file: { ...tool, name: undefined } }, 'agent'],
    ['an object of lists by agent', { desk: { name: 'desk', skills: [tool] } }, 'desk'],
    ['entries', [{ agent: 'desk', document: tool }], 'desk'],
    [
      'functions',
      [{ type: 'function', function: { ...tool, parameters: tool.input }, utterances: tool.utterances }],
      'agent',
    ],
    [
      'MCP',
      {
        tools: [{ name: 'read_file', description: 'Reads a file', inputSchema: tool.input, examples: ['read {path}'] }],
      },
      'agent',
    ],
    ['a bare map of fields', [{ ...tool, input: { path: { type: 'string', required: true } } }], 'agent'],
  ])('%s', (_, catalogue, agent) => {
    const found = readCatalogue(catalogue);
    expect(found.map((one) => [one.agent, one.skill, one.entry.document.name])).toEqual([
      [agent, 'read_file', 'read-file'],
    ]);
    const index = indexCatalogue(found.map((one) => one.entry));
    expect(steps('read a.txt', {}, index)).toEqual([['read-file', { path: 'a.txt' }]]);
  });

  it('takes what it is told about effects, and guesses on the safe side', () => {
    const effect = (more: object): string | undefined =>
      readCatalogue([{ ...tool, ...more }])[0]?.entry.document.effects[0]?.class;
    expect(effect({ effects: [{ class: 'spend', on: 'bank' }] })).toBe('spend');
    expect(effect({ effects: ['files.destructive'] })).toBe('destructive');
    expect(effect({ effect: 'write' })).toBe('write');
    expect(effect({ annotations: { destructiveHint: true } })).toBe('destructive');
    expect(effect({ annotations: { readOnlyHint: true } })).toBe('read');
    expect(effect({ name: 'purge_cache' })).toBe('destructive');
    expect(effect({ name: 'frobnicate' })).toBe('write');
  });

  it('makes names of ours, and keeps them apart', () => {
    expect(toName('github.createIssue')).toBe('github-create-issue');
    expect(toName('…')).toBe('skill');
    const names = readCatalogue([tool, { ...tool, name: 'ReadFile' }]).map((one) => one.entry.document.name);
    expect(names).toEqual(['read-file', 'read-file-2']);
  });

  it('leaves out what is no contract', () => {
    const deep = [[[[[[[tool]]]]]]];
    for (const odd of [null, 7, 'x', [], {}, [1, 'two', null], { skills: 'none' }, deep]) {
      expect(readCatalogue(odd)).toEqual([]);
    }
  });
});
