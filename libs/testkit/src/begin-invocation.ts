// An invocation under way without a gateway: turn, claim and row, as the coordinator would have written them.
import { randomUUIDv7 } from 'node:crypto';
import { type Effect, hashJson, invocationId, type RouteDecision, type Trust } from '@switchboard/contract';
import type { Store } from '@switchboard/store';

export interface BegunInvocation {
  readonly id: string;
  readonly turnId: string;
  readonly sessionId: string;
  /** Ends it and its turn. */
  end(ended?: { readonly output?: Record<string, unknown>; readonly text?: string }): Promise<void>;
}

export interface BeginOptions {
  readonly principalId: string;
  readonly effects: readonly Effect[];
  readonly agent?: string;
  readonly ingests?: Trust;
  /** A new one when not given. */
  readonly sessionId?: string;
  readonly turnId?: string;
  readonly said?: string;
  readonly input?: Record<string, unknown>;
  readonly decision?: RouteDecision;
}

const turnMs = 60_000;

async function newSession(store: Store, principalId: string): Promise<string> {
  const made = await store
    .of(principalId)
    .sessions.create({ id: randomUUIDv7() }, { type: 'session-created', data: {} });
  if (made === undefined) throw new Error('no session');
  return made.session.id;
}

/** Step 1, attempt 1 of a turn of its own. */
export async function beginInvocation(store: Store, options: BeginOptions): Promise<BegunInvocation> {
  const { principalId, effects, agent = 'workstation', ingests = 'trusted', said = 'something', input = {} } = options;
  const { turnId = randomUUIDv7() } = options;
  const sessionId = options.sessionId ?? (await newSession(store, principalId));
  const accepted = await store.of(principalId).accept({
    id: turnId,
    sessionId,
    idempotencyKey: turnId,
    requestHash: 'h',
    request: { input: said, dryRun: false },
    address: { text: said },
    deadlineMs: turnMs,
    queuedMax: 50,
    event: { type: 'turn-accepted', data: { input: said } },
  });
  const claimed = (await store.work.claims.claim('test', turnMs, 50)).find((turn) => turn.id === turnId);
  if (claimed === undefined) throw new Error(`the turn is ${JSON.stringify(accepted)}, and cannot be claimed`);
  const id = invocationId(turnId, 1, 1);
  const contractHash = hashJson(agent);
  await store.work.transit(claimed, {
    ...(options.decision && { decision: options.decision }),
    plan: [{ agent, skill: 'tried', contractHash, input }],
    start: {
      id,
      step: 1,
      attempt: 1,
      agent,
      skill: 'tried',
      contractHash,
      input,
      inputHash: hashJson(input),
      effects,
      repeat: 'idempotent',
      ingests,
      policy: { decision: 'allow', rule: 'of-the-test', trust: 'trusted', effects: [...effects] },
      approvalId: null,
      deadline: new Date(Date.now() + turnMs),
    },
    events: [{ type: 'step-started', data: {} }],
  });
  return {
    id,
    turnId,
    sessionId,
    async end({ output = {}, text = 'Done.' } = {}) {
      await store.work.transit(claimed, {
        state: 'completed',
        end: { id, state: 'succeeded', output, text },
        output: { text, data: output },
        events: [{ type: 'turn-completed', data: {} }],
      });
    },
  };
}
