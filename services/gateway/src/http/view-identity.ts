// Rows about who may call, as resources of the API.
import type { Identity, Key, Principal } from '@switchboard/contract';
import type { IdentityRow, KeyRow, PrincipalRow } from '@switchboard/store';

export function viewPrincipal({ id, name, kind, createdAt, disabledAt }: PrincipalRow): Principal {
  return {
    id,
    name,
    kind,
    createdAt: createdAt.toISOString(),
    ...(disabledAt !== null && { disabledAt: disabledAt.toISOString() }),
  };
}

export function viewKey(row: KeyRow): Key {
  const { id, title, principalId, principal, scopes, createdAt } = row;
  return {
    id,
    title,
    principalId,
    principal,
    scopes: [...scopes],
    ...(row.madeWith !== null && { madeWith: row.madeWith }),
    createdAt: createdAt.toISOString(),
    ...(row.expiresAt !== null && { expiresAt: row.expiresAt.toISOString() }),
    ...(row.rotatedAt !== null && { rotatedAt: row.rotatedAt.toISOString() }),
    ...(row.graceUntil !== null && { graceUntil: row.graceUntil.toISOString() }),
    ...(row.revokedAt !== null && { revokedAt: row.revokedAt.toISOString() }),
  };
}

export function viewIdentity(row: IdentityRow): Identity {
  const { id, principalId, principal, channel, address, state, createdAt, expiresAt } = row;
  return {
    id,
    principalId,
    principal,
    channel,
    address,
    state,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(row.keyId !== null && { keyId: row.keyId }),
    ...(row.agent !== null && { agent: row.agent }),
    ...(row.linkedAt !== null && { linkedAt: row.linkedAt.toISOString() }),
    ...(row.unlinkedAt !== null && { unlinkedAt: row.unlinkedAt.toISOString() }),
  };
}
