// F16: an agent that answers garbage harms what it was asked for, and nothing else.
import { randomUUID } from 'node:crypto';
import { connectBus, createSigner, createSigningKeys } from '@switchboard/bus';
import { describeContract, hashJson, invocationId, type Turn, turnSchema } from '@switchboard/contract';
import { garbleSkillOf } from '../garbage/garble-skills.ts';
import { startGarbler } from '../garbage/start-garbler.ts';
import { type Way, type WayName, ways } from '../garbage/ways.ts';
import { type Bench, openBench } from '../load/bench.ts';
import { worldAgent, worldSkillOf, worldSkills } from '../world/world-skills.ts';
import { claims, type Row } from './row.ts';

const rounds = 3;
const others = 60;
const names = Object.keys(ways) as WayName[];
type Repeat = keyof typeof garbleSkillOf;

async function ask({ api, end }: Bench, repeat: Repeat, way: WayName): Promise<Turn> {
  const options = { body: { input: { way } }, headers: { 'idempotency-key': randomUUID() }, timeoutMs: 30_000 };
  const answer = await api.call('POST', `/v1/skills/${garbleSkillOf[repeat]}/invoke`, options);
  return end(turnSchema.parse(answer.body).id);
}

/** What is wrong with the end of a turn that was answered in this way; undefined when it is as it must be. */
function judge(turn: Turn, repeat: Repeat, name: WayName): string | undefined {
  const way: Way = ways[name];
  const ended = turn.error?.code ?? turn.state;
  if (ended !== way[repeat]) return `ended ${ended}`;
  const succeeded = turn.steps.filter(({ state }) => state === 'succeeded');
  if (succeeded.length !== (way[repeat] === 'completed' ? 1 : 0)) return `has ${succeeded.length} successes`;
  if (succeeded.some(({ output }) => output?.['count'] !== 1)) return 'has the output of a second answer';
  if (ended === 'outcome-unknown' && turn.question?.kind !== 'outcome') return 'asks nothing';
  return undefined;
}

/** Whoever holds the gateway's place on the bus and not its key gets nothing done. */
async function forge({ stage, key, effects }: Bench): Promise<{ said: string; effects: number }> {
  const { broker, world } = stage;
  const bus = await connectBus({
    url: `nats://127.0.0.1:${broker.port}`,
    user: 'gateway',
    seed: broker.seeds['gateway'] ?? '',
  });
  const skill = worldSkillOf.once;
  const once = worldSkills(world, '1.0.0', 60_000).skills.find(({ contract }) => contract.name === skill);
  if (once === undefined) throw new Error('the world has no skill to do once');
  const [turn, name] = [randomUUID(), key()];
  const input = { key: name, ms: 0 };
  const message = {
    v: 1 as const,
    id: invocationId(turn, 1, 1),
    session: turn,
    turn,
    step: 1,
    attempt: 1,
    epoch: 1,
    agent: worldAgent,
    skill,
    contractHash: describeContract(once.contract).contractHash,
    input,
    inputHash: hashJson(input),
    policy: {
      decision: 'allow' as const,
      rule: 'garbage',
      trust: 'trusted' as const,
      effects: [...once.contract.effects],
    },
    deadline: new Date(Date.now() + 30_000).toISOString(),
  };
  const signer = createSigner(createSigningKeys().privateKey);
  const said = await bus
    .request('invoke', { agent: worldAgent, skill }, message, { replier: worldAgent, timeoutMs: 5_000, signer })
    .then(
      (reply) => reply.state,
      (error: unknown) => String(error),
    );
  await bus.close();
  return { said, effects: await effects(name) };
}

export const garbageRow: Row = {
  id: 'F16',
  title: 'an agent that answers garbage: each turn has its named end, nothing else stops',
  async run({ stage }) {
    const on = await stage();
    const { must, broken } = claims();
    const bench = await openBench(on);
    const deaths = on.deaths.length;
    const stop = await startGarbler(on);
    const wrong: string[] = [];
    const ends: Record<string, number> = {};
    const garbled = names.flatMap((name) =>
      (['once', 'safe'] as const).flatMap((repeat) =>
        Array.from({ length: rounds }, async () => {
          const turn = await ask(bench, repeat, name).catch(String);
          const ended = typeof turn === 'string' ? turn : (turn.error?.code ?? turn.state);
          ends[ended] = (ends[ended] ?? 0) + 1;
          const what = typeof turn === 'string' ? turn : judge(turn, repeat, name);
          if (what !== undefined) wrong.push(`${name}, ${repeat}: ${what}`);
        }),
      ),
    );
    const meanwhile = Array.from({ length: others }, async () => {
      const turn = await bench.run([{ skill: worldSkillOf.once, key: bench.key(), ms: 50 }]);
      must(turn.state === 'completed' && turn.steps.length === 1, `another agent's turn ended ${turn.state}`);
    });
    try {
      await Promise.all([...garbled, ...meanwhile]);
    } finally {
      await stop();
    }
    broken.push(...wrong);
    const forged = await forge(bench);
    must(/signature/i.test(forged.said) && forged.effects === 0, `what another key signed: ${forged.said}`);
    const died = on.deaths.slice(deaths).map(({ name, how }) => `${name} ${how}`);
    must(died.length === 0, `processes ended: ${died}`);
    return {
      broken,
      figures: { ways: names.length, turns: garbled.length, ends, othersMeanwhile: others, forged: forged.said },
    };
  },
};
