// Small questions about a path that several skills ask.
import { type FileInfo, type FilesRead, SkillError } from '@switchboard/contract';

/** undefined when there is nothing. */
export async function infoIfAny(files: Pick<FilesRead, 'info'>, path: string): Promise<FileInfo | undefined> {
  try {
    return await files.info(path);
  } catch (error) {
    if (error instanceof SkillError && error.reason === 'not-found') return undefined;
    throw error;
  }
}
