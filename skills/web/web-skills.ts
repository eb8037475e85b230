// The skills over web pages, in the order in which they are shown: looking, taking along, working in one.
import type { Skill } from '@switchboard/contract';
import { contract as click } from './click/contract.ts';
import { handler as clickHandler } from './click/handler.ts';
import { contract as downloadFile } from './download-file/contract.ts';
import { handler as downloadFileHandler } from './download-file/handler.ts';
import { contract as extractData } from './extract-data/contract.ts';
import { handler as extractDataHandler } from './extract-data/handler.ts';
import { contract as fetchPage } from './fetch-page/contract.ts';
import { handler as fetchPageHandler } from './fetch-page/handler.ts';
import { contract as fillForm } from './fill-form/contract.ts';
import { handler as fillFormHandler } from './fill-form/handler.ts';
import { contract as openPage } from './open-page/contract.ts';
import { handler as openPageHandler } from './open-page/handler.ts';
import { contract as readCurrentPage } from './read-current-page/contract.ts';
import { handler as readCurrentPageHandler } from './read-current-page/handler.ts';
import { contract as savePdf } from './save-pdf/contract.ts';
import { handler as savePdfHandler } from './save-pdf/handler.ts';
import { contract as takeScreenshot } from './take-screenshot/contract.ts';
import { handler as takeScreenshotHandler } from './take-screenshot/handler.ts';

export const webSkills: readonly Skill[] = [
  { contract: fetchPage, handler: fetchPageHandler },
  { contract: extractData, handler: extractDataHandler },
  { contract: takeScreenshot, handler: takeScreenshotHandler },
  { contract: savePdf, handler: savePdfHandler },
  { contract: downloadFile, handler: downloadFileHandler },
  { contract: openPage, handler: openPageHandler },
  { contract: readCurrentPage, handler: readCurrentPageHandler },
  { contract: fillForm, handler: fillFormHandler },
  { contract: click, handler: clickHandler },
];
