// Where a channel has got to, on disk: what comes before it has been brought, and is not brought again.
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

const cursorSchema = z.strictObject({ of: z.string(), position: z.string() });

export interface Cursor {
  /** undefined before the first `write`, for another account, and for a file that is damaged. */
  read(): Promise<string | undefined>;
  /** On the disk when it resolves; there whole or not at all. */
  write(position: string): Promise<void>;
}

/** `of` is the account whose positions these are: those of another one mean nothing. */
export function openCursor(path: string, of: string): Cursor {
  return {
    async read() {
      try {
        const kept = cursorSchema.parse(JSON.parse(await readFile(path, 'utf8')));
        return kept.of === of ? kept.position : undefined;
      } catch {
        return undefined;
      }
    },
    async write(position) {
      const staged = `${path}.new`;
      await using file = await open(staged, 'w', 0o600);
      await file.writeFile(JSON.stringify({ of, position } satisfies z.input<typeof cursorSchema>));
      await file.sync();
      await rename(staged, path);
      await using folder = await open(dirname(path), 'r');
      await folder.sync();
    },
  };
}
