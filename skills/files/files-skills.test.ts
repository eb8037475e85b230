// The skills over files as a set: what a person can say to one is not said of another.
import { describeContract } from '@switchboard/contract';
import { expect, test } from 'vitest';
import { workstationSkills } from '../workstation.ts';
import { filesSkills } from './files-skills.ts';

test('each has a name of its own, and all are hosted by the workstation', () => {
  const names = filesSkills.map(({ contract }) => contract.name);
  expect(names).toEqual([
    'list-files',
    'read-file',
    'search-files',
    'file-info',
    'summarize-folder',
    'find-duplicates',
    'share-file',
    'write-file',
    'save-file',
    'append-file',
    'replace-text',
    'make-folder',
    'move-file',
    'copy-file',
    'delete-file',
    'delete-folder',
  ]);
  expect(workstationSkills).toEqual(expect.arrayContaining([...filesSkills]));
});

test('no sentence belongs to two of them', () => {
  const all = filesSkills.flatMap(({ contract }) => contract.utterances.map((utterance) => utterance.toLowerCase()));
  expect(all.filter((utterance, index) => all.indexOf(utterance) !== index)).toEqual([]);
});

test('what may be done again after a doubt', () => {
  const repeats = filesSkills.map(({ contract }) => [contract.name, describeContract(contract).repeat]);
  expect(Object.fromEntries(repeats)).toEqual({
    'list-files': 'safe',
    'read-file': 'safe',
    'search-files': 'safe',
    'file-info': 'safe',
    'summarize-folder': 'safe',
    'find-duplicates': 'safe',
    'share-file': 'safe',
    'write-file': 'reconcilable',
    'save-file': 'reconcilable',
    'append-file': 'reconcilable',
    'replace-text': 'reconcilable',
    'make-folder': 'idempotent',
    'move-file': 'reconcilable',
    'copy-file': 'reconcilable',
    'delete-file': 'reconcilable',
    'delete-folder': 'reconcilable',
  });
});
