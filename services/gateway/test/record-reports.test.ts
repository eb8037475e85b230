// S19: what an agent reports is in the audit chain, under the name that the broker knows it by, and a flood is not.
import { connectBus } from '@switchboard/bus';
import { createLog } from '@switchboard/service';
import type { NewAct } from '@switchboard/store';
import { startTestNats, waitUntil } from '@switchboard/testkit';
import { expect, test } from 'vitest';
import { recordReports } from '../src/record-reports.ts';

const time = '2026-01-01T00:00:00.000Z';
const log = createLog('gateway', 'silent');

test('one of two gateways records each report; past the limit none', async () => {
  const nats = await startTestNats({ agents: ['workstation'] });
  const connect = (user: string) => connectBus({ url: nats.url, user, seed: nats.identities[user] ?? '' });
  const recorded: NewAct[] = [];
  const audit = { append: async (act: NewAct) => void recorded.push(act) };
  const gateways = [await connect('gateway'), await connect('gateway')];
  const limits = { reportsMax: 1_000, windowMs: 60_000 };
  for (const bus of gateways) recordReports({ bus, audit, log, limits });
  await Promise.all(gateways.map((bus) => bus.flush()));

  const agent = await connect('workstation');
  const subject = { service: 'workstation', kind: 'refused' };
  const report = (data: Record<string, unknown>) =>
    agent.publish('audit', subject, { v: 1, ...subject, service: 'gateway', time, data });
  for (let n = 1; n <= 20; n++) report({ code: 'unauthenticated', n });
  report({ code: 'x'.repeat(10_000) });
  await waitUntil('the reports', () => recorded.length >= 21);
  const expected = Array.from({ length: 20 }, (_, n) => n + 1);
  expect(recorded.flatMap(({ data }) => data?.['n'] ?? []).sort((a, b) => Number(a) - Number(b))).toEqual(expected);
  expect(new Set(recorded.map(({ actor, action }) => `${actor} ${action}`))).toEqual(new Set(['workstation refused']));
  expect(recorded.find(({ data }) => data?.['code'] === undefined)?.data).toEqual({ characters: 10_011 });

  for (let n = 1; n <= 5_000; n++) report({ flood: n });
  const tooMany = () => recorded.filter(({ action }) => action === 'reports-too-many').length;
  await agent.flush();
  await waitUntil('both to have had enough', () => tooMany() === 2);
  expect(recorded.length).toBe(2_000);
  await Promise.all([...gateways, agent].map((bus) => bus.close()));
  await nats.stop();
});
