// The Switchboard of this home: where it can be reached, and what its owner and its operator hold to open it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Env, readStartSettings, withSettingsFile } from '../start/settings.ts';
import { ApiError, type Client, connect } from './client.ts';

const runSchema = z.object({ url: z.string(), natsUrl: z.string() });

/** Thrown when nothing was started on this home; the message is for the person. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted';
}

export interface LocalHome {
  readonly path: string;
  readonly url: string;
  readonly natsUrl: string;
  readonly operatorSeed: string;
  readonly adminKeyFile: string;
  readonly adminKey: string;
  readonly client: Client;
}

/** Reads what `npm start` has written; whether it still runs is seen by calling it. Throws NotStarted, SettingError. */
export function openLocalHome(given: Env): LocalHome {
  const env = withSettingsFile(given);
  const { home: path } = readStartSettings(env);
  const read = (file: string): string => {
    try {
      return readFileSync(join(path, file), 'utf8').trim();
    } catch {
      throw new NotStarted(
        `${join(path, file)} is not there. Is Switchboard running (npm start)? See SWITCHBOARD_HOME`,
      );
    }
  };
  const { url, natsUrl } = runSchema.parse(JSON.parse(read('run.json')));
  const adminKey = read('admin.key');
  return {
    path,
    url,
    natsUrl: env['NATS_URL'] || natsUrl,
    operatorSeed: read('secrets/operator.seed'),
    adminKeyFile: join(path, 'admin.key'),
    adminKey,
    client: connect(url, adminKey),
  };
}

/** What went wrong in a program of this folder, in one line for the person. */
export function inOneLine(error: unknown): string {
  if (error instanceof ApiError) return `${error.message} (${error.problem.code})`;
  if (error instanceof TypeError && error.message === 'fetch failed') return 'it does not answer; see npm start';
  return error instanceof Error ? error.message : String(error);
}
