// What the rows that follow single turns share: a session, a turn, its end, and what came of it outside.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Turn, turnSchema } from '@switchboard/contract';
import { type PlannedAct, say } from '../plan.ts';
import { createRandom } from '../random.ts';
import type { Stage } from '../stage/stage.ts';
import { type Api, createApi, waitUntilKnown } from './api.ts';

const endMsMax = 60_000;

export interface Bench {
  readonly stage: Stage;
  readonly api: Api;
  /** A key for the outside world that was never used before. */
  key(): string;
  /** Posts until it is taken; the id of the turn, and the answers to the posts (0: none). */
  post(session: string, input: string, key?: string): Promise<{ id: string; answers: number[] }>;
  /** Waits for the end. Throws after a minute, or `timeoutMs`. */
  end(id: string, timeoutMs?: number): Promise<Turn>;
  /** A turn in a session of its own, from its post to its end. */
  run(acts: readonly PlannedAct[]): Promise<Turn>;
  /** How often it happened; a put counts once. */
  effects(key: string): Promise<number>;
}

/** Resolves when every gateway knows every agent. */
export async function openBench(stage: Stage): Promise<Bench> {
  await waitUntilKnown(stage);
  const api = createApi(stage, createRandom(stage.run));

  const post: Bench['post'] = async (session, input, key = randomUUID()) => {
    const answers: number[] = [];
    for (;;) {
      const options = { body: { input }, headers: { 'idempotency-key': key } };
      const answer = await api.call('POST', `/v1/sessions/${session}/turns`, options).catch(() => undefined);
      answers.push(answer?.status ?? 0);
      if (answer && answer.status < 300) return { id: turnSchema.parse(answer.body).id, answers };
      await delay(50);
    }
  };

  const end: Bench['end'] = async (id, timeoutMs = endMsMax) => {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const turn = await api.read(id);
      if (turn.finishedAt !== undefined) return turn;
      if (Date.now() > until) throw new Error(`turn ${id} is still ${turn.state} after ${timeoutMs} ms`);
      await delay(20);
    }
  };

  return {
    stage,
    api,
    key: randomUUID,
    post,
    end,
    run: async (acts) => end((await post(await api.createSession(), say(acts))).id),
    async effects(key) {
      const { acted, put } = await stage.world.dump();
      return (acted.get(key) ?? 0) + (put.has(key) ? 1 : 0);
    },
  };
}
