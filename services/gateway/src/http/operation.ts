// For operators: health, metrics, dead letters; and the bytes of artifacts.
import { SwitchboardError } from '@switchboard/contract';
import { settled } from '@switchboard/service';
import type { HttpDeps } from './deps.ts';
import type { Handlers } from './serve.ts';
import { findTurn } from './turns.ts';
import { viewTurn } from './view.ts';

const pingMsMax = 1_000;

type Names =
  | 'getArtifact'
  | 'listDeadLetters'
  | 'requeueDeadLetter'
  | 'dropDeadLetter'
  | 'healthz'
  | 'startupz'
  | 'readyz'
  | 'metrics';

/** In one line: the log has all of it. */
function policyState(problem: string | undefined): string {
  return problem === undefined ? 'ok' : `the last good one, because the file is wrong: ${problem.split('\n', 1)[0]}`;
}

/** Each part and how it is; only the database decides whether turns are taken. */
async function parts({
  bus,
  relay,
  directory,
  policy,
  models,
  stopping,
  ...deps
}: HttpDeps): Promise<{ ready: boolean; parts: Record<string, string> }> {
  const database = await settled(deps.database.ping(), pingMsMax, 'ping').then(
    () => 'ok',
    () => 'away',
  );
  const agents = directory
    .agents()
    .map((agent) => [`agent ${agent.hello.name}`, agent.state === 'here' ? 'ok' : agent.state]);
  return {
    ready: database === 'ok' && !stopping.aborted,
    parts: {
      database,
      bus: bus.connected() ? 'ok' : 'away',
      policy: policyState(policy.problem()),
      events: relay.healthy() ? 'ok' : 'waiting for the stream',
      // Not there at all where nobody has given it a model: it needs none.
      ...(models.state() !== 'none' && { model: modelState(models) }),
      ...Object.fromEntries(agents),
    },
  };
}

/** `ok`, or what is wrong with which. */
function modelState(models: HttpDeps['models']): string {
  const problems = models.problems();
  return problems.length === 0 ? models.state() : [models.state(), ...problems].join('; ');
}

export function operationHandlers(deps: HttpDeps): Handlers<Names> {
  const { config, feed, relay, coordinator, metrics } = deps;
  return {
    async healthz() {
      return { status: 'ok' };
    },
    async startupz() {
      return { status: 'ok' };
    },
    async readyz({ reply }) {
      const health = await parts(deps);
      const degraded = Object.values(health.parts).some((state) => state !== 'ok');
      const status = health.ready ? (degraded ? 'degraded' : 'ok') : 'not ready';
      return reply.status(health.ready ? 200 : 503).send({ status, parts: health.parts });
    },
    async metrics({ reply }) {
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics.text());
    },
    async getArtifact({ params, caller, reply }) {
      const artifact = await caller.own.artifacts.read(params.id);
      if (!artifact) throw new SwitchboardError('not-found', 'There is no such artifact');
      // Somebody else may have written it: it is downloaded, never shown as a page of ours.
      return reply
        .type(artifact.mediaType)
        .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(artifact.name)}`)
        .header('x-content-type-options', 'nosniff')
        .header('etag', `"${artifact.sha256}"`)
        .send(artifact.content);
    },
    async listDeadLetters({ query, caller }) {
      const letters = await caller.own.deadLetters.list(query.limit, query.before);
      return { deadLetters: letters.map((letter) => ({ ...letter, at: letter.at.toISOString() })) };
    },
    async requeueDeadLetter({ params, caller }) {
      const events = await caller.own.deadLetters.requeue(params.id, config.TURN_DEADLINE_SECONDS * 1_000, {
        type: 'turn-accepted',
        data: { principal: caller.principal, requeued: true },
      });
      if (!events) throw new SwitchboardError('not-found', 'There is no such dead letter');
      feed.tell(events);
      relay.wake();
      const view = await findTurn(caller, params.id);
      coordinator.wake(view.turn.sessionId);
      return viewTurn(view);
    },
    async dropDeadLetter({ params, caller }) {
      if (!(await caller.own.deadLetters.drop(params.id))) {
        throw new SwitchboardError('not-found', 'There is no such dead letter');
      }
      return viewTurn(await findTurn(caller, params.id));
    },
  };
}
