// Everything that was kept, read back when all is quiet: each session's events from Postgres and from the stream.
import { readEvents } from '@switchboard/bus';
import type { Event } from '@switchboard/contract';
import type { LoggedSession } from '../load/turn-log.ts';
import type { Stage } from '../stage/stage.ts';

export interface KeptSession {
  readonly id: string;
  /** The truth. */
  readonly events: readonly Event[];
  /** The copy in the order of the stream, repeats included. */
  readonly copied: readonly Event[];
  /** Turn ids in the order in which they were taken. */
  readonly turns: readonly string[];
}

const pageMax = 1_000;

async function readAll(stage: Stage, sessions: readonly LoggedSession[]): Promise<Map<string, KeptSession>> {
  const store = stage.openStore();
  const own = store.of(stage.principalId);
  try {
    const kept = await Promise.all(
      sessions.map(async ({ id }): Promise<KeptSession> => {
        const events: Event[] = [];
        for (;;) {
          const page = await own.events.after(id, events.at(-1)?.seq ?? 0, pageMax);
          events.push(...page);
          if (page.length < pageMax) break;
        }
        const turns = (await own.sessions.messages(id, 100_000)).map(({ turnId }) => turnId);
        return { id, events, turns, copied: [] };
      }),
    );
    return new Map(kept.map((session) => [session.id, session]));
  } finally {
    await store.close();
  }
}

/** Resolves when the outbox is empty, or when nothing has left it for `stuckMs`: then the copy is as it is. */
async function relayed(stage: Stage, stuckMs: number): Promise<void> {
  const store = stage.openStore();
  try {
    let left = Number.POSITIVE_INFINITY;
    let movedAt = Date.now();
    while (left > 0 && Date.now() - movedAt < stuckMs) {
      const now = await store.work.outbox.count();
      if (now < left) movedAt = Date.now();
      left = now;
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, 250));
    }
  } finally {
    await store.close();
  }
}

/** Needs the database and the broker to be there. */
export async function readRecord(stage: Stage, sessions: readonly LoggedSession[]): Promise<KeptSession[]> {
  await relayed(stage, 30_000);
  const kept = await readAll(stage, sessions);
  const copies = new Map<string, Event[]>();
  const { broker } = stage;
  const url = `nats://127.0.0.1:${broker.port}`;
  for await (const event of readEvents({ url, user: 'auditor', seed: broker.seeds['auditor'] ?? '' })) {
    const copied = copies.get(event.session);
    if (copied) copied.push(event);
    else copies.set(event.session, [event]);
  }
  return [...kept.values()].map((session) => ({ ...session, copied: copies.get(session.id) ?? [] }));
}
