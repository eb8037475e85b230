// Runs one turn over a stage whose processes die at a named place, once, and tells what was seen of it.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openBench } from '../load/bench.ts';
import { say } from '../plan.ts';
import type { KillableServer } from '../stage/servers.ts';
import type { Stage } from '../stage/stage.ts';
import { readRecord } from '../verify/record.ts';
import { worldSkillOf } from '../world/world-skills.ts';
import type { CrashCase } from './crash-cases.ts';

export interface SeenCase {
  /** `completed`, or the code of the error. */
  readonly end: string;
  readonly attempts: readonly string[];
  readonly effects: readonly number[];
  /** Processes that died by themselves. */
  readonly died: readonly string[];
  /** Answers to the posts of the one key, in order; 0 is no answer. */
  readonly answers: readonly number[];
  /** Turns that the key made. */
  readonly turns: number;
  readonly choices: readonly string[];
  /** Terminal events: in Postgres, and in the stream without repeats. */
  readonly endEvents: readonly [number, number];
  /** From the death to the end of the turn. */
  readonly recoveryMs: number;
}

/** The gateways, or the agent, die at this place, whichever of them comes there first. */
async function arm(stage: Stage, { who, point }: CrashCase): Promise<void> {
  const env = { SWITCHBOARD_CRASH_AT: point, SWITCHBOARD_CRASH_ONCE_FILE: join(stage.folder, randomUUID()) };
  const armed = who === 'gateway' ? stage.gateways : stage.agents;
  const others = who === 'gateway' ? stage.agents : stage.gateways;
  for (const managed of others) managed.setEnv({});
  await Promise.all(
    armed.map(async (managed) => {
      managed.setEnv(env);
      await managed.kill();
      await managed.ready();
    }),
  );
}

/** Kills the server when the next process dies, and starts it again. The returned function waits until it is back. */
function strikeWithDeath(stage: Stage, server: KillableServer): () => Promise<void> {
  const before = stage.deaths.length;
  let waiting = true;
  const struck = stage.nextDeath().then(async () => {
    if (!waiting) return;
    await server.kill('SIGKILL');
    await server.start();
  });
  return async () => {
    waiting = false;
    if (stage.deaths.length > before) await struck;
  };
}

/** `server` dies together with the process that dies there. Throws when the turn does not end. */
export async function runCase(stage: Stage, given: CrashCase, server?: KillableServer): Promise<SeenCase> {
  await arm(stage, given);
  const before = stage.deaths.length;
  const { api, post, end, effects } = await openBench(stage);
  const session = await api.createSession();
  const serverIsBack = server && strikeWithDeath(stage, server);
  const key = randomUUID();
  const acts = given.steps.map((repeat, step) => ({ skill: worldSkillOf[repeat], key: `${key}.${step + 1}`, ms: 40 }));
  const { id, answers } = await post(session, say(acts), key);
  const turn = await end(id);
  const endedAt = Date.now();
  await serverIsBack?.();
  const [kept] = await readRecord(stage, [{ id: session, turns: [] }]);
  const ends = (events: readonly { type: string; seq: number }[]): number =>
    new Set(events.filter(({ type }) => /^turn-(completed|failed|canceled|rejected)$/.test(type)).map(({ seq }) => seq))
      .size;
  const deaths = stage.deaths
    .slice(before)
    // A gateway that starts while the database is away ends by itself, and is started again.
    .filter(({ wanted, how }) => !wanted && (server === undefined || how === 'SIGKILL'));
  return {
    end: turn.error?.code ?? turn.state,
    attempts: turn.steps.map(({ step, attempt, state }) => `${step}.${attempt} ${state}`),
    effects: await Promise.all(acts.map((act) => effects(act.key))),
    died: deaths.map(({ name }) => name),
    answers,
    turns: kept?.turns.length ?? 0,
    choices: turn.question?.choices?.map((choice) => choice.id) ?? [],
    endEvents: [ends(kept?.events ?? []), ends(kept?.copied ?? [])],
    recoveryMs: endedAt - (deaths[0]?.at ?? endedAt),
  };
}
