// Looks which tables there are.
import { defineHandler, SkillError, type TableInfo } from '@switchboard/contract';
import { contract } from './contract.ts';

const tablesMax = 100;
/** An answer holds 128 KiB; wide tables in great number do not fit. */
const inlineBytesMax = 96 * 1024;

export const handler = defineHandler(contract, {
  async run(ctx, { table }) {
    const found = await ctx.database.tables({ name: table, max: tablesMax + 1 });
    if (table !== undefined && found.length === 0) {
      throw new SkillError('not-found', `The database has no table ${table} that its role may read.`);
    }
    const tables = found.slice(0, whatFits(found)).map(toOutput);
    return { tables, more: found.length > tables.length };
  },
});

function toOutput({ rows, columns, ...table }: TableInfo) {
  return { ...table, ...(rows !== undefined && { rows }), columns: columns.map((column) => ({ ...column })) };
}

function whatFits(tables: readonly TableInfo[]): number {
  let left = inlineBytesMax;
  const end = tables.slice(0, tablesMax).findIndex((one) => {
    left -= Buffer.byteLength(JSON.stringify(one));
    return left < 0;
  });
  return end === -1 ? tablesMax : end;
}
