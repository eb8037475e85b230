// Callers of a gateway under test: keys of every kind, and what each of them is answered.
import { randomUUID } from 'node:crypto';
import { newKeySchema, principalSchema, problemSchema, type Scope } from '@switchboard/contract';
import { openStore } from '@switchboard/store';
import { expect } from 'vitest';
import { z } from 'zod';
import type { Stage } from './fixture.ts';

export type NewKey = z.infer<typeof newKeySchema>;
type Call = Stage['call'];

/** Calls with this key, or with none. */
export function callerWith(on: Stage, key: string | undefined): Call {
  return (method, path, body, headers = {}) => {
    if (key !== undefined) return on.call(method, path, body, { authorization: `Bearer ${key}`, ...headers });
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    return fetch(`${on.url}${path}`, {
      method,
      headers: { ...type, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  };
}

export interface Wanted {
  readonly title?: string;
  readonly principalId?: string;
  readonly expiresInSeconds?: number;
}

/** Made with `call`, which is the owner's unless it is given. */
export async function makeKey(
  on: Stage,
  scopes: readonly Scope[],
  wanted: Wanted = {},
  call = on.call,
): Promise<NewKey> {
  const response = await call('POST', '/v1/keys', { title: 'test', scopes, ...wanted });
  expect(response.status).toBe(201);
  return newKeySchema.parse(await response.json());
}

export async function makePrincipal(on: Stage, name = `p${randomUUID().slice(0, 8)}`): Promise<string> {
  const response = await on.call('POST', '/v1/principals', { name, kind: 'person' });
  expect(response.status).toBe(201);
  return principalSchema.parse(await response.json()).id;
}

/** Status and code of an answer; the code is empty when it is no problem. */
export async function outcome(response: Response): Promise<[number, string]> {
  if (response.ok) {
    await response.body?.cancel();
    return [response.status, ''];
  }
  return [response.status, problemSchema.parse(await response.json()).code];
}

const actSchema = z.object({
  actor: z.string(),
  action: z.string(),
  subject: z.string().nullable(),
  data: z.unknown(),
});

/** What the audit says was done to this key, principal or identity, oldest first. It is sealed a moment after. */
export async function actsOn(on: Stage, subject: string | null): Promise<z.infer<typeof actSchema>[]> {
  const store = openStore({ ...on.database.roles, connectionsMax: 1 });
  try {
    const entries = await store.audit.after(0, 10_000);
    return entries.flatMap(({ act }) => (act?.subject === subject ? [actSchema.parse(act)] : []));
  } finally {
    await store.close();
  }
}
