// Who signs in at an API: the secret is read for each request, so that a new one counts at once, and goes nowhere else.
import { readFile } from 'node:fs/promises';
import { SkillError } from '@switchboard/contract';
import type { Auth } from './overlay.ts';

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
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
  if (auth === undefined) return { headers: {}, query: [] };
  const secret = await secretIn(auth.file);
  if (auth.type === 'query') return { headers: {}, query: [[auth.name, secret]] };
  if (auth.type === 'header') return { headers: { [auth.name]: secret }, query: [] };
  const value = auth.type === 'bearer' ? `Bearer ${secret}` : `Basic ${encode(`${auth.user}:${secret}`)}`;
  return { headers: { authorization: value }, query: [] };
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
