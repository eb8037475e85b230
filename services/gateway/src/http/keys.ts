// Keys: made, listed, rotated, revoked. Nobody gets by them what they do not have.
import { mayGive, SwitchboardError } from '@switchboard/contract';
import { type KeyRow, mintKey } from '@switchboard/store';
import type { Caller } from './auth.ts';
import type { AppDeps } from './deps.ts';
import type { Handlers } from './serve.ts';
import { viewKey } from './view-identity.ts';

const noKey = () => new SwitchboardError('not-found', 'There is no such key');
const noPrincipal = () => new SwitchboardError('not-found', 'There is no such principal, or it is disabled');

/** Whose things the caller sees: undefined for everybody's. */
export function seenBy({ scopes, principalId }: Caller): string | undefined {
  return scopes.includes('admin') ? undefined : principalId;
}

export function keyHandlers({
  callers: { keys },
}: AppDeps): Handlers<'createKey' | 'listKeys' | 'rotateKey' | 'revokeKey'> {
  /** Throws `not-found` for what is not theirs, `forbidden` for what they could not have made. */
  async function changeable(caller: Caller, id: string): Promise<KeyRow> {
    const row = await keys.read(id, seenBy(caller));
    if (!row) throw noKey();
    if (!mayGive(caller.scopes, row.scopes)) {
      throw new SwitchboardError('forbidden', 'That key can do more than yours');
    }
    return row;
  }

  return {
    async createKey({ body, caller, reply }) {
      const admin = caller.scopes.includes('admin');
      const principalId = body.principalId ?? caller.principalId;
      if (!admin && principalId !== caller.principalId) throw noPrincipal();
      if (!mayGive(caller.scopes, body.scopes)) {
        throw new SwitchboardError('forbidden', 'A key can be given only scopes that yours has');
      }
      const { id, key, hash } = mintKey();
      const made = await keys.make(
        {
          id,
          hash,
          title: body.title,
          principalId,
          scopes: [...new Set(body.scopes)],
          expiresInMs: body.expiresInSeconds === undefined ? undefined : body.expiresInSeconds * 1_000,
          madeWith: admin ? undefined : caller.keyId,
        },
        caller.principal,
      );
      if (!made) throw noPrincipal();
      return reply.status(201).send({ ...viewKey(made), key });
    },

    async listKeys({ query, caller }) {
      return { keys: (await keys.list(query.limit, query.before, seenBy(caller))).map(viewKey) };
    },

    async rotateKey({ params, body, caller, reply }) {
      const { madeWith } = await changeable(caller, params.id);
      // The secret of any other key would outlive the one that it was got with.
      if (!caller.scopes.includes('admin') && caller.keyId !== params.id && caller.keyId !== madeWith) {
        throw new SwitchboardError('forbidden', 'A key rotates itself and those that were made with it');
      }
      const { key, hash } = mintKey(params.id);
      const rotated = await keys.rotate(params.id, hash, body.graceSeconds * 1_000, caller.principal);
      if (!rotated) throw new SwitchboardError('conflict', 'The key has ended; make a new one');
      return reply.send({ ...viewKey(rotated), key });
    },

    async revokeKey({ params, caller }) {
      const row = await changeable(caller, params.id);
      return viewKey((await keys.revoke(params.id, caller.principal)) ?? row);
    },
  };
}
