// Clients that do not give up: each posts its session's turns in order, again and again with the same key, until taken.
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { PlannedAct } from '../plan.ts';
import type { Random } from '../random.ts';
import type { Answer, Api } from './api.ts';
import type { LoggedSession, LoggedTurn, TurnLog } from './turn-log.ts';

/** How many posts are fired twice at the same time. */
const twinned = 0.15;
/** A crowd that hammers at a door keeps it from being opened. */
const pauseMsMin = 100;
const pauseMsMax = 2_000;
const turnSchema = z.object({ id: z.string() });

export interface PostCounts {
  posts: number;
  twins: number;
}

export interface LoadOptions {
  readonly api: Api;
  readonly log: TurnLog;
  readonly random: Random;
  /** In which words; the same for the same acts. */
  readonly say: (acts: readonly PlannedAct[]) => string;
  /** The posts are spread over this time. */
  readonly spreadMs: number;
  readonly counts: PostCounts;
}

/** Throws for an answer that no fault explains: a refusal of what is a good request. */
function check(answer: Answer): string | undefined {
  if (answer.status < 300) return turnSchema.parse(answer.body).id;
  if (answer.status === 429 || answer.status >= 500) return undefined;
  throw new Error(`refused: ${answer.status} ${JSON.stringify(answer.body)}`);
}

async function postOnce({ api, log, counts, say }: LoadOptions, session: string, turn: LoggedTurn): Promise<boolean> {
  counts.posts++;
  turn.posts++;
  const headers = { 'idempotency-key': turn.key };
  const body = { input: say(turn.acts) };
  const answer = await api.call('POST', `/v1/sessions/${session}/turns`, { body, headers }).catch(() => undefined);
  const id = answer && check(answer);
  if (id !== undefined) log.accepted(turn, id);
  return id !== undefined;
}

async function postUntilTaken(options: LoadOptions, session: string, turn: LoggedTurn): Promise<void> {
  const { random, counts } = options;
  for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(2 * pauseMs, pauseMsMax)) {
    const twin = random.chance(twinned);
    if (twin) counts.twins++;
    const posts = [postOnce(options, session, turn), ...(twin ? [postOnce(options, session, turn)] : [])];
    const taken = await Promise.all(posts);
    if (taken.includes(true)) return;
    await delay(random.integer(pauseMs / 2, pauseMs));
  }
}

async function runSession(options: LoadOptions, session: LoggedSession, random: Random): Promise<void> {
  const startedAt = Date.now();
  for (const [index, turn] of session.turns.entries()) {
    const due = startedAt + (options.spreadMs * (index + random.next())) / session.turns.length;
    await delay(Math.max(0, due - Date.now()));
    await postUntilTaken({ ...options, random }, session.id, turn);
  }
}

/** Resolves when every turn has been taken. */
export async function runLoad(options: LoadOptions): Promise<void> {
  const { log, random } = options;
  await Promise.all(log.sessions.map((session, index) => runSession(options, session, random.fork(`client ${index}`))));
}
