// The control: a coordinator that trusts time-outs. If the suite does not see it double effects, the suite is blind.
import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, connectBus, createSigner, type Signer } from '@switchboard/bus';
import { describeContract, hashJson, type Invoke, invocationId, type SkillDocument } from '@switchboard/contract';

import { inputOf, type PlannedAct } from './plan.ts';
import { createRandom, type Random } from './random.ts';
import { openStage, type Stage } from './stage/stage.ts';
import type { PlannedFault } from './storm/schedule.ts';
import { runStorm } from './storm/storm.ts';
import { worldAgent, worldSkillOf, worldSkills } from './world/world-skills.ts';

const clients = 8;
const timeoutMs = 1_000;

export interface NaiveSettings {
  readonly seed: string;
  readonly turns: number;
  readonly faults: number;
  readonly spanMs: number;
}

export interface NaiveResult {
  readonly turns: number;
  readonly faults: number;
  readonly invocations: number;
  /** Turns whose effect happened more than once. It must not be 0. */
  readonly doubled: number;
}

function planFaults(random: Random, count: number, spanMs: number): PlannedFault[] {
  return Array.from({ length: count }, (_, index) => {
    const atMs = Math.round((spanMs * (index + random.next())) / count);
    const draw = random.next();
    if (draw < 0.6) return { kind: 'kill', target: worldAgent, atMs, durationMs: 0 };
    if (draw < 0.85) return { kind: 'pause', target: worldAgent, atMs, durationMs: random.integer(1_200, 2_500) };
    return { kind: 'broker-kill', target: 'broker', atMs, durationMs: 0 };
  });
}

interface Naive {
  readonly bus: Bus;
  readonly signer: Signer;
  readonly document: SkillDocument;
  invocations: number;
}

function message(document: SkillDocument, turn: string, attempt: number, act: PlannedAct): Invoke {
  const input = inputOf(act);
  return {
    v: 1,
    id: invocationId(turn, 1, attempt),
    session: turn,
    turn,
    step: 1,
    attempt,
    epoch: 1,
    agent: worldAgent,
    skill: document.name,
    contractHash: document.contractHash,
    input,
    inputHash: hashJson(input),
    policy: { decision: 'allow', rule: 'naive', trust: 'trusted', effects: document.effects },
    deadline: new Date(Date.now() + 30_000).toISOString(),
  };
}

/** No row, no fence, no question: no answer means once more. */
async function retryUntilDone(naive: Naive, act: PlannedAct): Promise<void> {
  const { bus, signer, document } = naive;
  const turn = randomUUIDv7();
  for (let attempt = 1; ; attempt++) {
    naive.invocations++;
    const invoke = message(document, turn, attempt, act);
    const reply = await bus
      .request('invoke', { agent: worldAgent, skill: document.name }, invoke, {
        replier: worldAgent,
        timeoutMs,
        signer,
      })
      .catch(() => undefined);
    if (reply?.state === 'done') return;
    await delay(50);
  }
}

async function runOn(stage: Stage, settings: NaiveSettings): Promise<NaiveResult> {
  const random = createRandom(settings.seed);
  const seed = stage.broker.seeds['gateway'] ?? '';
  const bus = await connectBus({ url: `nats://127.0.0.1:${stage.broker.port}`, user: 'gateway', seed });
  const { skills } = worldSkills(stage.world, '1.0.0', 60_000);
  const once = skills.find(({ contract }) => contract.name === worldSkillOf.once);
  if (once === undefined) throw new Error('the world has no skill to do once');
  const document = describeContract(once.contract);
  const naive: Naive = { bus, signer: createSigner(stage.signing.privateKey), document, invocations: 0 };
  const startedAt = Date.now();
  const client = async (number: number): Promise<void> => {
    const own = random.fork(`client ${number}`);
    for (let turn = number; turn < settings.turns; turn += clients) {
      await delay(Math.max(0, startedAt + (settings.spanMs * turn) / settings.turns - Date.now()));
      await retryUntilDone(naive, { skill: document.name, key: `n${turn}`, ms: own.integer(100, 600) });
    }
  };
  const plan = planFaults(random.fork('faults'), settings.faults, settings.spanMs);
  const inFlight = () => ({ open: 0, running: 0 });
  const clientRuns = Array.from({ length: clients }, (_, number) => client(number));
  await Promise.all([runStorm({ stage, plan, inFlight }), ...clientRuns]);
  await bus.close();
  const { acted } = await stage.world.dump();
  const doubled = [...acted.values()].filter((count) => count > 1).length;
  return { turns: settings.turns, faults: settings.faults, invocations: naive.invocations, doubled };
}

/** Ends when every turn has been answered. */
export async function runNaive(settings: NaiveSettings): Promise<NaiveResult> {
  const stage = await openStage({ gateways: 0 });
  try {
    return await runOn(stage, settings);
  } finally {
    await stage.close();
  }
}
