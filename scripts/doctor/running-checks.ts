// What runs: each part as the gateway sees it, and whether the keys of this home open what they should.
import { connectBus } from '@switchboard/bus';
import { agentSchema, deadLetterSchema, deliverySchema } from '@switchboard/contract';
import { z } from 'zod';
import { ApiError } from '../client/client.ts';
import { inOneLine, type LocalHome } from '../client/home.ts';
import { agents } from '../start/home.ts';
import { settingsFile } from '../start/settings.ts';
import { type Check, type Finding, failed, ok, skipped, warning } from './check.ts';

const readySchema = z.object({ parts: z.record(z.string(), z.string()) });
const agentsSchema = z.object({ agents: z.array(agentSchema) });
const lettersSchema = z.object({ deadLetters: z.array(deadLetterSchema) });
const deliveriesSchema = z.object({ deliveries: z.array(deliverySchema) });
const connectMsMax = 1_200;
/** What was not delivered before that is history. */
const deliveryDays = 7;

type Parts = Readonly<Record<string, string>>;

/** Undefined when nothing answers there. */
export async function findRunning(home: LocalHome): Promise<Running | undefined> {
  try {
    const response = await fetch(`${home.url}/readyz`, { signal: AbortSignal.timeout(1_000) });
    return { home, ...readySchema.parse(await response.json()) };
  } catch {
    return undefined;
  }
}

async function lookAtKey({ client }: LocalHome): Promise<Finding> {
  try {
    await client.call(z.unknown(), 'GET', '/v1/sessions?limit=1');
    return ok('opens the API');
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return failed(inOneLine(error), 'npm start puts the key of admin.key into the database again');
  }
}

async function lookAtOperator(home: LocalHome): Promise<Finding> {
  const bus = await connectBus({
    url: home.natsUrl,
    user: 'operator',
    seed: home.operatorSeed,
    connectTimeoutMs: connectMsMax,
  });
  await bus.close();
  return ok(`listens at ${home.natsUrl}`);
}

/** What it can do here, and what it lacks for the rest. */
async function lookAtAgent(agent: string, { home: { client }, parts }: Running): Promise<Finding> {
  const state = parts[`agent ${agent}`] ?? 'not known to the gateway';
  if (state !== 'ok') return failed(state, `see logs/${agent}.log`);
  const { agents: here } = await client.call(agentsSchema, 'GET', '/v1/agents');
  const { skills = [], unavailable = [] } = here.find(({ name }) => name === agent) ?? {};
  if (unavailable.length === 0) return ok(`${skills.length} skills`);
  const able = skills.filter((name) => unavailable.every(({ skill }) => skill !== name));
  const lacks = [...new Set(unavailable.map(({ why }) => why))];
  const what = `${able.length} of ${skills.length} skills; the others need what goes into ${settingsFile}`;
  return warning(what, lacks.join('\n'));
}

/** Nobody needs one: what follows from clear sentences works without. */
function lookAtModel({ parts: { model } }: Running): Finding {
  if (model === undefined) return ok('none is here, and none is needed; docs/MODELS.md has how to give it one');
  return model === 'ok'
    ? ok('is here, and its last call was answered, if there was one')
    : warning(model, 'see logs/model.log');
}

async function lookAtDeadLetters({ client }: LocalHome): Promise<Finding> {
  const { deadLetters } = await client.call(lettersSchema, 'GET', '/v1/dead-letters?limit=200');
  if (deadLetters.length === 0) return ok('none');
  return warning(`${deadLetters.length} turns were set aside`, 'npm run dead-letters -- list');
}

/** Nobody sends them again by themselves: whoever was to read them has to be told otherwise. */
async function lookAtDeliveries({ client }: LocalHome): Promise<Finding> {
  const since = Date.now() - deliveryDays * 86_400_000;
  const counts = await Promise.all(
    (['unknown', 'failed'] as const).map(async (state) => {
      const { deliveries } = await client.call(deliveriesSchema, 'GET', `/v1/deliveries?limit=200&state=${state}`);
      return { state, count: deliveries.filter(({ createdAt }) => Date.parse(createdAt) > since).length };
    }),
  );
  const found = counts.filter(({ count }) => count > 0).map(({ state, count }) => `${count} ${state}`);
  if (found.length === 0) return ok(`none was lost in ${deliveryDays} days`);
  return warning(
    `answers of the last ${deliveryDays} days: ${found.join(', ')}`,
    'GET /v1/deliveries says which and why',
  );
}

export interface Running {
  readonly home: LocalHome;
  readonly parts: Parts;
}

function partLook(part: string, mend: string): (running: Running) => Finding {
  return ({ parts }) => {
    const state = parts[part] ?? 'not known to the gateway';
    return state === 'ok' ? ok('answers') : failed(state, mend);
  };
}

const looks: readonly (readonly [id: string, about: string, look: (running: Running) => Finding | Promise<Finding>])[] =
  [
    ['database', 'PostgreSQL answers the gateway.', partLook('database', 'see logs/gateway.log')],
    ['bus', 'nats-server answers the gateway.', partLook('bus', 'see logs/gateway.log')],
    ['events', 'The copy of the record reaches the stream.', partLook('events', 'see logs/gateway.log')],
    ...agents.map(
      (agent) =>
        [
          `agent-${agent}`,
          'The agent is here, and can do all that it knows.',
          (running: Running) => lookAtAgent(agent, running),
        ] as const,
    ),
    ['model', 'A language model is there, where one is named.', lookAtModel],
    ['key', 'The key of this home opens the API.', ({ home }) => lookAtKey(home)],
    ['operator', 'The operator’s credentials open the bus.', ({ home }) => lookAtOperator(home)],
    ['dead-letters', 'No turn was set aside.', ({ home }) => lookAtDeadLetters(home)],
    ['deliveries', 'Every answer went back over its channel.', ({ home }) => lookAtDeliveries(home)],
  ];

/** What does not run is not looked at. */
export function runningChecks(running: Running | undefined): Check[] {
  return [
    {
      id: 'gateway',
      about: 'The gateway answers.',
      look: () => (running ? ok(`answers at ${running.home.url}`) : warning('nothing runs here', 'npm start')),
    },
    ...looks.map(
      ([id, about, look]): Check => ({
        id,
        about,
        look: () => (running ? look(running) : skipped('nothing runs here')),
      }),
    ),
  ];
}
