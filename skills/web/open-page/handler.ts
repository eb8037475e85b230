// Opens a page in the session's own window.
import { defineHandler } from '@switchboard/contract';
import { shownView } from '../page-view.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  run: async (ctx, { url }) => shownView(await ctx.page.open(url)),
});
