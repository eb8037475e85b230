// The calls about who may call: keys, principals, and the addresses that are linked to somebody.
import { z } from 'zod';
import { byId, declareRoutes, page } from './http-route.ts';
import {
  addressSchema,
  identitySchema,
  keyIdSchema,
  keySchema,
  lineSchema,
  newIdentitySchema,
  newKeySchema,
  principalSchema,
} from './identity.ts';
import { idSchema, nameSchema } from './names.ts';
import { scopeSchema } from './scopes.ts';

const byKeyId = z.strictObject({ id: keyIdSchema });
/** Ten years; what is to last longer is given no end. */
const expiresInSecondsMax = 10 * 366 * 86_400;
/** The longest that the old secret of a rotated key goes on opening: a day. */
const graceSecondsMax = 86_400;
const scopesMax = 50;

export const identityRoutes = declareRoutes({
  createKey: {
    method: 'POST',
    path: '/v1/keys',
    summary:
      'Make a key, for yourself unless `principalId` says for whom. It can do no more than yours, and is shown this once.',
    tag: 'identity',
    scopes: ['keys', 'admin'],
    body: z.strictObject({
      title: lineSchema(100),
      scopes: z.array(scopeSchema).min(1).max(scopesMax),
      principalId: idSchema.optional(),
      expiresInSeconds: z.int().min(1).max(expiresInSecondsMax).optional(),
    }),
    responses: { 201: newKeySchema },
  },
  listKeys: {
    method: 'GET',
    path: '/v1/keys',
    summary: 'Your keys, newest first, without their secrets; with the scope `admin` everybody’s.',
    tag: 'identity',
    scopes: ['keys', 'admin'],
    query: z.strictObject({ limit: page.shape.limit, before: keyIdSchema.optional() }),
    responses: { 200: z.strictObject({ keys: z.array(keySchema) }) },
  },
  rotateKey: {
    method: 'POST',
    path: '/v1/keys/:id/rotate',
    summary:
      'Give this key, or one that was made with it, a new secret, shown this once. The old one ends at once, or after `graceSeconds`.',
    tag: 'identity',
    scopes: ['keys', 'admin'],
    params: byKeyId,
    body: z.strictObject({ graceSeconds: z.int().min(0).max(graceSecondsMax).default(0) }),
    responses: { 200: newKeySchema },
  },
  revokeKey: {
    method: 'DELETE',
    path: '/v1/keys/:id',
    summary: 'End a key, and those that were made with it, at once and for ever.',
    tag: 'identity',
    scopes: ['keys', 'admin'],
    params: byKeyId,
    responses: { 200: keySchema },
  },
  createPrincipal: {
    method: 'POST',
    path: '/v1/principals',
    summary: 'Add a person or a service. They can do nothing until they have a key.',
    tag: 'identity',
    scopes: ['admin'],
    body: z.strictObject({ name: nameSchema, kind: principalSchema.shape.kind }),
    responses: { 201: principalSchema },
  },
  listPrincipals: {
    method: 'GET',
    path: '/v1/principals',
    summary: 'People and services, newest first.',
    tag: 'identity',
    scopes: ['admin'],
    query: page,
    responses: { 200: z.strictObject({ principals: z.array(principalSchema) }) },
  },
  disablePrincipal: {
    method: 'POST',
    path: '/v1/principals/:id/disable',
    summary: 'From now on none of their keys opens anything, and their addresses mean nobody.',
    tag: 'identity',
    scopes: ['admin'],
    params: byId,
    responses: { 200: principalSchema },
  },
  enablePrincipal: {
    method: 'POST',
    path: '/v1/principals/:id/enable',
    summary: 'Let somebody in again, with the keys that have not ended meanwhile.',
    tag: 'identity',
    scopes: ['admin'],
    params: byId,
    responses: { 200: principalSchema },
  },
  linkIdentity: {
    method: 'POST',
    path: '/v1/identities',
    summary:
      'Begin to link an address to yourself. A message with the code, from that address, is the proof. From there may be done what your key may.',
    tag: 'identity',
    scopes: ['identities'],
    body: z.strictObject({ channel: nameSchema, address: addressSchema }),
    responses: { 201: newIdentitySchema },
  },
  listIdentities: {
    method: 'GET',
    path: '/v1/identities',
    summary: 'Your addresses, newest first; with the scope `admin` everybody’s.',
    tag: 'identity',
    scopes: ['identities', 'admin'],
    query: page,
    responses: { 200: z.strictObject({ identities: z.array(identitySchema) }) },
  },
  unlinkIdentity: {
    method: 'DELETE',
    path: '/v1/identities/:id',
    summary: 'From now on the address means nobody. The record of it stays.',
    tag: 'identity',
    scopes: ['identities', 'admin'],
    params: byId,
    responses: { 200: identitySchema },
  },
});
