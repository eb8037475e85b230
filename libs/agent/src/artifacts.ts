// Large outputs, kept as files on the agent's own volume until somebody fetches them or they are too old.
import { createHash, randomUUIDv7 } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Artifact,
  artifactBytesMax,
  artifactSchema,
  idSchema,
  inlineBytesMax,
  SkillError,
  SwitchboardError,
} from '@switchboard/contract';
import { syncFolder } from './journal.ts';

const retentionMs = 7 * 24 * 60 * 60 * 1000;
/** Of all artifacts together; the oldest go first. */
const totalBytesMax = 1024 ** 3;
const countMax = 10_000;
const unfinished = '.part';

export interface ArtifactSource {
  readonly name: string;
  readonly mediaType: string;
  readonly content: AsyncIterable<Uint8Array>;
}

export interface Artifacts {
  /**
   * On the disk, whole, when it resolves. Throws SkillError `too-large`, `unavailable` when the disk does not take it,
   * the signal's reason, ZodError for a name or type that an artifact cannot have, and what `content` throws.
   */
  store(source: ArtifactSource, signal: AbortSignal): Promise<Artifact>;
  /** At most inlineBytesMax bytes from an offset; none past the end. Throws `not-found`. */
  read(id: string, offset: number): Promise<Uint8Array>;
}

async function writeAll(path: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal) {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const piece of content) {
      signal.throwIfAborted();
      bytes += piece.length;
      if (bytes > artifactBytesMax) throw new SkillError('too-large', `It is larger than ${artifactBytesMax} bytes`);
      hash.update(piece);
      await file.appendFile(piece).catch((cause: unknown) => {
        throw new SwitchboardError('unavailable', 'The disk does not take the artifact', { cause });
      });
    }
    await file.datasync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** What is kept, oldest first: the ids are sortable. Removes what a crash left unfinished. */
async function survey(folder: string): Promise<Map<string, { bytes: number; at: number }>> {
  const kept = new Map<string, { bytes: number; at: number }>();
  for (const name of (await readdir(folder)).sort()) {
    if (name.endsWith(unfinished)) await rm(join(folder, name), { force: true });
    if (!idSchema.safeParse(name).success) continue;
    const { size, mtimeMs } = await stat(join(folder, name));
    kept.set(name, { bytes: size, at: mtimeMs });
  }
  return kept;
}

/** Opens the folder, or makes it. */
export async function openArtifacts(
  folder: string,
  limits: { totalBytesMax?: number; now?: () => number } = {},
): Promise<Artifacts> {
  const now = limits.now ?? Date.now;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const kept = await survey(folder);
  let total = [...kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);

  async function sweep(): Promise<void> {
    for (const [id, { bytes, at }] of kept) {
      const room = total <= (limits.totalBytesMax ?? totalBytesMax) && kept.size <= countMax;
      if (room && at > now() - retentionMs) return;
      kept.delete(id);
      total -= bytes;
      await rm(join(folder, id), { force: true });
    }
  }
  await sweep();

  return {
    async store({ name, mediaType, content }, signal) {
      artifactSchema.pick({ name: true, mediaType: true }).parse({ name, mediaType });
      const id = randomUUIDv7();
      const path = join(folder, id);
      try {
        const { bytes, sha256 } = await writeAll(path + unfinished, content, signal);
        await rename(path + unfinished, path);
        await syncFolder(folder);
        kept.set(id, { bytes, at: now() });
        total += bytes;
        await sweep();
        return { id, name, mediaType, bytes, sha256 };
      } catch (error) {
        await rm(path + unfinished, { force: true });
        throw error;
      }
    },
    async read(id, offset) {
      const file = await open(join(folder, idSchema.parse(id)), 'r').catch((cause: unknown) => {
        throw new SwitchboardError('not-found', 'There is no such artifact here', { cause });
      });
      try {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(inlineBytesMax), 0, inlineBytesMax, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
  };
}
