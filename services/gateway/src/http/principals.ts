// Principals: people and services, let in and out.
import { SwitchboardError } from '@switchboard/contract';
import { v7 as uuid } from 'uuid';
import type { Caller } from './auth.ts';
import type { AppDeps } from './deps.ts';
import type { Handlers } from './serve.ts';
import { viewPrincipal } from './view-identity.ts';

type Names = 'createPrincipal' | 'listPrincipals' | 'disablePrincipal' | 'enablePrincipal';

export function principalHandlers({ callers: { principals } }: AppDeps): Handlers<Names> {
  async function setDisabled(caller: Caller, id: string, disabled: boolean) {
    const row = await principals.setDisabled(id, disabled, caller.principal);
    if (!row) throw new SwitchboardError('not-found', 'There is no such principal');
    return viewPrincipal(row);
  }

  return {
    async createPrincipal({ body, caller, reply }) {
      const made = await principals.make({ id: uuid(), ...body }, caller.principal);
      if (!made) throw new SwitchboardError('conflict', `There is a principal ${body.name} already`);
      return reply.status(201).send(viewPrincipal(made));
    },
    async listPrincipals({ query }) {
      return { principals: (await principals.list(query.limit, query.before)).map(viewPrincipal) };
    },
    async disablePrincipal({ params, caller }) {
      if (params.id === caller.principalId) {
        throw new SwitchboardError('conflict', 'You would shut yourself out; let somebody else do it');
      }
      return setDisabled(caller, params.id, true);
    },
    enablePrincipal: ({ params, caller }) => setDisabled(caller, params.id, false),
  };
}
