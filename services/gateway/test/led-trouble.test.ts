// Turns that a model leads, when something goes wrong: told to the model, or to the person, and never lost.
import { randomUUID } from 'node:crypto';
import { setImmediate as soon } from 'node:timers/promises';
import { SwitchboardError } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, inOrder, type LedStage, ledStage, look, post, put, run, say } from './led-stage.ts';

let on: LedStage;
beforeAll(async () => {
  on = await ledStage();
});
afterAll(() => on?.close());

describe('what goes wrong', () => {
  test('a step that fails is told to the model, which finds another way', async () => {
    on.think(inOrder(call(put, 'a'), call(put, 'b'), say('Second try.')));
    on.perform((message) =>
      message.input['text'] === 'a'
        ? {
            v: 1,
            id: message.id,
            state: 'failed',
            error: { code: 'skill-failed', reason: 'not-found', message: 'No a.' },
          }
        : { v: 1, id: message.id, state: 'done', output: { text: 'b' }, text: 'Did b.', artifacts: [] },
    );
    const turn = await on.say(await on.session(), 'put it somewhere');
    expect(turn.steps.map(({ state }) => state)).toEqual(['failed', 'succeeded']);
    expect(on.asked[1]?.observations).toMatchObject([{ state: 'failed', text: 'not-found: No a.' }]);
    expect(turn.output?.text).toBe('Second try.\n\nDone:\n- Did b.\n\nFailed:\n- put: No a.');
  });

  test('the same deed again is not done, and a model that insists has lost its way: what was done is said', async () => {
    on.think(() => call(put, 'again'));
    const turn = await on.say(await on.session(), 'loop');
    expect(on.invoked).toHaveLength(1);
    expect(turn).toMatchObject({ state: 'failed', error: { code: 'model-failed' } });
    expect(turn.output?.text).toBe('It wanted put with the same input again and again\n\nDone:\n- Did put again.');
    expect(on.asked[1]?.observations).toHaveLength(1);
    expect(on.asked[2]?.observations[1]).toMatchObject({ kind: 'not-done', why: expect.stringContaining('step 1') });
  });

  test('no more steps than a turn may have: then there is nothing left but to end', async () => {
    let count = 0;
    on.think(({ stepsLeft }) => (stepsLeft > 0 ? call(look, `${count++}`) : say('That is all that I saw.')));
    const turn = await on.say(await on.session(), 'look everywhere');
    expect(turn.state).toBe('completed');
    expect(turn.steps).toHaveLength(12);
    expect(on.asked.at(-1)?.stepsLeft).toBe(0);
  });

  test('one that asks for steps on and on comes to an end all the same', async () => {
    let count = 0;
    on.think(() => call(look, `${count++}`));
    const turn = await on.say(await on.session(), 'look on and on');
    expect(turn).toMatchObject({ state: 'failed', error: { code: 'model-failed' } });
    expect(turn.steps).toHaveLength(12);
  });

  test.each(['budget-exceeded', 'model-failed', 'unavailable', 'too-large'] as const)(
    'a refusal of the agent (%s) ends the turn with its words and the account of what was done',
    async (code) => {
      on.think(
        inOrder(call(put, 'first'), () => {
          throw new SwitchboardError(code, `Refused: ${code}`);
        }),
      );
      const turn = await on.say(await on.session(), 'write and think');
      expect(turn).toMatchObject({ state: 'failed', error: { code, message: `Refused: ${code}` } });
      expect(turn.output?.text).toBe(`Refused: ${code}\n\nDone:\n- Did put first.`);
    },
  );

  test('nobody knows whether it was done: the person is asked, and the model is not', async () => {
    on.think(inOrder(call(put, 'half'), say('Done.')));
    on.perform(() => {
      throw new SwitchboardError('outcome-unknown', 'It broke');
    });
    on.status('interrupted');
    const turn = await on.say(await on.session(), 'write half');
    on.status('running');
    expect(turn).toMatchObject({ state: 'failed', error: { code: 'outcome-unknown' }, question: { kind: 'outcome' } });
    expect(on.asked).toHaveLength(1);
  });

  test('a cancel while the model thinks ends the turn at once', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    on.think(async () => {
      await promise;
      return say('too late');
    });
    const session = await on.session();
    const turn = await on.say(session, 'think long', { wait: 0 });
    await waitUntil('it thinks', () => on.asked.length > 0);
    await on.call('POST', `/v1/turns/${turn.id}/cancel`, undefined, { 'idempotency-key': randomUUID() });
    await waitUntil('it is canceled', async () => (await on.read(turn.id)).state === 'canceled');
    await waitUntil('the agent knows', () => on.dropped.includes(`${turn.id}-1-1`));
    resolve();
    await soon();
    expect((await on.read(turn.id)).output).toBeUndefined();
  });

  test('a lead that is away is waited for, and asked the same question', async () => {
    await on.attend(false);
    on.think(() => say('Back again.'));
    const turn = await on.say(await on.session(), 'are you there', { wait: 0 });
    await waitUntil('it waits', async () => (await on.record(turn.id)).includes('turn-waiting'));
    await on.attend(true);
    await waitUntil('it ends', async () => (await on.read(turn.id)).state === 'completed');
    expect(on.asked).toMatchObject([{ id: `${turn.id}-1-1` }]);
  });

  test('without a model the router is told of none', async () => {
    on.modelHere(false);
    await waitUntil('it is gone', async () => {
      const { parts } = (await (await on.call('GET', '/readyz')).json()) as { parts: Record<string, string> };
      return parts['model'] !== 'ok';
    });
    on.think(() => say('hi'));
    await on.say(await on.session(), 'hi');
    on.modelHere(true);
    expect(on.routed.at(-1)?.model).toBeUndefined();
  });

  test('a lead that does not come back in time ends the turn, and does not hold up its session for ever', async () => {
    const hurried = await ledStage({ TURN_DEADLINE_SECONDS: '3' });
    await hurried.attend(false);
    hurried.think(() => say('never'));
    const session = await hurried.session();
    const turn = await hurried.say(session, 'are you there', { wait: 20 });
    expect(turn).toMatchObject({
      state: 'failed',
      error: { code: expect.stringMatching(/agent-unavailable|deadline-exceeded/) },
    });
    expect(turn.output?.text).toContain(turn.error?.message);
    await hurried.close();
  });

  test('a judgement that cannot be had is told to the model, and the turn goes on', async () => {
    on.judge(() => {
      throw new SwitchboardError('model-failed', 'It would not answer');
    });
    on.think(inOrder({ kind: 'consult', agent: 'browser', question: 'What now?' }, say('On my own, then.')));
    const turn = await on.say(await on.session(), 'ask the browser');
    expect(turn.state).toBe('completed');
    expect(on.asked[1]?.observations).toMatchObject([{ kind: 'opinion', text: expect.stringContaining('would not') }]);
  });

  test('a summary that cannot be had does not end the turns of its session', async () => {
    const long = await ledStage({ CONTEXT_TOKENS: '100' });
    long.think(({ purpose }) => {
      if (purpose === 'summarize') throw new SwitchboardError('model-failed', 'It would not answer');
      return say('yes');
    });
    const session = await long.session();
    const states: string[] = [];
    for (let index = 0; index < 30; index++)
      states.push((await long.say(session, `about thing number ${index}`)).state);
    expect(new Set(states)).toEqual(new Set(['completed']));
    const tries = long.asked.filter(({ purpose }) => purpose === 'summarize').length;
    expect(tries).toBeGreaterThan(0);
    expect(tries).toBeLessThanOrEqual(5);
    await long.close();
  });

  test('what an agent will not describe for an approval is told to the model', async () => {
    on.describe(() => {
      throw new SwitchboardError('invalid-input', 'Nothing that is remembered fits');
    });
    on.think(inOrder(call(post, 'nothing'), say('There is nothing to post.')));
    const turn = await on.say(await on.session(), 'post nothing');
    on.describe(undefined);
    expect(turn).toMatchObject({ state: 'completed', steps: [] });
    expect(on.asked[1]?.observations).toMatchObject([{ kind: 'not-done', why: 'Nothing that is remembered fits' }]);
  });

  test('a deed that broke in its middle is for the person to judge, not for the model', async () => {
    on.think(inOrder(call(put, 'broken'), say('Again.')));
    on.perform(({ id }) => ({
      v: 1,
      id,
      state: 'failed',
      error: { code: 'internal', message: 'Something went wrong' },
    }));
    const turn = await on.say(await on.session(), 'break it');
    expect(turn).toMatchObject({ state: 'failed', error: { code: 'outcome-unknown' }, question: { kind: 'outcome' } });
    expect(on.asked).toHaveLength(1);
  });
});

describe('the same again', () => {
  test('a look is taken again once something has changed, and a command runs again', async () => {
    on.think(inOrder(call(run, 'test'), call(put, 'a fix'), call(run, 'test'), call(look, 'all'), say('Fixed.')));
    const turn = await on.say(await on.session(), 'fix it');
    expect(turn.steps.map(({ skill, state }) => `${skill} ${state}`)).toEqual([
      'run-code succeeded',
      'put succeeded',
      'run-code succeeded',
      'look succeeded',
    ]);
  });

  test('what failed may be tried again, and not for ever', async () => {
    on.think((question) => (question.observations.length < 4 ? call(put, 'shaky') : say('It does not work.')));
    on.perform(({ id }) => ({ v: 1, id, state: 'failed', error: { code: 'skill-failed', message: 'Not now.' } }));
    const turn = await on.say(await on.session(), 'try it');
    expect(turn.steps).toHaveLength(3);
    expect(on.asked.at(-1)?.observations.at(-1)).toMatchObject({ kind: 'not-done' });
    expect(turn.output?.text).toContain('Failed:\n- put: Not now.');
  });
});
