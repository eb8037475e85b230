// Has bash run a command line.
import { defineHandler } from '@switchboard/contract';
import { keptBytesMax, toOutput } from '../command-result.ts';
import { timeLimitMs } from '../time-limit.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, { command, folder, stdin, timeoutSeconds }) {
    const result = await ctx.shell.run(['bash', '-c', command], {
      folder,
      ...(stdin === undefined ? {} : { stdin }),
      timeoutMs: timeLimitMs(timeoutSeconds, ctx.deadline),
      outputBytesMax: keptBytesMax,
    });
    return await toOutput(ctx, result);
  },
});
