// A model service that ends: what it breaks off is to be asked again, of the process that comes after it.
import { expect, test } from 'vitest';
import { createCalls } from '../src/calls.ts';
import { request } from './stage.ts';

test('what is still under way is refused in a way that is asked again', async () => {
  const broken = Promise.withResolvers<unknown>();
  const calls = createCalls(({ signal }) => {
    signal.addEventListener('abort', () => broken.resolve(signal.reason), { once: true });
    return new Promise(() => undefined);
  });
  const asked = calls.ask('workstation', request(), () => undefined);
  const refused = expect(asked).rejects.toMatchObject({ code: 'overloaded' });
  await calls.drain(10);
  await refused;
  expect(await broken.promise).toMatchObject({ code: 'overloaded' });
  expect(calls.open()).toBe(0);
});
