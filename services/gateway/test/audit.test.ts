// S19: what happens in a gateway is sealed, published with its seal, and read back by those who may.
import { connectWitness, type Witness } from '@switchboard/bus';
import { type AuditEntry, auditDigest, auditEntrySchema, auditGenesis, auditHash } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Stage, stage } from './fixture.ts';

let at: Stage;
let witness: Witness;
beforeAll(async () => {
  at = await stage();
  witness = await connectWitness({ url: at.nats.url, seed: at.nats.identities['witness'] ?? '' });
});
afterAll(async () => {
  await witness?.close();
  await at?.close();
});

async function entries(): Promise<AuditEntry[]> {
  const response = await at.call('GET', '/v1/audit?limit=500');
  return z.object({ entries: z.array(auditEntrySchema) }).parse(await response.json()).entries;
}

async function published(): Promise<{ seq: number; hash: string }[]> {
  const { first, last } = await witness.range();
  const seals = [];
  for (let sequence = first; sequence <= last; sequence++) seals.push(await witness.event(sequence));
  return seals.flatMap((seal) => seal ?? []).sort((a, b) => a.seq - b.seq);
}

/** The router of this stage is silent: each turn is accepted, and canceled. */
async function happen(): Promise<void> {
  const session = await at.session();
  const turn = await at.say(session, 'anything', { wait: 0 });
  await at.call('POST', `/v1/turns/${turn.id}/cancel`, {});
  await at.call('DELETE', `/v1/sessions/${session}`);
}

const sealed = (count: number) =>
  waitUntil(`${count} entries`, async () => {
    const found = await entries();
    return found.length >= count ? found : undefined;
  });

test('everything is in one chain, which is on the stream too, and its head is told when it rests', async () => {
  await happen();
  await happen();
  const chain = await sealed(8);
  let before = auditGenesis;
  for (const { seq, digest, hash, event } of chain) {
    expect(event && auditDigest(event)).toBe(digest);
    expect(auditHash(before, seq, digest)).toBe(hash);
    before = hash;
  }
  const seals = chain.map(({ seq, hash }) => ({ seq, hash }));
  await expect.poll(published).toEqual(seals);
  await expect.poll(async () => (await witness.head())?.seal, { timeout: 10_000 }).toEqual(seals.at(-1));
});

test('while the broker is away sealing goes on; a stream that lost its disk gets the same hashes again', async () => {
  const before = await entries();
  await at.nats.kill9();
  await happen();
  const chain = await sealed(before.length + 4);
  expect(chain.slice(0, before.length)).toEqual(before);
  await at.nats.restart({ wipe: true });
  await expect.poll(published, { timeout: 20_000 }).toEqual(chain.map(({ seq, hash }) => ({ seq, hash })));
});

test('nothing strays, and a page begins where it is asked to', async () => {
  expect(await (await at.call('GET', '/v1/audit/strays?source=event')).json()).toEqual({ strays: [] });
  const page = await (await at.call('GET', '/v1/audit?after=2&limit=2')).json();
  expect(page).toMatchObject({ entries: [{ seq: 3 }, { seq: 4 }] });
  expect((await at.call('GET', '/v1/audit?after=-1')).status).toBe(400);
});
