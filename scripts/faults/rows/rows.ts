// All rows, in the order in which they run.
import { controlRow } from './control.ts';
import { crashPointsRow } from './crash-points.ts';
import { focusedRows } from './focused.ts';
import { idleWipesRow } from './idle-wipes.ts';
import type { Row } from './row.ts';
import { stormRow } from './storm.ts';

export const rows: readonly Row[] = [controlRow, stormRow, crashPointsRow, ...focusedRows, idleWipesRow];
