// Has the broker read its configuration again: who is in it may come, who is not any more is out at once.
import { type NatsConnection, RequestStrategy } from 'nats';
import { type BusOptions, openLink } from './connect.ts';

const timeoutMs = 10_000;
/** Of several servers, the last has so long after the one before it to say that it is there. */
const othersMs = 300;
const serversMsMax = 2_000;

function field(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[name] : undefined;
}

/** The ids of all servers of the broker. */
async function serversOf(nc: NatsConnection): Promise<string[]> {
  const found = new Set([nc.info?.server_id ?? '']);
  const strategy = { strategy: RequestStrategy.JitterTimer, maxWait: serversMsMax, jitter: othersMs };
  for await (const answer of await nc.requestMany('$SYS.REQ.SERVER.PING', '', strategy)) {
    const id = field(field(answer.json(), 'server'), 'id');
    if (typeof id === 'string') found.add(id);
  }
  return [...found];
}

/** As the user `reloader` of the system account. Throws with what the broker says against the new configuration. */
export async function reloadBroker(options: Omit<BusOptions, 'user'>): Promise<void> {
  const { nc } = await openLink({ ...options, user: 'reloader' });
  try {
    for (const server of await serversOf(nc)) {
      const answer = await nc.request(`$SYS.REQ.SERVER.${server}.RELOAD`, '', { timeout: timeoutMs });
      const why = field(answer.json(), 'error');
      if (why !== undefined) throw new Error(`the broker refuses its new configuration: ${JSON.stringify(why)}`);
    }
  } finally {
    await nc.close();
  }
}
