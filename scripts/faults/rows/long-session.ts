// L: what a turn costs does not grow with the session that it is in.
import { randomUUID } from 'node:crypto';
import { type Turn, turnSchema } from '@switchboard/contract';
import { type Bench, openBench } from '../load/bench.ts';
import { say } from '../plan.ts';
import { worldSkillOf } from '../world/world-skills.ts';
import { claims, type Row } from './row.ts';

const length = 1_000;
const pairs = 150;
const ratioMax = 1.2;
/** Posts that wait in the session while it is made long: its turns themselves come one after another. */
const ahead = 8;

/** Milliseconds, each for one sample. */
const kinds = ['turn', 'readTurn', 'firstEventOfTurn', 'newestMessage'] as const;
type Costs = Record<(typeof kinds)[number], number[]>;

const noCosts = (): Costs => ({ turn: [], readTurn: [], firstEventOfTurn: [], newestMessage: [] });

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

async function turn({ api, key }: Bench, session: string, gateway: number): Promise<Turn> {
  const body = { input: say([{ skill: worldSkillOf.once, key: key(), ms: 0 }]) };
  const headers = { 'idempotency-key': randomUUID(), prefer: 'wait=30' };
  const options = { body, headers, gateway, timeoutMs: 35_000 };
  const done = turnSchema.parse((await api.call('POST', `/v1/sessions/${session}/turns`, options)).body);
  if (done.state !== 'completed') throw new Error(`a turn is ${done.state}`);
  return done;
}

async function firstEvent({ stage }: Bench, id: string, gateway: number): Promise<void> {
  const hangUp = new AbortController();
  const response = await fetch(`${stage.gateways[gateway]?.url}/v1/turns/${id}/events`, {
    headers: { authorization: `Bearer ${stage.key}` },
    signal: AbortSignal.any([hangUp.signal, AbortSignal.timeout(10_000)]),
  });
  const read = await response.body?.getReader().read();
  if (response.status !== 200 || read?.value === undefined) throw new Error(`no event: ${response.status}`);
  hangUp.abort();
}

async function timed<T>(into: number[], call: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await call();
  into.push(performance.now() - startedAt);
  return result;
}

async function sample(bench: Bench, session: string, gateway: number, costs: Costs): Promise<void> {
  const { id } = await timed(costs.turn, () => turn(bench, session, gateway));
  await timed(costs.readTurn, () => bench.api.call('GET', `/v1/turns/${id}`, { gateway }));
  await timed(costs.firstEventOfTurn, () => firstEvent(bench, id, gateway));
  await timed(costs.newestMessage, () => bench.api.call('GET', `/v1/sessions/${session}?limit=1`, { gateway }));
}

async function makeLong(bench: Bench): Promise<string> {
  const session = await bench.api.createSession();
  let left = length;
  const client = async (gateway: number): Promise<void> => {
    while (left-- > 0) await turn(bench, session, gateway);
  };
  await Promise.all(Array.from({ length: ahead }, (_, index) => client(index % bench.stage.gateways.length)));
  return session;
}

export const longSessionRow: Row = {
  id: 'L',
  title: 'a turn in a session of a thousand costs at most 1.2 times one in a session of one',
  async run({ stage }) {
    const bench = await openBench(await stage());
    const { must, broken } = claims();
    const long = await makeLong(bench);
    const [atLength, atOne] = [noCosts(), noCosts()];
    for (let pair = 0; pair < pairs; pair++) {
      const gateway = pair % bench.stage.gateways.length;
      const fresh = await bench.api.createSession();
      await turn(bench, fresh, gateway);
      await sample(bench, long, gateway, atLength);
      await sample(bench, fresh, gateway, atOne);
    }
    const medianMs = kinds.map((kind): [string, object] => {
      const [far, near] = [median(atLength[kind]), median(atOne[kind])];
      const ratio = far / near;
      must(ratio <= ratioMax, `${kind}: ${far.toFixed(1)} ms against ${near.toFixed(1)} ms`);
      return [
        kind,
        { atLength: Number(far.toFixed(1)), atOne: Number(near.toFixed(1)), ratio: Number(ratio.toFixed(2)) },
      ];
    });
    return { broken, figures: { length, pairs, medianMs: Object.fromEntries(medianMs) } };
  },
};
