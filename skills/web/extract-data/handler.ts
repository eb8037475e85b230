// Takes values out of a page's facts, and attaches all of them as JSON.
import { defineHandler, type PageFacts, SkillError } from '@switchboard/contract';
import { fileNameFor } from '../file-name.ts';
import { inOnePiece } from '../pieces.ts';
import { contract } from './contract.ts';
import { type Found, findValues } from './find-values.ts';
import { wishOfFields, wishOfSchema } from './wanted.ts';

const recordsMax = 200;
/** Of data and of records each: more is in the file alone. */
const bytesMax = 40 * 1024;

function everything({ meta, jsonLd, microdata, tables, lists, pairs }: PageFacts): Found {
  const named = Object.fromEntries(pairs.map(({ name, value }) => [name, value]));
  const all = { ...named, meta, jsonLd, microdata, tables, lists };
  const isThere = ([, value]: [string, unknown]): boolean =>
    Object.keys(Object(value)).length > 0 || typeof value === 'string';
  return { data: Object.fromEntries(Object.entries(all).filter(isThere)), records: [], missing: [] };
}

/** “the data of the page” names nothing in particular. */
const nothingNamed = /^(all|everything|(all )?(the )?(data|tables?|lists?))$/i;

function look(
  facts: PageFacts,
  fields: readonly string[],
  schema: Readonly<Record<string, unknown>> | undefined,
): Found {
  if (schema === undefined) {
    return fields.every((field) => nothingNamed.test(field))
      ? everything(facts)
      : findValues(facts, wishOfFields(fields));
  }
  const wish = wishOfSchema(schema);
  if (wish !== undefined) return findValues(facts, wish);
  throw new SkillError('bad-schema', 'The schema must be an object with properties, or an array of such.');
}

/** As many from the start as fit. */
function within<T>(items: readonly T[]): T[] {
  let left = bytesMax;
  return items.filter((item) => {
    left -= Buffer.byteLength(JSON.stringify(item));
    return left >= 0;
  });
}

export const handler = defineHandler(contract, {
  async run(ctx, { url, fields, schema }) {
    const facts = await ctx.page.facts(url);
    const found = look(facts, fields ?? [], schema);
    const { title } = facts;
    const whole = found.records.length > 0 ? found.records : found.data;
    const json = await ctx.artifact({
      name: fileNameFor(facts, 'json'),
      mediaType: 'application/json',
      content: inOnePiece(Buffer.from(`${JSON.stringify(whole, undefined, 2)}\n`)),
    });
    return {
      url: facts.url,
      title,
      data: Object.fromEntries(within(Object.entries(found.data))),
      records: within(found.records.slice(0, recordsMax)),
      missing: found.missing,
      json,
    };
  },
});
