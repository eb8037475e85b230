// Holds values against JSON Schemas that came over the bus, and says in words what does not fit.
import { Ajv2020 } from 'ajv/dist/2020.js';

export interface SchemaProblem {
  /** A JSON pointer to what does not fit; empty: the value itself. */
  readonly path: string;
  readonly says: string;
}

type Value = Readonly<Record<string, unknown>>;

/**
 * All that does not fit; undefined: the schema has no sense, and nothing fits it. `key` stands for the schema: what was
 * made of it is kept, and asked for by it. Never throws.
 */
export type SchemaCheck = (key: string, schema: Value, value: unknown) => SchemaProblem[] | undefined;

/** Schemas that are kept ready: more than all agents together announce. */
const keptMax = 2_000;

export function createSchemaCheck(): SchemaCheck {
  const newAjv = (): Ajv2020 => new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
  let ajv = newAjv();
  let kept = 0;

  function compiled(key: string, schema: Value) {
    const ready = ajv.getSchema(key);
    if (ready !== undefined) return ready;
    if (kept >= keptMax) {
      ajv = newAjv();
      kept = 0;
    }
    kept++;
    return ajv.compile({ ...schema, $id: key });
  }

  return (key, schema, value) => {
    let validate: ReturnType<typeof compiled>;
    try {
      validate = compiled(key, schema);
    } catch {
      return undefined;
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const extra = 'additionalProperty' in params ? ` (${String(params['additionalProperty'])})` : '';
      return { path: instancePath, says: `${message ?? 'is not valid'}${extra}` };
    });
  };
}
