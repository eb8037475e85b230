// Clicks on something in the open page.
import { defineHandler } from '@switchboard/contract';
import { shownView } from '../page-view.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  run: async (ctx, { target, site }) => shownView(await ctx.page.click(target, { site })),
});
