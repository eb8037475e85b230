// The volume of secrets: a folder for each container, with what that container holds and nothing else; made once.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SettingError } from '@switchboard/service';
import { z } from 'zod';

/** Read by the group that all containers are of: what a container does not mount it cannot read. */
const shared = { file: 0o440, folder: 0o750 };
/** What opens everything, for the owner's own programs. */
const owners = { file: 0o600, folder: 0o700 };
const modesOf = (path: string): typeof shared => (path.startsWith('operator/') ? owners : shared);
/** Raised when what lies in the volume gets another meaning. */
const layout = 1;
const record = 'made.json';

const recordSchema = z.object({ layout: z.int(), files: z.array(z.string()) });

export interface SecretsFolder {
  readonly root: string;
  /** Nothing was in it before. */
  readonly isNew: boolean;
  /** The text of a file; made with the first start that asks for it, and never again. */
  once(path: string, make: () => string): string;
  /** Written with every start: what can be made again from the rest. */
  derived(path: string, text: string): void;
  /** To be called when all is made: from now on, a file that is not there any more is missed. */
  seal(): void;
}

function readRecord(root: string): z.infer<typeof recordSchema> | undefined {
  const file = join(root, record);
  if (!existsSync(file)) return undefined;
  try {
    return recordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new SettingError(`the volume of secrets is damaged: ${record} cannot be read; restore a backup`);
  }
}

function write(root: string, path: string, text: string): void {
  const file = join(root, path);
  const modes = modesOf(path);
  mkdirSync(dirname(file), { recursive: true, mode: modes.folder });
  const beside = `${file}.new`;
  rmSync(beside, { force: true });
  writeFileSync(beside, `${text}\n`, { mode: modes.file, flag: 'wx', flush: true });
  renameSync(beside, file);
}

function read(root: string, path: string): string {
  try {
    const text = readFileSync(join(root, path), 'utf8').trim();
    if (text !== '') return text;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      throw new SettingError(`the secret ${path} cannot be read: ${error instanceof Error ? error.message : error}`);
    }
    throw new SettingError(
      `the secret ${path} is missing from its volume: restore a backup, or start with new volumes`,
    );
  }
  throw new SettingError(`the secret ${path} is empty: restore a backup, or start with new volumes`);
}

/** Throws SettingError for a volume of a newer program, and for one that lacks what was made. */
export function openSecretsFolder(root: string): SecretsFolder {
  const before = readRecord(root);
  if (before !== undefined && before.layout > layout) {
    throw new SettingError(
      `the volume of secrets was made by a newer Switchboard (layout ${before.layout}, known here: ${layout})`,
    );
  }
  const made = new Set(before?.files);
  for (const path of made) read(root, path);
  return {
    root,
    isNew: before === undefined,
    once(path, make) {
      // A start that was cut off left what it had made.
      if (!made.has(path) && !existsSync(join(root, path))) write(root, path, make());
      made.add(path);
      return read(root, path);
    },
    derived: (path, text) => write(root, path, text),
    seal: () => write(root, record, JSON.stringify({ layout, files: [...made].sort() })),
  };
}
