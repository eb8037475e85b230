// I: mails that are turns, while every part dies in turn: each is done once and has one answer, in its thread.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dovecotPackages } from '@switchboard/testkit/peers/dovecot';
import { waitUntil } from '@switchboard/testkit/wait-until';
import { z } from 'zod';
import { type Bench, openBench } from '../load/bench.ts';
import { createRandom } from '../random.ts';
import { type Correspondence, startCorrespondence } from '../roles/correspondence.ts';
import { openStage, type Stage } from '../stage/stage.ts';
import { inject } from '../storm/inject.ts';
import type { FaultKind } from '../storm/schedule.ts';
import { claims, type Row } from './row.ts';

const rounds = 3;
const mailsPerDeath = 2;
const answerMs = 60;
const pauseMs = { min: 200, max: 1_500 } as const;
const answeredMsMax = 120_000;

const deaths: readonly (readonly [FaultKind, string])[] = [
  ['kill', 'messenger'],
  ['kill', 'gateway-1'],
  ['kill', 'gateway-2'],
  ['kill', 'router'],
  ['kill', 'workstation'],
  ['broker-kill', 'broker'],
  ['database-kill', 'database'],
];

async function link({ api }: Bench, mail: Correspondence, address: string): Promise<void> {
  const body = { channel: 'mail', address };
  const begun = await api.call('POST', '/v1/identities', { body });
  const { code } = z.object({ code: z.string() }).parse(begun.body);
  const id = await mail.write(address, `The code is ${code}`);
  await waitUntil(`${address} is linked`, () => mail.answers(id)[0], 60_000);
}

interface Written {
  readonly id: string;
  readonly name: string;
}

/** Mails all the while, and one death after another. */
async function writeThroughDeaths(stage: Stage, mail: Correspondence, seed: string): Promise<Written[]> {
  const random = createRandom(seed);
  const written: Written[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [kind, target] of deaths) {
      for (let count = 0; count < mailsPerDeath; count++) {
        const name = `note-${written.length + 1}.txt`;
        const from = mail.people[written.length % mail.people.length] ?? '';
        written.push({ name, id: await mail.write(from, `write it is done to mails/${name}`) });
      }
      await delay(random.integer(pauseMs.min, pauseMs.max));
      await inject(stage, { kind, target, atMs: 0, durationMs: 0 });
    }
  }
  return written;
}

const deliveriesSchema = z.object({ deliveries: z.array(z.object({ state: z.string(), attempts: z.int() })) });

/** How many answers nobody can tell about. */
async function unknownAnswers({ api }: Bench): Promise<number> {
  const { body } = await api.call('GET', '/v1/deliveries?state=unknown&limit=200');
  return deliveriesSchema.parse(body).deliveries.length;
}

export const mailsRow: Row = {
  id: 'I',
  title: 'mails that are turns, while every part dies in turn: one answer each, in its thread',
  async run({ options }) {
    const { missing } = await dovecotPackages();
    if (missing !== undefined) return { broken: [], figures: {}, skipped: missing };
    const mail = await startCorrespondence(answerMs);
    const stage = await openStage({ workstation: true, realRouter: true, roles: { messenger: mail.settings } });
    try {
      const { must, broken } = claims();
      const bench = await openBench(stage);
      for (const address of mail.people) await link(bench, mail, address);
      const written = await writeThroughDeaths(stage, mail, `${options.seed} mails`);
      const unanswered = (): Written[] => written.filter(({ id }) => mail.answers(id).length === 0);
      const settled = async (): Promise<boolean> => unanswered().length <= (await unknownAnswers(bench).catch(() => 0));
      await waitUntil('every mail is answered, or its answer unknown', settled, answeredMsMax).catch(() => undefined);
      const unknown = await unknownAnswers(bench);
      const done = await readdir(join(stage.workspace, 'mails'));
      for (const { id, name } of written) {
        must(mail.answers(id).length <= 1, `${id} has ${mail.answers(id).length} answers`);
        must(done.includes(name), `${name} was not written`);
      }
      must(
        unanswered().length <= unknown,
        `${unanswered().length} mails have no answer, and only ${unknown} are unknown`,
      );
      const answered = written.length - unanswered().length;
      return { broken, figures: { mails: written.length, deaths: rounds * deaths.length, answered, unknown } };
    } finally {
      await stage.close();
      await mail.stop();
    }
  },
};
