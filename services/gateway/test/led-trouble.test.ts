// Turns that a model leads, when something goes wrong: told to the model, or to the person, and never lost.
import { randomUUID } from 'node:crypto';
import { setImmediate as soon } from 'node:timers/promises';
import { SwitchboardError } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, inOrder, type LedStage, ledStage, look, put, say } from './led-stage.ts';

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
    expect(turn.output?.text).toBe('Second try.\n\nDone:\n- Did b.');
  });

  test('the same deed again is not done, and a model that insists has lost its way: what was done is said', async () => {
    on.think(() => call(put, 'again'));
    const turn = await on.say(await on.session(), 'loop');
    expect(on.invoked).toHaveLength(1);
    expect(turn).toMatchObject({ state: 'failed', error: { code: 'model-failed' } });
    expect(turn.output?.text).toBe('Done:\n- Did put again.');
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
      expect(turn.output?.text).toBe('Done:\n- Did put first.');
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
});
