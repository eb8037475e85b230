// Who signs in at an API: the secret is read for each request, so that a new one counts at once, and goes nowhere else.
import { readFile } from 'node:fs/promises';
import { SkillError } from '@switchboard/contract';
import type { Auth } from './overlay.ts';

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Every form of the secret that an API could say back. */
  readonly secrets: readonly string[];
}

const secretCharactersMax = 8_192;

/** Throws SkillError `no-secret`: the message names the file and never what is in it. */
async function secretIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SkillError('no-secret', `The secret of this API cannot be read: put it into ${file}`, { cause });
  });
  const secret = text.trim();
  if (secret === '' || secret.length > secretCharactersMax || /[^\x20-\x7e]/.test(secret)) {
    throw new SkillError('no-secret', `${file} must hold the secret of this API on one line, and nothing else`);
  }
  return secret;
}

/** `file` is absolute by now. Throws SkillError `no-secret`. */
export async function credentialsOf(auth: Auth | undefined): Promise<Credentials> {
  if (auth === undefined) return { headers: {}, query: [], secrets: [] };
  const secret = await secretIn(auth.file);
  if (auth.type === 'query') return { headers: {}, query: [[auth.name, secret]], secrets: [secret] };
  if (auth.type === 'header') return { headers: { [auth.name]: secret }, query: [], secrets: [secret] };
  if (auth.type === 'bearer') return { headers: { authorization: `Bearer ${secret}` }, query: [], secrets: [secret] };
  const pair = Buffer.from(`${auth.user}:${secret}`, 'utf8').toString('base64');
  return { headers: { authorization: `Basic ${pair}` }, query: [], secrets: [pair, secret] };
}

const secretCharactersMin = 6;

/** What an API says back of the secret that it was given goes no further: into no answer, log or record. */
export function withoutSecrets(body: Uint8Array, secrets: readonly string[]): Uint8Array {
  const said = secrets.filter((secret) => secret.length >= secretCharactersMin && Buffer.from(body).includes(secret));
  if (said.length === 0) return body;
  // Byte by byte: what is no text stays as it is.
  const text = said.reduce((left, secret) => left.replaceAll(secret, '[secret]'), Buffer.from(body).toString('latin1'));
  return Buffer.from(text, 'latin1');
}
