// Keeps what a session's pages have stored, encrypted on disk.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingError } from '@switchboard/service';
import { z } from 'zod';

const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;
/** A session that nobody has used for so long has ended. */
const retentionMs = 90 * 24 * 60 * 60 * 1000;
const unfinished = '.part';

/** As Playwright gives and takes it; what else is in it stays in it. */
const rememberedSchema = z.object({
  storage: z.object({
    cookies: z.array(
      z.looseObject({
        name: z.string(),
        value: z.string(),
        domain: z.string(),
        path: z.string(),
        expires: z.number(),
        httpOnly: z.boolean(),
        secure: z.boolean(),
        sameSite: z.enum(['Strict', 'Lax', 'None']),
      }),
    ),
    origins: z.array(
      z.looseObject({
        origin: z.string(),
        localStorage: z.array(z.object({ name: z.string(), value: z.string() })),
      }),
    ),
  }),
  /** The page that was open. */
  url: z.string().optional(),
});
export type Remembered = z.infer<typeof rememberedSchema>;

export interface Vault {
  /** undefined when there is nothing, or nothing that this key opens. */
  load(session: string): Promise<Remembered | undefined>;
  save(session: string, remembered: Remembered): Promise<void>;
}

/**
 * The key that the operator gives, or one made with the first start beside the data: that one protects copies of the
 * data that go without it, and not somebody who can read the whole folder. Throws SettingError.
 */
export function readKey(given: string | undefined, dataDir: string): Buffer {
  const file = join(dataDir, 'storage.key');
  if (given === undefined && !existsSync(file)) {
    writeFileSync(file, `${randomBytes(keyBytes).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  }
  const key = Buffer.from(given ?? readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length === keyBytes) return key;
  throw new SettingError(`BROWSER_STORAGE_KEY must be ${keyBytes} bytes in base64 (openssl rand -base64 ${keyBytes})`);
}

/** A file name that says nothing of the session. */
function nameOf(session: string): string {
  return createHash('sha256').update(session).digest('hex');
}

/** AES-256-GCM: nonce, tag, text. Bound to the session, so that one file cannot be put in another's place. */
function seal(key: Buffer, session: string, text: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(session));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function open(key: Buffer, session: string, bytes: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes));
  decipher.setAAD(Buffer.from(session)).setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8');
}

async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const { mtimeMs } = await stat(join(folder, name));
    if (name.endsWith(unfinished) || mtimeMs < Date.now() - retentionMs) await rm(join(folder, name), { force: true });
  }
}

/** Opens the folder, or makes it. */
export async function openVault(folder: string, key: Buffer): Promise<Vault> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await sweep(folder);
  return {
    async load(session) {
      try {
        const text = open(key, session, await readFile(join(folder, nameOf(session))));
        return rememberedSchema.parse(JSON.parse(text));
      } catch {
        // Not there, of another key, or damaged: the session begins anew, as one whose cookies were cleared.
        return undefined;
      }
    },
    async save(session, remembered) {
      const path = join(folder, nameOf(session));
      await writeFile(path + unfinished, seal(key, session, JSON.stringify(remembered)), { mode: 0o600, flush: true });
      await rename(path + unfinished, path);
    },
  };
}
