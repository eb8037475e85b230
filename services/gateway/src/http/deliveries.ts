// What went back over channels, for operators: where it is, and never what it says.
import type { Delivery } from '@switchboard/contract';
import type { DeliveryRow } from '@switchboard/store';
import type { HttpDeps } from './deps.ts';
import { seenBy } from './keys.ts';
import type { Handlers } from './serve.ts';

function viewDelivery(row: DeliveryRow): Delivery {
  const { id, principalId, principal, agent, channel, address, state, attempt, createdAt } = row;
  return {
    id,
    principalId,
    principal,
    agent,
    channel,
    address,
    ...(row.sessionId !== null && { sessionId: row.sessionId }),
    ...(row.turnId !== null && { turnId: row.turnId }),
    state,
    attempts: attempt,
    ...(row.error !== null && { error: row.error }),
    createdAt: createdAt.toISOString(),
    ...(row.finishedAt !== null && { finishedAt: row.finishedAt.toISOString() }),
  };
}

export function deliveryHandlers({ database: { deliveries } }: HttpDeps): Handlers<'listDeliveries'> {
  return {
    async listDeliveries({ query: { limit, before, state }, caller }) {
      const rows = await deliveries.list(limit, { before, state, principalId: seenBy(caller) });
      return { deliveries: rows.map(viewDelivery) };
    },
  };
}
