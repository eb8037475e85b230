// Fills in the fields of the open page.
import { defineHandler } from '@switchboard/contract';
import { shownView } from '../page-view.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, { field, value, others, submit, site }) {
    const more = Object.entries(others ?? {}).map(([name, text]) => ({ field: name, value: text }));
    return shownView(await ctx.page.fill([{ field, value }, ...more], { submit, site }));
  },
});
