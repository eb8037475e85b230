// The skills over web pages, in the order in which they are shown: looking, taking along, working in one.
import type { Skill } from '@switchboard/contract';
import { contract as fetchPage } from './fetch-page/contract.ts';
import { handler as fetchPageHandler } from './fetch-page/handler.ts';
import { contract as takeScreenshot } from './take-screenshot/contract.ts';
import { handler as takeScreenshotHandler } from './take-screenshot/handler.ts';

export const webSkills: readonly Skill[] = [
  { contract: fetchPage, handler: fetchPageHandler },
  { contract: takeScreenshot, handler: takeScreenshotHandler },
];
