// The lexical stage: words decide, values are found, doubt is asked about, and nothing is guessed.
import { routeDecisionSchema } from '@switchboard/contract';
import { describe, expect, it } from 'vitest';
import { decide } from '../src/index.ts';
import { loadCatalogue } from './evaluate.ts';
import { ask } from './small-catalogue.ts';

const office = loadCatalogue('office');
const say = (text: string) => decide({ v: 1, text, recent: [] }, office);

describe('by words', () => {
  it('routes a paraphrase and finds its values', () => {
    expect(say('tell me when thesis.tex was last modified')).toMatchObject({
      outcome: 'route',
      stage: 'lexical',
      steps: [{ skill: 'file-info', input: { path: 'thesis.tex' } }],
    });
  });

  it('asks for a required input that is nowhere in the sentence', () => {
    expect(say('I would like to have a document signed')).toMatchObject({
      outcome: 'ask',
      question: { kind: 'input', skill: 'sign-document', field: 'path' },
    });
  });

  it('asks which of a few is meant, with labels for a person and what is known so far', () => {
    const decision = say('send it to Bob');
    if (decision.outcome !== 'ask' || decision.question.kind !== 'choice') throw new Error(JSON.stringify(decision));
    const { choices } = decision.question;
    expect(choices.length).toBeGreaterThanOrEqual(2);
    expect(choices.length).toBeLessThanOrEqual(5);
    expect(new Set(choices.map((choice) => choice.id)).size).toBe(choices.length);
    expect(choices.find((choice) => choice.skill === 'send-mail')).toMatchObject({
      label: expect.stringContaining('Send a mail'),
    });
  });

  it.each([
    'sing me a lullaby',
    'why is the sky blue',
    'zxqv wjkp',
    '你好',
    'مرحبا بالعالم',
    '42',
    '🎉🎉🎉',
    '...',
    '',
  ])('refuses “%s” and names what can be done', (text) => {
    expect(say(text)).toMatchObject({ outcome: 'refuse', text: expect.stringContaining('What I can do') });
  });

  it('says in every decision what was considered and why', () => {
    for (const text of [
      'read a.txt',
      'tell me when thesis.tex was last modified',
      'delete the old one',
      'sing me a lullaby',
    ]) {
      const decision = routeDecisionSchema.parse(say(text));
      expect(decision.reason).not.toBe('');
      expect(decision.candidates.every((one) => one.why !== '' && one.score >= 0 && one.score <= 1)).toBe(true);
    }
    expect(say('delete the old one').candidates.length).toBeGreaterThan(1);
  });

  it('gives the same answer to the same question', () => {
    for (const text of ['send it to Bob', 'read a.txt and delete b.txt', 'what is up'])
      expect(ask(text)).toEqual(ask(text));
  });
});
