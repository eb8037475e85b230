// What an agent does while a model writes, when it is too much for it, and when the model service goes and comes back.
import { type ModelPiece, SwitchboardError } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { calls, type NextBench, nextBench, offered, question, result, says } from './next-bench.ts';
import { testSkill } from './test-skills.ts';

let bench: NextBench;
beforeAll(async () => {
  bench = await nextBench(300);
});
afterAll(() => bench.stop());

const text = (piece: string): ModelPiece => ({ v: 1, text: piece });
const reset: ModelPiece = { v: 1, reset: true };

/** What was told under each id, in order; `|` where it was taken back. */
async function told(count: number): Promise<Record<string, string>> {
  await waitUntil('the progress', () => bench.progress.length >= count);
  const all: Record<string, string> = {};
  for (const { id, kind, text: piece } of bench.progress) all[id] = (all[id] ?? '') + (kind === 'reset' ? '|' : piece);
  return all;
}

test('text is told as it is written, in its order, and taken back when another model begins', async () => {
  bench.script((_, say) => {
    for (const piece of [text('Hel'), text('lo'), reset, text('Good '), text('morning')]) say(piece);
    return { text: 'Good morning' };
  });
  const asked = question('hi');
  expect(await bench.ask(asked)).toMatchObject({ kind: 'say', text: 'Good morning' });
  expect(await told(5)).toEqual({ [`${asked.turn}-1-1`]: 'Hello|Good morning' });
});

test('a long piece is told in several that fit, and no character is cut in two', async () => {
  const long = `${'x'.repeat(1_999)}😀${'y'.repeat(2_500)}`;
  bench.script((_, say) => {
    say(text(long));
    return { text: long };
  });
  const asked = question('hi');
  await bench.ask(asked);
  expect(await told(3)).toEqual({ [`${asked.turn}-1-1`]: long });
  for (const { text: piece } of bench.progress)
    expect([piece.length <= 2_000, piece.isWellFormed()]).toEqual([true, true]);
});

test('what was said before a call, and what was no answer, is taken back; the next round is told under its own id', async () => {
  const skills = [offered(testSkill('look', async () => ({ text: 'x' })))];
  bench.script(
    (request, say) => {
      say(text('这是另一种语言的回答这是另一种语言的回答'));
      return says('这是另一种语言的回答这是另一种语言的回答')(request, say);
    },
    (request, say) => {
      say(text('Let me look.'));
      return calls('look', { text: 'a' })(request, say);
    },
  );
  const asked = question('what is in a?', { skills });
  expect(await bench.ask(asked)).toMatchObject({ kind: 'call', skill: 'look' });
  expect(await told(4)).toEqual({
    [`${asked.turn}-1-1`]: '这是另一种语言的回答这是另一种语言的回答|',
    [`${asked.turn}-1-2`]: 'Let me look.|',
  });
});

test.each(['judge', 'summarize'] as const)('nothing is told of what is written to %s', async (purpose) => {
  bench.script(
    (_, say) => {
      say(text('I think'));
      return { text: 'I think so' };
    },
    (_, say) => {
      say(text('Hello'));
      return { text: 'Hello' };
    },
  );
  await bench.ask(question('what?', { purpose }));
  const after = question('hi');
  await bench.ask(after);
  expect(await told(1)).toEqual({ [`${after.turn}-1-1`]: 'Hello' });
});

const tooLarge = (): never => {
  throw new SwitchboardError('too-large', 'More than the model takes');
};

test('too large, it is asked with less, twice at the most', async () => {
  const messages = Array.from({ length: 8 }, (_, index) => ({
    role: index % 2 === 0 ? ('person' as const) : ('switchboard' as const),
    text: `message ${index} ${'x'.repeat(500)}`,
    trust: 'trusted' as const,
  }));
  const asked = question('go on', {
    context: { facts: [], messages },
    observations: [result(1, 'look', 'y'.repeat(9_000))],
  });
  bench.script(tooLarge, tooLarge, says('Done with.'));
  expect(await bench.ask(asked)).toMatchObject({ kind: 'say', usage: { calls: 1 } });
  expect(bench.asked.map(({ id }) => id.slice(-2))).toEqual(['-1', '-2', '-3']);
  const sizes = bench.asked.map(({ messages: sent }) => JSON.stringify(sent).length);
  expect(sizes[1]).toBeLessThan((sizes[0] ?? 0) * 0.6);
  expect(sizes[2]).toBeLessThan((sizes[1] ?? 0) * 0.6);

  bench.script(tooLarge, tooLarge, tooLarge);
  await expect(bench.ask(question('hi'))).rejects.toMatchObject({ info: { code: 'too-large' } });
  expect(bench.asked).toHaveLength(3);
});

test('an answer is mended, and asked with less, in the same question', async () => {
  bench.script(tooLarge, says(''), tooLarge, says('Here it is.'));
  const asked = question('go on');
  expect(await bench.ask(asked)).toMatchObject({ kind: 'say', text: 'Here it is.', usage: { calls: 2 } });
  expect(bench.asked.at(-1)?.messages.at(-1)).toMatchObject({ text: expect.stringContaining('it is empty') });
});

test('two hundred questions at a time lose nothing', async () => {
  const answers = Array.from({ length: 200 }, (_, index) => (_request: unknown, say: (piece: ModelPiece) => void) => {
    say(text('Hel'));
    say(text('lo'));
    return { text: `Hello ${index}` };
  });
  bench.script(...answers);
  const asked = answers.map(() => question('hi'));
  const replies = await Promise.all(asked.map((one) => bench.ask(one)));
  expect(new Set(replies.map((reply) => 'text' in reply && reply.text)).size).toBe(200);
  const all = await told(400);
  expect(asked.map(({ turn }) => all[`${turn}-1-1`])).toEqual(asked.map(() => 'Hello'));
});

test('a model service that is away is waited for, and asked the same', async () => {
  await bench.modelAway();
  bench.script(says('Back again.'));
  const asked = question('hi');
  const answer = bench.ask(asked);
  await bench.modelBack();
  expect(await answer).toMatchObject({ kind: 'say', text: 'Back again.' });
  expect(bench.asked.map(({ id }) => id)).toEqual([`${asked.turn}-1-1`]);
});

test('a question ends at its deadline, whatever the model does', async () => {
  bench.script(() => new Promise(() => {}));
  const asked = question('hi', { deadline: new Date(Date.now() + 500).toISOString() });
  await expect(bench.ask(asked)).rejects.toMatchObject({ info: { code: 'deadline-exceeded' } });
  expect(bench.asked[0]?.deadline).toBe(asked.deadline);
});

test('the broker may die while the model thinks: it is asked the same again', async () => {
  bench.script(() => new Promise(() => {}), says('It was worth the wait.'));
  const asked = question('hi');
  // The gateway's own wait ends with the connection.
  const first = bench.ask(asked).catch((error: unknown) => error);
  await waitUntil('the model is asked', () => bench.asked.length === 1);
  await bench.nats.restart();
  expect(await first).toMatchObject({ name: 'BusError' });
  await waitUntil('it is asked again', () => bench.asked.length === 2);
  expect(bench.asked[1]).toEqual(bench.asked[0]);
});

test('an agent that ends leaves its questions: they can be asked again', async () => {
  bench.script(() => new Promise(() => {}));
  const answer = bench.ask(question('hi')).catch((error: unknown) => error);
  await waitUntil('the model is asked', () => bench.asked.length === 1);
  await bench.drain();
  expect(await answer).toMatchObject({ info: { code: 'agent-unavailable' } });
});
