// Shows the page that the session has open.
import { defineHandler } from '@switchboard/contract';
import { shownView } from '../page-view.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  run: async (ctx) => shownView(await ctx.page.view()),
});
