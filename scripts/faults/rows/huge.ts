// F17: what is too large is refused with its reason, or travels as an artifact; only its sender feels it.
import { createHash, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bodyBytesMax, problemSchema, type Turn, turnSchema } from '@switchboard/contract';
import { z } from 'zod';
import { garbler, garbleSkillOf } from '../garbage/garble-skills.ts';
import { startGarbler } from '../garbage/start-garbler.ts';
import { type Bench, openBench } from '../load/bench.ts';
import { connectRaw } from '../raw/raw-client.ts';
import { worldSkillOf } from '../world/world-skills.ts';
import { claims, type Row } from './row.ts';

const megabyte = 1024 * 1024;
const outputSchema = z.object({ truncated: z.boolean(), size: z.int() });
const messagesSchema = z.object({ messages: z.array(z.unknown()) });

const headers = (): Record<string, string> => ({ 'idempotency-key': randomUUID() });

async function invoke({ api, end }: Bench, skill: string, input: Record<string, unknown>): Promise<Turn> {
  const options = { body: { input }, headers: headers(), timeoutMs: 20_000 };
  return end(turnSchema.parse((await api.call('POST', `/v1/skills/${skill}/invoke`, options)).body).id);
}

/** A body of exactly so many bytes. */
function bodyOf(bytes: number): Record<string, unknown> {
  const empty = JSON.stringify({ input: 'x', arguments: { load: '' } });
  return { input: 'x', arguments: { load: 'x'.repeat(bytes - empty.length) } };
}

/** The code of the refusal, and how many turns the session holds after it. */
async function tooLong({ api }: Bench): Promise<string> {
  const session = await api.createSession();
  const options = { body: bodyOf(bodyBytesMax + 1), headers: headers(), timeoutMs: 20_000 };
  const { body } = await api.call('POST', `/v1/sessions/${session}/turns`, options);
  const { status, code } = problemSchema.parse(body);
  const { messages } = messagesSchema.parse((await api.call('GET', `/v1/sessions/${session}`)).body);
  return `${status} ${code}, ${messages.length} turns`;
}

/** As much as the API takes, and more than one message on the bus may hold: to the router, and to an agent. */
async function tooLargeForBus(bench: Bench): Promise<string[]> {
  const session = await bench.api.createSession();
  const options = { body: bodyOf(bodyBytesMax), headers: headers(), timeoutMs: 20_000 };
  const said = turnSchema.parse((await bench.api.call('POST', `/v1/sessions/${session}/turns`, options)).body);
  const turns = [
    await bench.end(said.id),
    await invoke(bench, garbleSkillOf.once, { way: 'honest', load: 'x'.repeat(bodyBytesMax - 200) }),
  ];
  return turns.map(({ error, state }) => error?.code ?? state);
}

/** A file of three megabytes, read: what came of it, and whether the bytes are the same. */
async function largeResult(bench: Bench): Promise<string> {
  const { stage } = bench;
  const text = 'all work and no play\n'.repeat((3 * megabyte) / 21);
  await writeFile(join(stage.workspace, 'large.txt'), text);
  const turn = await invoke(bench, 'read-file', { path: 'large.txt' });
  const data = outputSchema.parse(turn.output?.data);
  const [artifact] = turn.output?.artifacts ?? [];
  if (artifact === undefined || !data.truncated) return `${turn.state} without an artifact`;
  const response = await fetch(`${stage.gateways[0]?.url}/v1/artifacts/${artifact.id}`, {
    headers: { authorization: `Bearer ${stage.key}` },
  });
  const digest = createHash('sha256')
    .update(Buffer.from(await response.arrayBuffer()))
    .digest('hex');
  const whole = digest === createHash('sha256').update(text).digest('hex') && data.size === text.length;
  return whole ? 'whole' : 'other bytes';
}

/** What the broker says to an agent that says two megabytes at once, while another agent works. */
async function rawPublish({ stage, run, key }: Bench): Promise<{ said: string; other: string }> {
  const working = run([{ skill: worldSkillOf.once, key: key(), ms: 1_500 }]);
  const client = await connectRaw({ port: stage.broker.port, seed: stage.broker.seeds[garbler] ?? '' });
  client.publish(`sb.agent.${garbler}.hello`, Buffer.alloc(2 * megabyte, 'x'));
  const said = await client.ended;
  const { state, steps } = await working;
  return { said, other: `${state} in ${steps.length} attempt` };
}

export const hugeRow: Row = {
  id: 'F17',
  title: 'huge requests, inputs, results and messages: refused with a reason, or whole by reference',
  async run({ stage }) {
    const on = await stage();
    const bench = await openBench(on);
    const { must, broken } = claims();
    const deaths = on.deaths.length;
    const body = await tooLong(bench);
    must(body === '413 too-large, 0 turns', `a body of a byte too much: ${body}`);
    const stop = await startGarbler(on);
    let bus: string[];
    try {
      bus = await tooLargeForBus(bench);
    } finally {
      await stop();
    }
    must(
      bus.every((end) => end === 'too-large'),
      `more than a message may hold: ${bus}`,
    );
    const result = await largeResult(bench);
    must(result === 'whole', `a result of 3 MiB: ${result}`);
    const raw = await rawPublish(bench);
    // Its own words are lost when we are still writing.
    must(/maximum payload|EPIPE|ECONNRESET/i.test(raw.said), `the broker said: ${raw.said}`);
    must(raw.other === 'completed in 1 attempt', `meanwhile another agent's turn: ${raw.other}`);
    const died = on.deaths.slice(deaths).map(({ name, how }) => `${name} ${how}`);
    must(died.length === 0, `processes ended: ${died}`);
    return { broken, figures: { body, pastTheBus: bus, result, rawPublish: raw.said, meanwhile: raw.other } };
  },
};
