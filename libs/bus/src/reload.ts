// Has the broker read its configuration again: who is in it may come, who is not any more is out at once.
import { type BusOptions, openLink } from './connect.ts';

const timeoutMs = 10_000;

/** What stands against the configuration, if anything does. */
function refusal(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
  return JSON.stringify(answer.error);
}

/** As the user `reloader` of the system account. Throws with what the broker says against the new configuration. */
export async function reloadBroker(options: Omit<BusOptions, 'user'>): Promise<void> {
  const { nc } = await openLink({ ...options, user: 'reloader' });
  try {
    const server = nc.info?.server_id ?? '';
    const answer = await nc.request(`$SYS.REQ.SERVER.${server}.RELOAD`, '', { timeout: timeoutMs });
    const why = refusal(answer.json());
    if (why !== undefined) throw new Error(`the broker refuses its new configuration: ${why}`);
  } finally {
    await nc.close();
  }
}
