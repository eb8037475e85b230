// The skills over files, in the order in which they are shown: looking, changing, deleting.
import type { Skill } from '@switchboard/contract';
import { contract as appendFile } from './append-file/contract.ts';
import { handler as appendFileHandler } from './append-file/handler.ts';
import { contract as copyFile } from './copy-file/contract.ts';
import { handler as copyFileHandler } from './copy-file/handler.ts';
import { contract as deleteFile } from './delete-file/contract.ts';
import { handler as deleteFileHandler } from './delete-file/handler.ts';
import { contract as deleteFolder } from './delete-folder/contract.ts';
import { handler as deleteFolderHandler } from './delete-folder/handler.ts';
import { contract as fileInfo } from './file-info/contract.ts';
import { handler as fileInfoHandler } from './file-info/handler.ts';
import { contract as findDuplicates } from './find-duplicates/contract.ts';
import { handler as findDuplicatesHandler } from './find-duplicates/handler.ts';
import { contract as listFiles } from './list-files/contract.ts';
import { handler as listFilesHandler } from './list-files/handler.ts';
import { contract as makeFolder } from './make-folder/contract.ts';
import { handler as makeFolderHandler } from './make-folder/handler.ts';
import { contract as moveFile } from './move-file/contract.ts';
import { handler as moveFileHandler } from './move-file/handler.ts';
import { contract as readFile } from './read-file/contract.ts';
import { handler as readFileHandler } from './read-file/handler.ts';
import { contract as replaceText } from './replace-text/contract.ts';
import { handler as replaceTextHandler } from './replace-text/handler.ts';
import { contract as saveFile } from './save-file/contract.ts';
import { handler as saveFileHandler } from './save-file/handler.ts';
import { contract as searchFiles } from './search-files/contract.ts';
import { handler as searchFilesHandler } from './search-files/handler.ts';
import { contract as shareFile } from './share-file/contract.ts';
import { handler as shareFileHandler } from './share-file/handler.ts';
import { contract as summarizeFolder } from './summarize-folder/contract.ts';
import { handler as summarizeFolderHandler } from './summarize-folder/handler.ts';
import { contract as writeFile } from './write-file/contract.ts';
import { handler as writeFileHandler } from './write-file/handler.ts';

export const filesSkills: readonly Skill[] = [
  { contract: listFiles, handler: listFilesHandler },
  { contract: readFile, handler: readFileHandler },
  { contract: searchFiles, handler: searchFilesHandler },
  { contract: fileInfo, handler: fileInfoHandler },
  { contract: summarizeFolder, handler: summarizeFolderHandler },
  { contract: findDuplicates, handler: findDuplicatesHandler },
  { contract: shareFile, handler: shareFileHandler },
  { contract: writeFile, handler: writeFileHandler },
  { contract: saveFile, handler: saveFileHandler },
  { contract: appendFile, handler: appendFileHandler },
  { contract: replaceText, handler: replaceTextHandler },
  { contract: makeFolder, handler: makeFolderHandler },
  { contract: moveFile, handler: moveFileHandler },
  { contract: copyFile, handler: copyFileHandler },
  { contract: deleteFile, handler: deleteFileHandler },
  { contract: deleteFolder, handler: deleteFolderHandler },
];
