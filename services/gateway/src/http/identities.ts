// Addresses: their linking begun, listed, unlinked.
import { normalAddress, SwitchboardError } from '@switchboard/contract';
import { v7 as uuid } from 'uuid';
import { linkCodeHash, newLinkCode } from '../identity/link-code.ts';
import type { AppDeps } from './deps.ts';
import { seenBy } from './keys.ts';
import type { Handlers } from './serve.ts';
import { viewIdentity } from './view-identity.ts';

const codeMsMax = 10 * 60_000;
const pendingMax = 10;

export function identityHandlers({
  callers: { identities },
}: AppDeps): Handlers<'linkIdentity' | 'listIdentities' | 'unlinkIdentity'> {
  return {
    // It does not say whether the address is somebody else's: only who has it is to learn that.
    async linkIdentity({ body, caller, reply }) {
      const code = newLinkCode();
      const begun = await identities.begin(
        {
          id: uuid(),
          principalId: caller.principalId,
          keyId: caller.keyId,
          channel: body.channel,
          address: normalAddress(body.address),
          codeHash: linkCodeHash(code),
          expiresInMs: codeMsMax,
          pendingMax,
        },
        caller.principal,
      );
      if (!begun) throw new SwitchboardError('conflict', `${pendingMax} addresses wait for their proof already`);
      return reply.status(201).send({ ...viewIdentity(begun), code });
    },
    async listIdentities({ query, caller }) {
      return { identities: (await identities.list(query.limit, query.before, seenBy(caller))).map(viewIdentity) };
    },
    async unlinkIdentity({ params, caller }) {
      const row = await identities.unlink(params.id, caller.principal, seenBy(caller));
      if (!row) throw new SwitchboardError('not-found', 'There is no such identity');
      return viewIdentity(row);
    },
  };
}
