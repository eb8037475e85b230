// `npm run keys`: the keys of this Switchboard, made and ended with the owner's.
import { keyIdOf, keySchema, newKeySchema, principalSchema } from '@switchboard/contract';
import { z } from 'zod';
import type { Client } from './client/client.ts';
import { type Given, runCommand, UsageError } from './client/command.ts';
import { openLocalHome } from './client/home.ts';
import { replaceSecret } from './start/home.ts';

const usage = `npm run keys -- list [--json]
npm run keys -- create TITLE --scopes sessions,approve [--days N] [--principal NAME] [--service] [--json]
npm run keys -- rotate KEY [--grace SECONDS] [--json]    a new secret; the old one ends at once, or after the grace
npm run keys -- revoke KEY [--json]                      ends it, and those that were made with it
--principal: whose it is to be; made, as a person or a --service, when there is none of that name. Default: the owner.
Scopes: sessions, skill:<name>, approve, operate, keys, identities, audit:read, admin`;

const pageMax = 200;
const secondsOfDay = 86_400;
type Key = z.infer<typeof keySchema>;
const keysSchema = z.object({ keys: z.array(keySchema) });
const principalsSchema = z.object({ principals: z.array(principalSchema) });

/** All pages of a list, newest first. */
async function all<Item extends { id: string }>(read: (query: string) => Promise<Item[]>): Promise<Item[]> {
  const found: Item[] = [];
  for (;;) {
    const before = found.at(-1);
    const page = await read(`?limit=${pageMax}${before ? `&before=${before.id}` : ''}`);
    found.push(...page);
    if (page.length < pageMax) return found;
  }
}

function stateOf({ revokedAt, expiresAt }: Key): string {
  if (revokedAt !== undefined) return `revoked ${revokedAt}`;
  if (expiresAt === undefined) return 'no end';
  return `${new Date(expiresAt) <= new Date() ? 'expired' : 'until'} ${expiresAt}`;
}

const line = (key: Key): string =>
  `${key.id.padEnd(16)}  ${key.principal.padEnd(12)}  ${JSON.stringify(key.title)}  ${key.scopes.join(',')}  ${stateOf(key)}`;

function numberOf(given: Given, name: string): number | undefined {
  const text = given.option(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name} must be a whole number`);
  return Number(text);
}

async function principalId(client: Client, given: Given): Promise<string | undefined> {
  const name = given.option('principal');
  if (name === undefined) return undefined;
  const known = await all(async (query) => {
    return (await client.call(principalsSchema, 'GET', `/v1/principals${query}`)).principals;
  });
  const found = known.find((principal) => principal.name === name);
  const kind = given.has('service') ? 'service' : 'person';
  return (found ?? (await client.call(principalSchema, 'POST', '/v1/principals', { name, kind }))).id;
}

/** The secret alone on stdout, so that it can be taken from there; all else beside it. */
function show(made: z.infer<typeof newKeySchema>, given: Given): void {
  if (!given.has('json')) console.error(`${line(made)}\nIt is shown this once:`);
  console.log(given.has('json') ? JSON.stringify(made, null, 2) : made.key);
}

async function create(title: string, given: Given): Promise<void> {
  const scopes = given.option('scopes')?.split(',').filter(Boolean);
  if (!scopes) throw new UsageError('say what it may do: --scopes');
  const days = numberOf(given, 'days');
  const { client } = openLocalHome(process.env);
  const body = {
    title,
    scopes,
    principalId: await principalId(client, given),
    ...(days !== undefined && { expiresInSeconds: days * secondsOfDay }),
  };
  show(await client.call(newKeySchema, 'POST', '/v1/keys', body), given);
}

/** The home's own key goes into its file: nothing else here would work without it. */
async function rotate(id: string, given: Given): Promise<void> {
  const { client, adminKey, adminKeyFile } = openLocalHome(process.env);
  const own = keyIdOf(adminKey) === id;
  const graceSeconds = numberOf(given, 'grace') ?? 0;
  const made = await client.call(newKeySchema, 'POST', `/v1/keys/${encodeURIComponent(id)}/rotate`, { graceSeconds });
  if (own) replaceSecret(adminKeyFile, made.key);
  show(made, given);
  if (own) console.error(`It is in ${adminKeyFile} now.`);
}

async function revoke(id: string, given: Given): Promise<void> {
  const { client } = openLocalHome(process.env);
  const ended = await client.call(keySchema, 'DELETE', `/v1/keys/${encodeURIComponent(id)}`);
  console.log(given.has('json') ? JSON.stringify(ended, null, 2) : line(ended));
}

await runCommand(
  {
    usage,
    flags: ['service'],
    options: ['scopes', 'days', 'principal', 'grace'],
    async run([what, subject, ...more], given) {
      if (what === 'list' && subject === undefined) {
        const { client } = openLocalHome(process.env);
        const keys = await all(async (query) => (await client.call(keysSchema, 'GET', `/v1/keys${query}`)).keys);
        console.log(given.has('json') ? JSON.stringify(keys, null, 2) : keys.map(line).join('\n'));
        return undefined;
      }
      if (subject === undefined || more.length > 0)
        throw new UsageError('say list, create TITLE, rotate KEY or revoke KEY');
      if (what === 'create') await create(subject, given);
      else if (what === 'rotate') await rotate(subject, given);
      else if (what === 'revoke') await revoke(subject, given);
      else throw new UsageError(`there is no ${what}`);
      return undefined;
    },
  },
  process.argv.slice(2),
);
