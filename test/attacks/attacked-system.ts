// The whole product under attack over HTTP: at the end it is the same process, healthy, and nothing broke in it.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type System, startSystem } from '@switchboard/testkit/start-system';
import { expect } from 'vitest';
import { talkTo } from '../system/talk.ts';

export interface AttackedSystem extends System {
  /** Where turns are said, in a session of its own. */
  readonly session: string;
  readonly turns: string;
  /** The gateway's process. */
  readonly gateway: number;
}

export async function attackedSystem(): Promise<AttackedSystem> {
  // Guesses come by the hundred here: how many wrong keys are taken is tested where keys are.
  const system = await startSystem({ env: { WRONG_KEYS_PER_MINUTE_MAX: '100000' } });
  const { session } = await talkTo(system);
  const gateway = system.pidOf('gateway');
  return {
    ...system,
    session,
    turns: `/v1/sessions/${session}/turns`,
    gateway,
    async close() {
      try {
        expect(system.pidOf('gateway'), 'it is the same process as at the beginning').toBe(gateway);
        expect((await system.call('GET', '/healthz')).status).toBe(200);
        const log = readFileSync(join(system.home, 'logs', 'gateway.log'), 'utf8');
        expect(log.split('\n').filter((line) => line.includes('a call failed'))).toEqual([]);
      } finally {
        await system.close();
      }
    },
  };
}

export const freshKey = () => ({ 'idempotency-key': randomUUID() });
