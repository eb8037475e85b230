// A whole storm: a stage, clients, faults, quiet, and the record held against every promise.
import { createApi, waitUntilKnown } from '../load/api.ts';
import { type PostCounts, runLoad } from '../load/client.ts';
import { follow } from '../load/follower.ts';
import { writeScripts } from '../load/scripts.ts';
import { createTurnLog } from '../load/turn-log.ts';
import { say, speak } from '../plan.ts';
import { createRandom, type Random } from '../random.ts';
import type { Death } from '../stage/managed-process.ts';
import { openStage, type Stage } from '../stage/stage.ts';
import { type Check, checkAll, type Evidence } from '../verify/checks.ts';
import { readEffects } from '../verify/effects.ts';
import { readRecord } from '../verify/record.ts';
import { factsOf } from '../verify/turn-facts.ts';
import { type PlannedFault, planStorm, type Targets } from './schedule.ts';
import { runStorm, type StruckFault } from './storm.ts';

export interface StormSettings {
  readonly seed: string;
  /** Of every key: unique on its stage, and no other one begins with it. */
  readonly prefix: string;
  readonly turns: number;
  readonly sessions: number;
  readonly faults: number;
  /** How long the storm lasts, and over which the turns are spread. */
  readonly spanMs: number;
  /** Default: everything, at random. */
  readonly plan?: (targets: Targets, random: Random) => readonly PlannedFault[];
  /** Of one skill, in milliseconds. Default 600. */
  readonly skillMsMax?: number;
  /** The router of the product, the shipped file skills, and words as a person says them. */
  readonly spoken?: boolean;
  /** After it, everything must have ended within this time. */
  readonly quietMs: number;
  readonly onFault?: (fault: StruckFault) => void;
}

export interface StormResult {
  readonly settings: StormSettings;
  readonly checks: readonly Check[];
  readonly evidence: Evidence;
  readonly posts: PostCounts;
  /** From the last fault to the last end. */
  readonly drainMs: number;
  readonly connections: number;
  /** Kept when something is wrong. */
  readonly folder: string;
}

function targetsOf(stage: Stage): Targets {
  const [first = '', ...rest] = stage.gateways.map(({ name }) => name);
  const [agent = '', ...agents] = stage.agents.map(({ name }) => name);
  const [link = '', ...links] = stage.links.names();
  return { gateways: [first, ...rest], agents: [agent, ...agents], links: [link, ...links] };
}

async function createSessions(api: ReturnType<typeof createApi>, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) ids.push(await api.createSession());
  return ids;
}

/** On a stage that may have been used before. */
export async function stormOn(stage: Stage, settings: StormSettings): Promise<StormResult> {
  const deathsBefore = stage.deaths.length;
  const random = createRandom(settings.seed);
  const api = createApi(stage, random.fork('gateways'));
  await waitUntilKnown(stage);
  const scripts = writeScripts({
    prefix: settings.prefix,
    sessions: settings.sessions,
    turns: settings.turns,
    random: random.fork('scripts'),
    msMax: settings.skillMsMax ?? 600,
    files: settings.spoken ? 'only' : stage.agents.length > 1 ? 'some' : 'none',
  });
  const ids = await createSessions(api, scripts.length);
  const log = createTurnLog(scripts.map((turns, index) => ({ id: ids[index] ?? '', turns })));
  const followers = log.sessions.map(({ id }, index) =>
    follow({ api, session: id, random: random.fork(`follower ${index}`), hangUp: 0.02, onEvent: log.told }),
  );
  const posts: PostCounts = { posts: 0, twins: 0 };
  const { onFault, spanMs } = settings;
  const everything = (targets: Targets, source: Random) => planStorm(source, targets, settings.faults, spanMs);
  const plan = (settings.plan ?? everything)(targetsOf(stage), random.fork('faults'));
  const [faults] = await Promise.all([
    runStorm({ stage, plan, inFlight: log.inFlight, ...(onFault && { onFault }) }),
    runLoad({
      api,
      log,
      say: settings.spoken ? speak : say,
      random: random.fork('clients'),
      spreadMs: spanMs,
      counts: posts,
    }),
  ]);
  const quietSince = Date.now();
  await log.settled(settings.quietMs);
  const drainMs = Date.now() - quietSince;
  await stage.gateways[0]?.ready();

  const kept = await readRecord(stage, log.sessions);
  const followed = await Promise.all(
    followers.map(async (follower) => {
      const count = kept.find(({ id }) => id === follower.session)?.events.length ?? 0;
      const until = Date.now() + 15_000;
      while (follower.last() < count && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
      await follower.stop();
      return { session: follower.session, last: follower.last(), wrong: follower.wrong };
    }),
  );
  const deaths: readonly Death[] = stage.deaths.slice(deathsBefore);
  const facts = factsOf(log.sessions, kept);
  const effects = await readEffects(stage, settings.prefix);
  const evidence: Evidence = { sessions: log.sessions, kept, facts, effects, deaths, faults, followed };
  const connections = followers.reduce((sum, follower) => sum + follower.connections(), 0);
  return { settings, checks: checkAll(evidence), evidence, posts, drainMs, connections, folder: stage.folder };
}

/** The same seed gives the same turns and faults; the machine's own timing is its own. */
export async function storm(settings: StormSettings): Promise<StormResult> {
  const gatewayEnv = { TURN_DEADLINE_SECONDS: '300' };
  const stage = await openStage({ workstation: true, realRouter: settings.spoken ?? false, gatewayEnv });
  let keepFolder = true;
  try {
    const result = await stormOn(stage, settings);
    keepFolder = result.checks.some(({ broken }) => broken.length > 0);
    return result;
  } finally {
    await stage.close({ keepFolder });
  }
}
