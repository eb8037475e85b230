// The router on a real broker: what it has not been told it refuses, what it has been told it decides.
import { type Bus, BusError, connectBus } from '@switchboard/bus';
import { catalogueRevision, type MessageOf } from '@switchboard/contract';
import { createLog } from '@switchboard/service';
import { startTestNats, type TestNats } from '@switchboard/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveRoutes } from '../src/serve.ts';
import { smallCatalogue } from './small-catalogue.ts';

const agent = 'workstation';
const skills = smallCatalogue
  .filter((entry) => entry.agent === agent)
  .map(({ document }) => ({
    ...document,
    utterances: [...document.utterances, ...Array.from({ length: 8 }, (_, at) => `${document.title} way ${at}`)],
  }));
const revision = catalogueRevision(skills);

describe('the router on the bus', () => {
  let nats: TestNats;
  let router: Bus;
  let gateway: Bus;

  beforeAll(async () => {
    nats = await startTestNats({ agents: [agent] });
    const connect = (user: string): Promise<Bus> =>
      connectBus({ url: nats.url, user, seed: nats.identities[user] ?? '' });
    router = await connect('router');
    gateway = await connect('gateway');
    await serveRoutes(router, createLog('router', 'silent'));
  });
  afterAll(async () => {
    await Promise.allSettled([router.close(), gateway.close()]);
    await nats.stop();
  });

  const route = (text: string, catalogue: MessageOf<'route'>['catalogue']) =>
    gateway.request('route', {}, { v: 1, text, recent: [], catalogue }, { timeoutMs: 10_000, replier: 'router' });

  it('refuses a revision it does not hold, and decides once it has been told', async () => {
    const asked = route('read a.txt', [{ agent, revision }]);
    await expect(asked).rejects.toSatisfy(
      (error) => error instanceof BusError && error.kind === 'refused' && error.info?.code === 'contract-mismatch',
    );
    gateway.publish('catalogue', { agent }, { v: 1, agent, revision, skills });
    expect(await route('read a.txt', [{ agent, revision }])).toMatchObject({
      outcome: 'route',
      steps: [{ agent, skill: 'read-file', input: { path: 'a.txt' } }],
    });
  });

  it('says that no agent is here when there is none', async () => {
    expect(await route('read a.txt', [])).toMatchObject({ outcome: 'refuse' });
  });

  it('forgets nothing it was told for a broken message', async () => {
    gateway.publish('catalogue', { agent }, { v: 1, agent, revision: 'short', skills: [] });
    expect(await route('read a.txt', [{ agent, revision }])).toMatchObject({ outcome: 'route' });
  });
});
