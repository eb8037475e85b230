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

/** Once there are so many events; acts are the gateway's own, at any time. */
const sealed = (count: number) =>
  waitUntil(`${count} events`, async () => {
    const found = await entries();
    return found.filter(({ event }) => event).length >= count ? found : undefined;
  });

function sealsOfEvents(chain: readonly AuditEntry[]): { seq: number; hash: string }[] {
  return chain.flatMap(({ seq, hash, event }) => (event ? [{ seq, hash }] : []));
}

async function end(): Promise<{ seq: number; hash: string } | undefined> {
  const last = (await entries()).at(-1);
  return last && { seq: last.seq, hash: last.hash };
}

test('everything is in one chain, which is on the stream too, and its head is told when it rests', async () => {
  await happen();
  await happen();
  const chain = await sealed(8);
  let before = auditGenesis;
  for (const { seq, digest, hash, event, act } of chain) {
    const record = event ?? act;
    expect(record && auditDigest(record)).toBe(digest);
    expect(auditHash(before, seq, digest)).toBe(hash);
    before = hash;
  }
  await expect.poll(published).toEqual(sealsOfEvents(chain));
  await expect.poll(async () => (await witness.head())?.seal, { timeout: 10_000 }).toEqual(await end());
});

test('while the broker is away sealing goes on; a stream that lost its disk gets the same hashes again', async () => {
  const before = await entries();
  await at.nats.kill9();
  await happen();
  const chain = await sealed(sealsOfEvents(before).length + 4);
  expect(chain.slice(0, before.length)).toEqual(before);
  await at.nats.restart({ wipe: true });
  await expect.poll(published, { timeout: 20_000 }).toEqual(sealsOfEvents(chain));
});

test('nothing strays, and a page begins where it is asked to', async () => {
  expect(await (await at.call('GET', '/v1/audit/strays?source=event')).json()).toEqual({ strays: [] });
  const page = await (await at.call('GET', '/v1/audit?after=2&limit=2')).json();
  expect(page).toMatchObject({ entries: [{ seq: 3 }, { seq: 4 }] });
  expect((await at.call('GET', '/v1/audit?after=-1')).status).toBe(400);
});
