// The model's part of a decision without a model: when one is asked, what it is asked, and what is made of its answer.
import {
  drivenSkillsMax,
  type ModelReply,
  modelRequestSchema,
  noUsage,
  routeDecisionSchema,
} from '@switchboard/contract';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { indexCatalogue } from '../src/index.ts';
import { type AskModel, answerRoute, explain } from '../src/model/answer.ts';
import { chooseCandidates } from '../src/model/candidates.ts';
import { type ModelQuestion, promptBytesMax, writeQuestion } from '../src/model/prompt.ts';
import { readChoice } from '../src/model/read-choice.ts';
import { widen } from '../src/model/widen.ts';
import { readSentence } from '../src/sentence.ts';
import { givingIndex } from './giving-catalogue.ts';
import { sketch, smallIndex as small } from './small-catalogue.ts';

const turn = '0195b6e8-7d3c-7000-8000-000000000001';
const unsure = 'have a look at the recent correspondence and let anna know';
const usage = { ...noUsage, calls: 1, promptTokens: 300, completionTokens: 12, models: ['small'] };
const reply = (text: string, more: Partial<ModelReply> = {}): ModelReply => ({
  v: 1,
  id: `${turn}-0-1`,
  text,
  stop: 'end',
  usage,
  ...more,
});
const chosen = (kind: string, ...skills: string[]): string => JSON.stringify({ kind, skills });

const formatSchema = z.object({
  schema: z.object({ properties: z.object({ skills: z.object({ items: z.object({ enum: z.array(z.string()) }) }) }) }),
});
/** Whom a question lets a model choose among. */
const namesIn = (question: ModelQuestion | undefined): string[] =>
  formatSchema.parse(question?.format).schema.properties.skills.items.enum;

function asking(text: string, ask: AskModel, more: object = {}) {
  return answerRoute({ v: 1, text, recent: [], model: { turn, said: [] }, ...more }, small, { ask });
}

/** What the model is asked and what comes of its answer. */
async function answered(text: string, answer: string, more: object = {}) {
  const questions: ModelQuestion[] = [];
  const ask: AskModel = async (question) => {
    questions.push(question);
    return reply(answer);
  };
  const decision = await asking(text, ask, more);
  return { decision, questions };
}

describe('when a model is asked', () => {
  it.each(['read a.txt', '/read-file a.txt', 'delete a.txt', 'help', '@nobody do it', "don't delete notes.txt"])(
    'not for “%s”, of which the rules are sure',
    async (text) => {
      const { decision, questions } = await answered(text, chosen('do', 'delete-file'));
      expect(questions).toEqual([]);
      expect(decision).toEqual(explain({ v: 1, text, recent: [] }, small));
    },
  );

  it.each(['hi', 'thanks!', 'what do you think about it all'])('not for “%s”, which is talk', async (text) => {
    const { decision, questions } = await answered(text, chosen('do', 'delete-file'));
    expect(questions).toEqual([]);
    expect(decision).toMatchObject({ outcome: 'drive', skills: [] });
    expect(decision).not.toHaveProperty('agent');
    expect(decision).not.toHaveProperty('usage');
  });

  it('not where none is here', async () => {
    const { decision, questions } = await answered(unsure, chosen('talk'), { model: undefined });
    expect([decision.outcome, questions]).toEqual([explain({ v: 1, text: unsure, recent: [] }, small).outcome, []]);
    expect(decision.outcome).not.toBe('drive');
  });

  it('not to explain: it is said that one would choose', async () => {
    const { decision, questions } = await answered(unsure, chosen('talk'), { model: { said: [] } });
    expect(questions).toEqual([]);
    expect(decision).toMatchObject({ outcome: 'drive', reason: expect.stringContaining('a model would choose') });
  });

  it('a bare yes is talk, and the answer to what was said before', async () => {
    expect((await answered('yes please', chosen('talk'))).questions).toHaveLength(0);
    const said = [
      { role: 'person', text: 'something about mail to anna' },
      { role: 'switchboard', text: 'Shall I send it?' },
    ];
    expect((await answered('yes please', chosen('talk'), { model: { turn, said } })).questions).toHaveLength(1);
  });

  it('only about the agent that is addressed', async () => {
    const { questions } = await answered(`@workstation ${unsure}`, chosen('talk'));
    const names = small.skills.filter(({ agent }) => agent === 'workstation').map(({ name }) => name);
    const among = namesIn(questions[0]);
    expect(among.length).toBeGreaterThan(0);
    expect(names).toEqual(expect.arrayContaining(among));
  });
});

describe('what a model is asked', () => {
  const long = 'ß'.repeat(1024);
  const wordy = indexCatalogue(
    Array.from({ length: 20 }, (_, at) => {
      const name = `read-${'very-'.repeat(9)}long-name-${at}`;
      const entry = sketch('workstation', name, {
        title: `Read thing ${at}`,
        effect: 'read',
        properties: { path: { type: 'string' } },
        utterances: [`read the thing ${at} of {path}`],
      });
      return { ...entry, document: { ...entry.document, description: long } };
    }),
  );
  const said = Array.from({ length: 4 }, () => ({ role: 'person' as const, text: 'ü'.repeat(300) }));
  const candidates = (index: typeof small) =>
    chooseCandidates({ index, sentences: [readSentence(unsure), readSentence('read the thing')], allowed: () => true });
  const bytesOf = ({ system, messages, tools, format }: ModelQuestion): number =>
    Buffer.byteLength(JSON.stringify({ system, messages, tools, format }));

  it.each([
    ['12 candidates', givingIndex, unsure],
    ['names and descriptions as long as they may be', wordy, unsure],
  ])('is small with %s', (_, index, text) => {
    const all = candidates(index);
    expect(all).toHaveLength(12);
    const request = { v: 1 as const, text, recent: [], model: { turn, said } };
    const { question, candidates: kept } = writeQuestion(request, turn, all);
    expect(kept.length).toBeGreaterThanOrEqual(index === wordy ? 4 : 12);
    expect(namesIn(question)).toEqual(kept.map(({ name }) => name));
    expect(bytesOf(question)).toBeLessThanOrEqual(promptBytesMax + 300);
    const { messages, ...rest } = question;
    const words = messages
      .map((message) => message.text)
      .join('')
      .replace(text, '');
    expect(Buffer.byteLength(rest.system + JSON.stringify(rest.format) + words)).toBeLessThanOrEqual(promptBytesMax);
  });

  it('is a question of the contract, the same for the same turn', () => {
    const request = { v: 1 as const, text: unsure, recent: [], model: { turn, said } };
    const [one, again] = [1, 2].map(() => writeQuestion(request, turn, candidates(givingIndex)).question);
    expect(one).toEqual(again);
    const whole = { ...one, deadline: new Date().toISOString() };
    expect(modelRequestSchema.parse(whole)).toMatchObject({ id: `${turn}-0-1`, purpose: 'route', stream: false });
  });

  it('holds the beginning and the end of a long message', () => {
    const text = `first of all ${'blah '.repeat(1900)}and at the end`;
    const { question } = writeQuestion({ v: 1, text, recent: [], model: { turn, said: [] } }, turn, candidates(small));
    const asked = question.messages[0]?.text ?? '';
    expect(asked).toContain('first of all');
    expect(asked).toContain('and at the end');
    expect(Buffer.byteLength(asked)).toBeLessThan(2200);
  });
});

describe('what is made of an answer', () => {
  it('the chosen skills drive, and nobody is named to lead who was not addressed', async () => {
    const { decision } = await answered(unsure, chosen('do', 'send-mail', 'read-file', 'send-mail'));
    expect(routeDecisionSchema.parse(decision)).toMatchObject({
      outcome: 'drive',
      stage: 'model',
      usage,
      skills: expect.arrayContaining([
        expect.objectContaining({ agent: 'messenger', skill: 'send-mail' }),
        expect.objectContaining({ agent: 'workstation', skill: 'read-file' }),
      ]),
    });
    expect(decision).not.toHaveProperty('agent');
  });

  it('talk drives with no skill and no leader', async () => {
    const { decision } = await answered(unsure, chosen('talk', 'delete-file'));
    expect(decision).toMatchObject({ outcome: 'drive', skills: [], usage });
    expect(decision).not.toHaveProperty('agent');
  });

  it.each([
    ['prose around it', `Sure! ${chosen('do', 'send-mail')} Anything else?`],
    ['a fence', `\`\`\`json\n${chosen('do', 'send-mail')}\n\`\`\``],
  ])('is read in %s', async (_, answer) => {
    expect((await answered(unsure, answer)).decision).toMatchObject({
      outcome: 'drive',
      skills: [{ agent: 'messenger', skill: 'send-mail' }],
    });
  });

  it.each([
    ['nothing', ''],
    ['garbage', '}{]['],
    ['prose', 'I would take send-mail.'],
    ['another shape', '{"skill":"send-mail"}'],
    ['a name that nobody has', chosen('do', 'send-mail', 'format-disk')],
    ['a name of the prototype', chosen('do', '__proto__')],
    ['a skill that is here and was no candidate', chosen('do', 'merge-lists')],
    ['too many', JSON.stringify({ kind: 'do', skills: Array.from({ length: 7 }, () => 'send-mail') })],
    ['no skill', chosen('do')],
    ['another kind', chosen('destroy', 'send-mail')],
  ])('%s is no choice: the rules have the say', async (_, answer) => {
    const { decision } = await answered(`@messenger ${unsure}`, answer);
    const { reason, ...rules } = explain({ v: 1, text: `@messenger ${unsure}`, recent: [] }, small);
    const said = 'text' in rules ? { text: expect.stringContaining(rules.text) } : {};
    expect(decision).toMatchObject({ ...rules, ...said });
    expect(decision.reason).toMatch(new RegExp(`^${reason.replace(/[()]/g, '.')}; the model`));
  });

  it('a refusal is no choice', () => {
    const refused = reply(chosen('do', 'send-mail'), { stop: 'refused' });
    expect(readChoice(refused, small.skills)).toMatchObject({ kind: 'none' });
  });
});

describe('what is given besides', () => {
  const named = (...names: string[]) => givingIndex.skills.filter(({ name }) => names.includes(name));
  const names = (skills: ReturnType<typeof named>) => skills.map(({ name }) => name);
  const widened = (chosen: string[], near: string[] = []) =>
    names(widen(named(...chosen), named(...near), givingIndex, () => true));

  it('who gives what is taken, where it cannot be done without', () => {
    expect(widened(['save-file'])).toEqual(['save-file', 'share-file', 'take-screenshot', 'save-pdf']);
  });
  it('of those that give, the one that the goal speaks of', () => {
    expect(widened(['send-mail'], ['take-screenshot', 'send-mail'])).toEqual(['send-mail', 'take-screenshot']);
    expect(widened(['send-mail'])).toEqual(['send-mail']);
  });
  it('nothing that does more than read, and no more than a turn may be given', () => {
    const all = names([...givingIndex.skills]);
    const reads = givingIndex.skills.filter(({ effect }) => effect === 'read').map(({ name }) => name);
    for (const one of all) expect(reads).toEqual(expect.arrayContaining(widened([one], all).slice(1)));
    expect(widened(all, all)).toHaveLength(drivenSkillsMax);
  });
  it('nothing of an agent that is not addressed', () => {
    const [save] = named('save-file');
    if (save === undefined) throw new Error('there is no save-file');
    const given = widen([save], [], givingIndex, ({ agent }) => agent === 'workstation');
    expect(names(given)).toEqual(['save-file', 'share-file']);
  });
});
