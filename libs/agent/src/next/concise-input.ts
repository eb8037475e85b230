// What a model needs of a skill's input schema: names, types, choices and what they mean, in few bytes.
import { artifactsIn } from '@switchboard/contract';

type Schema = Readonly<Record<string, unknown>>;

/** Nothing of it helps to fill a field in: what it refuses, the check of the arguments says. */
const dropped: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  'title',
  'examples',
  'additionalProperties',
  'pattern',
  'minLength',
  'maxLength',
  'uniqueItems',
  'propertyNames',
]);
/** Their members have names of their own choosing, which are not keywords. */
const named: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);
/** Data, whatever it looks like. */
const data: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'required']);
const levelsMax = 8;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function artifactField(schema: Schema): Schema | undefined {
  const kind = artifactsIn(schema);
  if (kind === undefined) return undefined;
  const { description } = schema;
  const said = typeof description === 'string' ? description : 'an attachment';
  const type = kind === 'one' ? { type: 'object' } : { type: 'array', items: { type: 'object' } };
  return { ...type, description: `${said}; by reference` };
}

/** Bounds that only say "safe integer" say nothing. */
function saysNothing(keyword: string, value: unknown): boolean {
  return dropped.has(keyword) || Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
}

function concise(value: unknown, levels: number): unknown {
  if (Array.isArray(value)) return value.map((one) => concise(one, levels));
  if (!isSchema(value)) return value;
  // Deeper, what it is said to be has to do.
  if (levels === 0) return typeof value['type'] === 'string' ? { type: value['type'] } : {};
  const artifact = artifactField(value);
  if (artifact !== undefined) return artifact;
  const kept = Object.entries(value).filter(([keyword, member]) => !saysNothing(keyword, member));
  return Object.fromEntries(
    kept.map(([keyword, member]) => {
      if (data.has(keyword)) return [keyword, member];
      if (!named.has(keyword) || !isSchema(member)) return [keyword, concise(member, levels - 1)];
      return [
        keyword,
        Object.fromEntries(Object.entries(member).map(([name, one]) => [name, concise(one, levels - 1)])),
      ];
    }),
  );
}

/** `schema` is a contract's `input`; so is what comes out, and whatever fits it may still be refused by the whole one. */
export function conciseInput(schema: Schema): Record<string, unknown> {
  const result = concise(schema, levelsMax);
  return isSchema(result) ? { ...result, type: 'object' } : { type: 'object' };
}
