// All rows, in the order in which they run.
import { clocksRow } from './clocks.ts';
import { controlRow } from './control.ts';
import { crashPairsRow } from './crash-pairs.ts';
import { crashPointsRow } from './crash-points.ts';
import { crowdRow } from './crowd.ts';
import { deafTailRow } from './deaf-tail.ts';
import { diskRows } from './disks.ts';
import { duplicatesRow } from './duplicates.ts';
import { focusedRows } from './focused.ts';
import { garbageRow } from './garbage.ts';
import { hugeRow } from './huge.ts';
import { idleWipesRow } from './idle-wipes.ts';
import { longSessionRow } from './long-session.ts';
import { mailsRow } from './mails.ts';
import { memoryRow } from './memory.ts';
import { partitionsRow } from './partitions.ts';
import { patienceRow } from './patience.ts';
import { poisonRow } from './poison.ts';
import { powerCutsRow } from './power-cuts.ts';
import { recoveryRow } from './recovery.ts';
import { rolesRow } from './roles.ts';
import type { Row } from './row.ts';
import { skewRow } from './skew.ts';
import { spokenStormRow, stormRow } from './storm.ts';

export const rows: readonly Row[] = [
  controlRow,
  stormRow,
  spokenStormRow,
  crashPointsRow,
  crashPairsRow,
  recoveryRow,
  rolesRow,
  mailsRow,
  ...focusedRows,
  partitionsRow,
  idleWipesRow,
  duplicatesRow,
  crowdRow,
  patienceRow,
  garbageRow,
  hugeRow,
  poisonRow,
  skewRow,
  clocksRow,
  deafTailRow,
  longSessionRow,
  ...diskRows,
  powerCutsRow,
  memoryRow,
];
