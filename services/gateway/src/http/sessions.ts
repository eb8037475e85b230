// Sessions: made, listed, read, ended.
import { SwitchboardError } from '@switchboard/contract';
import { v7 as uuid } from 'uuid';
import { told } from '../coordinator/told.ts';
import type { HttpDeps } from './deps.ts';
import type { Handlers } from './serve.ts';
import { viewSession } from './view.ts';

const ended = { code: 'canceled', message: 'The session was ended' } as const;

export function sessionHandlers(
  deps: HttpDeps,
): Handlers<'createSession' | 'listSessions' | 'getSession' | 'trustSession' | 'endSession'> {
  const { feed, relay, coordinator } = deps;
  return {
    async createSession({ body, caller, reply }) {
      if (body.agent !== undefined && !deps.directory.agent(body.agent)) {
        throw new SwitchboardError('not-found', `There is no agent ${body.agent}`);
      }
      const made = await caller.own.sessions.create(
        { id: uuid(), title: body.title, agent: body.agent },
        { type: 'session-created', data: { principal: caller.principal, ...body } },
      );
      if (!made) throw new Error('two sessions with one random id');
      feed.tell(made.events);
      relay.wake();
      return reply.status(201).header('location', `/v1/sessions/${made.session.id}`).send(viewSession(made.session));
    },

    async listSessions({ query, caller }) {
      return { sessions: (await caller.own.sessions.list(query.limit, query.before)).map(viewSession) };
    },

    async getSession({ params, query, caller }) {
      const session = await caller.own.sessions.find(params.id);
      if (!session) throw new SwitchboardError('not-found', 'There is no such session');
      const turns = await caller.own.sessions.messages(params.id, query.limit, query.before);
      const messages = turns.flatMap((turn) => {
        const said = { turnId: turn.turnId, role: 'person', text: turn.input, at: turn.createdAt.toISOString() };
        const text = turn.output ?? turn.error;
        if (text === null || turn.finishedAt === null) return [said];
        return [said, { turnId: turn.turnId, role: 'switchboard', text, at: turn.finishedAt.toISOString() }];
      });
      return { ...viewSession(session), messages };
    },

    async trustSession({ params, caller }) {
      const by = { principal: caller.principal, key: caller.keyId };
      const events = await caller.own.sessions.trust(params.id, { type: 'session-trusted', data: { by } });
      const session = await caller.own.sessions.find(params.id);
      if (!events || !session) throw new SwitchboardError('not-found', 'There is no such session');
      feed.tell(events);
      relay.wake();
      return viewSession(session);
    },

    async endSession({ params, caller }) {
      const session = await caller.own.sessions.find(params.id);
      if (!session) throw new SwitchboardError('not-found', 'There is no such session');
      const events = await caller.own.sessions.end(params.id, { type: 'session-ended', data: {} });
      feed.tell(events ?? []);
      for (const id of await caller.own.turns.openOf(params.id)) {
        const canceled = await caller.own.turns.cancel(id, ended, told.over('canceled', ended));
        feed.tell(canceled?.events ?? []);
        coordinator.cancel(id);
      }
      relay.wake();
      return viewSession((await caller.own.sessions.find(params.id)) ?? session);
    },
  };
}
