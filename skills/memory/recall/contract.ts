// What recall promises: the facts that fit some words, but for those that may be somebody else's words.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { countOf, printable, withinLimits } from '../../files/phrases.ts';
import { foundFields, topicField } from '../memory-fields.ts';
import { linesOf } from '../memory-words.ts';

export const contract = defineContract({
  name: 'recall',
  version: '1.0.0',
  title: 'Recall facts',
  description:
    'Finds what is remembered for the person: what they said, and what a model concluded, at most 20 facts. Without a topic the newest.',
  tags: ['memory', 'recall', 'know', 'remember', 'fact'],
  input: z.strictObject({ topic: topicField }),
  output: z.strictObject({
    ...foundFields,
    withheld: z
      .int()
      .min(0)
      .describe('how many more fit, but come from what somebody else wrote: recall-all gives them'),
  }),
  errors: {},
  effects: [{ class: 'read', on: 'memory' }],
  repeat: 'safe',
  // The gateway gives a trusted skill no fact that came after something was read which somebody else wrote.
  ingests: 'trusted',
  timeoutMs: 30_000,
  utterances: [
    'what do you know about {topic}',
    'what do you remember about {topic}',
    'what did I (tell|say to) you about {topic}',
    'what have I told you about {topic}',
    'do you remember {topic}',
    'recall {topic}',
    'recall what you know about {topic}',
    'what do you remember',
    'what do you know about me',
    'what have I told you',
    'show [me] what you remember',
    'what you (know|remember) about {topic}',
    'what I (said|told you) about {topic}',
    '[the] fact [that] {topic}',
    'that {topic}',
    '[anything] about {topic}',
  ],
  examples: [
    {
      says: 'what do you know about my sister',
      input: { topic: 'my sister' },
      output: { memory: { facts: [] }, more: false, withheld: 0 },
    },
    { says: 'what do you remember', input: {}, output: { memory: { facts: [] }, more: false, withheld: 0 } },
  ],
  redact: ['topic', 'memory'],
  say({ memory: { facts }, more, withheld }, { topic = '' }) {
    const about = topic === '' ? '' : ` about “${printable(topic)}”`;
    const others =
      withheld === 0
        ? ''
        : `\n\n${countOf(withheld, 'more fact')} may come from what somebody else wrote. Say “recall everything${topic === '' ? '' : ` about ${printable(topic)}`}” to see ${withheld === 1 ? 'it' : 'them'}.`;
    if (facts.length === 0) return `I remember nothing${about}.${others}`;
    const heading = `${more ? `The first ${facts.length} facts` : countOf(facts.length, 'fact')}${about}:`;
    return `${heading}\n${withinLimits(linesOf(facts).split('\n'))}${others}`;
  },
});
