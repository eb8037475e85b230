// Gives a file or folder another name or place, in one step of the file system.
import { SkillError } from '@switchboard/contract';
import { openFolder, plainFileAt, statAt } from './beneath.ts';
import { errno, hasCode, refusing } from './errno.ts';
import type { FilesCall } from './files-call.ts';
import { inPlace } from './in-place.ts';
import { entryOf, type Place, placeOf } from './path-parts.ts';
import { renameIfFree } from './staging.ts';

/** Throws errno EEXIST for the very same place, and refuses a place within the thing itself. */
export function checkApart(from: Place, to: Place): void {
  if (to.path === from.path) throw errno('EEXIST');
  if (to.path.startsWith(`${from.path}/`)) {
    throw new SkillError('not-allowed', `${from.path} cannot be put into itself.`);
  }
}

/**
 * One rename(2): at no moment are there two or none. Nothing of this agent takes the new name meanwhile; another program
 * could in the instant between the look and the rename, and what it put there would be replaced.
 */
export async function moveEntry(call: FilesCall, from: string, to: string): Promise<void> {
  const source = await refusing(from, async () => entryOf(from));
  await refusing(to, async () => {
    const target = placeOf(to);
    checkApart(source, target);
    await using sourceFolder = await refusing(from, () => openFolder(call.workspace, source.parents));
    await refusing(from, async () => {
      if (!(await statAt(sourceFolder, source.name)).isDirectory()) await plainFileAt(sourceFolder, source.name);
    });
    await inPlace(
      call,
      target,
      async (targetFolder, name) => {
        try {
          await renameIfFree(sourceFolder, source.name, targetFolder, name);
        } catch (error) {
          if (!hasCode(error, 'EXDEV')) throw error;
          throw new SkillError('not-allowed', `${to} lies on another disk: copy it there, then delete ${from}.`);
        }
        await targetFolder.sync();
        await sourceFolder.sync();
      },
      [source.path],
    );
  });
}
