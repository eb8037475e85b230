// Who asks who is here is told at once: a gateway that has just come does not decide without a model that is there.
import { connectBus } from '@switchboard/bus';
import { waitUntil } from '@switchboard/testkit';
import { expect, test } from 'vitest';
import { openStage, serve } from './stage.ts';

/** It says so of itself every two seconds. */
const soonMs = 1_000;

test('the model service answers who is here', async () => {
  const stage = await openStage();
  const running = await serve(
    stage,
    "models:\n  - { name: small, api: openai, baseUrl: 'http://127.0.0.1:9/v1', model: small-1, contextTokens: 8192 }\n",
  );
  const gateway = await connectBus({
    url: stage.nats.url,
    user: 'gateway',
    seed: stage.nats.identities['gateway'] ?? '',
  });
  try {
    const heard: number[] = [];
    gateway.listen('modelHere', () => heard.push(performance.now()));
    await gateway.flush();
    // Three in a row, each answered before its own time would come.
    for (let at = 1; at <= 3; at++) {
      const askedAt = performance.now();
      const before = heard.length;
      gateway.publish('who', {}, { v: 1 });
      await waitUntil('it is heard', () => heard.length > before);
      expect(performance.now() - askedAt).toBeLessThan(soonMs);
    }
  } finally {
    await gateway.close();
    await running.stop();
    await stage.close();
  }
});
