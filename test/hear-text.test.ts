// What the prompt hears while an answer is written: every piece, in order, once, and nothing of what is on the record.
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Delta, hearText } from '../scripts/client/hear-text.ts';
import { type LedStage, ledStage, say } from '../services/gateway/test/led-stage.ts';

let on: LedStage;
beforeAll(async () => {
  on = await ledStage();
});
afterAll(() => on?.close());

test('pieces of an answer come as they are written, also into a session that has a past', async () => {
  const session = await on.session();
  on.think(() => say('Before.'));
  await on.say(session, 'said before');
  const heard: Delta[] = [];
  const leaving = new AbortController();
  const { promise: open, resolve: onOpen } = Promise.withResolvers<void>();
  const place = { url: on.url, key: on.key, session };
  const hearing = hearText(place, leaving.signal, { onDelta: (delta) => heard.push(delta), onOpen });
  await open;
  const words = Array.from({ length: 200 }, (_, index) => `word ${index} `);
  on.think(({ turn, thought }) => {
    const progress = (kind: 'text' | 'reset', text: string): void =>
      on.agent.bus.publish(
        'progress',
        { agent: 'workstation', turn },
        { v: 1, id: `${turn}-${thought}-1`, kind, text },
      );
    progress('text', 'not this');
    progress('reset', '');
    for (const word of words) progress('text', word);
    return say(words.join(''));
  });
  const turn = await on.say(session, 'tell me');
  await waitUntil('all is heard', () => heard.length === words.length + 2);
  expect(heard.slice(0, 2).map(({ kind }) => kind)).toEqual(['text', 'reset']);
  expect(heard.slice(2).map(({ text }) => text)).toEqual(words);
  expect(new Set(heard.map(({ turn: of }) => of))).toEqual(new Set([turn.id]));
  leaving.abort();
  await hearing;
});
