// What recall-all promises: every fact that fits, whoever wrote it; so what follows in the session is asked about.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { countOf, printable, withinLimits } from '../../files/phrases.ts';
import { foundFields, topicField } from '../memory-fields.ts';
import { linesOf } from '../memory-words.ts';

export const contract = defineContract({
  name: 'recall-all',
  version: '1.0.0',
  title: 'Recall all facts, also untrusted ones',
  description:
    'Finds everything that is remembered for the person, at most 50 facts, also what may come from a page, a mail or a file. Use recall unless those are asked for.',
  tags: ['memory', 'recall', 'everything', 'fact', 'untrusted'],
  input: z.strictObject({ topic: topicField }),
  output: z.strictObject(foundFields),
  errors: {},
  effects: [{ class: 'read', on: 'memory' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 30_000,
  utterances: [
    'recall everything',
    'recall everything about {topic}',
    'recall everything you know about {topic}',
    'show [me] everything you (know|remember)',
    'show [me] everything you (know|remember) about {topic}',
    'tell me everything you (know|remember)',
    'tell me everything you (know|remember) about {topic}',
    'everything',
    'everything about {topic}',
    'everything you (know|remember)',
    'everything you (know|remember) about {topic}',
  ],
  examples: [
    {
      says: 'recall everything about my bank',
      input: { topic: 'my bank' },
      output: { memory: { facts: [] }, more: false },
    },
  ],
  redact: ['topic', 'memory'],
  say({ memory: { facts }, more }, { topic = '' }) {
    const about = topic === '' ? '' : ` about “${printable(topic)}”`;
    if (facts.length === 0) return `I remember nothing${about}.`;
    const heading = `${more ? `The first ${facts.length} facts` : countOf(facts.length, 'fact')}${about}:`;
    return `${heading}\n${withinLimits(linesOf(facts).split('\n'))}`;
  },
});
