// Conversations in which a process is killed while a model writes, while something is done, and while a yes is awaited.
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, choose, say } from './recording.ts';
import { found, openTwoModels, person, skillsOf, slowly, type TwoModels } from './two-models.ts';

let on: TwoModels;
beforeAll(async () => {
  on = await openTwoModels('sk-of-a-test');
});
afterAll(() => on?.close());

const isWriting = ({ first }: TwoModels): Promise<unknown> =>
  waitUntil('a model that writes', () => first.open() === 1, 20_000);

describe('while a model writes', { timeout: 90_000 }, () => {
  test('a cancel ends the turn at once, and the model’s request too', async () => {
    const script = await on.begin([...found, slowly]);
    const accepted = await script.talk.post(person);
    await waitUntil('the last question', () => script.asked()[0] === 3, 20_000);
    await on.system.call('POST', `/v1/turns/${accepted.id}/cancel`, undefined, { 'idempotency-key': randomUUID() });
    expect(await script.ended(accepted)).toMatchObject({ state: 'canceled' });
    await waitUntil('nobody listens to the model', () => on.first.open() === 0, 2_000);
  });

  test('the gateway is killed: the turn is completed, and nothing is asked or done twice', async () => {
    const script = await on.begin([...found, slowly]);
    const accepted = await script.talk.post(person);
    await waitUntil('the last question', () => script.asked()[0] === 3, 20_000);
    await isWriting(on);
    process.kill(on.system.pidOf('gateway'), 'SIGKILL');
    const turn = await script.ended(accepted);
    expect(script.problems()).toEqual([]);
    expect(script.asked()).toEqual([3, 0]);
    expect(turn).toMatchObject({ state: 'completed' });
    expect(turn.output?.text).toContain('word 59');
    expect(skillsOf(turn)).toEqual(['search-files succeeded']);
  });

  test('the agent that leads is killed: its next process gets the answer that was paid for', async () => {
    const script = await on.begin([...found, slowly]);
    const accepted = await script.talk.post(person);
    await waitUntil('the last question', () => script.asked()[0] === 3, 20_000);
    await isWriting(on);
    process.kill(on.system.pidOf('agent-workstation'), 'SIGKILL');
    const turn = await script.ended(accepted);
    expect(script.problems()).toEqual([]);
    expect(script.asked()).toEqual([3, 0]);
    expect(turn).toMatchObject({ state: 'completed' });
    expect(turn.output?.text).toContain('word 59');
  });

  test('the model service is killed: it is asked anew, and nothing is done twice', async () => {
    const script = await on.begin([...found, slowly, say('notes/food.txt.')]);
    const accepted = await script.talk.post(person);
    await waitUntil('the last question', () => script.asked()[0] === 3, 20_000);
    await isWriting(on);
    process.kill(on.system.pidOf('services/model'), 'SIGKILL');
    const turn = await script.ended(accepted);
    expect(turn).toMatchObject({ state: 'completed' });
    expect(script.problems()).toEqual([]);
    expect(script.asked()).toEqual([4, 0]);
    expect(turn.output?.text).toMatch(/^notes\/food\.txt\./);
    expect(skillsOf(turn)).toEqual(['search-files succeeded']);
  });
});

describe('while something is done or asked', { timeout: 90_000 }, () => {
  test('the gateway is killed while a yes is awaited: it is still awaited, and done once', async () => {
    const script = await on.begin([
      choose('delete-file'),
      call('delete-file', { path: 'notes/food.txt' }),
      say('It is gone.', { sees: ['Step 1 succeeded'] }),
    ]);
    const asked = await script.talk.say(
      'I think the old notes/food.txt should be deleted, should it not? Do it if you agree',
    );
    expect(asked).toMatchObject({ state: 'input-required', question: { kind: 'approval' } });
    process.kill(on.system.pidOf('gateway'), 'SIGKILL');
    const food = join(on.system.workspace, 'notes', 'food.txt');
    const again = await waitUntil('the gateway', () => script.talk.read(asked).catch(() => undefined), 30_000);
    expect(again).toMatchObject({ state: 'input-required', question: { id: asked.question?.id } });
    expect(existsSync(food)).toBe(true);
    const turn = await script.talk.answer(asked, { approve: true });
    expect(turn).toMatchObject({ state: 'completed' });
    expect(script.problems()).toEqual([]);
    expect([skillsOf(turn), existsSync(food)]).toEqual([['delete-file succeeded'], false]);
    on.putNotes();
  });

  test('an agent is killed in a deed that cannot be looked up: the person is asked, not the model', async () => {
    const script = await on.begin([
      choose('run-script'),
      call('run-script', { script: 'echo begun >> begun.txt; sleep 30', language: 'bash' }),
    ]);
    const accepted = await script.talk.post('Work out the sum of the amounts in data.csv with a little script');
    const begun = join(on.system.workspace, 'begun.txt');
    await waitUntil('the script', () => existsSync(begun), 20_000);
    process.kill(on.system.pidOf('agent-workstation'), 'SIGKILL');
    const asked = await script.ended(accepted);
    expect(asked).toMatchObject({ state: 'failed', error: { code: 'outcome-unknown' }, question: { kind: 'outcome' } });
    const turn = await script.talk.answer(asked, { choice: 'leave' });
    expect(turn).toMatchObject({ state: 'failed', error: { code: 'outcome-unknown' } });
    expect(turn.question).toBeUndefined();
    expect(script.problems()).toEqual([]);
    expect(readFileSync(begun, 'utf8')).toBe('begun\n');
  });
});
