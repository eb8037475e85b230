// F02: the control. A suite that does not see the naive way double effects would not see ours do it either.
import { runNaive } from '../naive.ts';
import type { Row } from './row.ts';

export const controlRow: Row = {
  id: 'F02',
  title: 'the naive control doubles effects, and is seen to',
  async run({ options }) {
    const result = await runNaive({ seed: options.seed, turns: 300, faults: 25, spanMs: 25_000 });
    const broken = result.doubled > 0 ? [] : ['the control doubled nothing: this suite proves nothing'];
    return { broken, figures: { ...result } };
  },
};
