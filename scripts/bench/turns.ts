// Turns as a caller sees them: said over HTTP, answered in the same call.
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { sessionSchema, turnSchema } from '@switchboard/contract';
import type { System } from '@switchboard/testkit/start-system';
import { measure, type Timing } from './measure.ts';

/** One connection a worker; nothing but the call itself is timed. */
function post(system: System, agent: Agent, path: string, body: unknown): Promise<string> {
  const text = JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${system.key}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'idempotency-key': randomUUID(),
    prefer: 'wait=30',
  };
  return new Promise((resolve, reject) => {
    const call = request(`${system.url}${path}`, { method: 'POST', agent, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        answer += piece;
      });
      response.on('end', () => resolve(answer));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(text);
  });
}

export async function newSession(system: System): Promise<string> {
  return sessionSchema.parse(await (await system.call('POST', '/v1/sessions', {})).json()).id;
}

/** Each worker has a session of its own, unless one is given for all. Throws when a turn does not complete. */
export async function measureTurns(
  system: System,
  count: number,
  concurrency: number,
  sentence: (worker: number) => string,
  session?: string,
): Promise<Timing> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const sessions = await Promise.all(
    Array.from({ length: concurrency }, async () => session ?? (await newSession(system))),
  );
  const answers: string[] = [];
  const timing = await measure(count, concurrency, async (worker) => {
    answers.push(await post(system, agent, `/v1/sessions/${sessions[worker]}/turns`, { input: sentence(worker) }));
  });
  agent.destroy();
  for (const answer of answers) {
    const turn = turnSchema.parse(JSON.parse(answer));
    if (turn.state !== 'completed') throw new Error(`a turn ended ${turn.state}: ${answer}`);
  }
  return timing;
}
