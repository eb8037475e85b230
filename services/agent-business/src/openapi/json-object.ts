// A JSON Schema where a contract wants zod: announced word for word, and checked by ajv.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { z } from 'zod';
import type { Json } from './json.ts';

/** What does not fit, in one line; undefined when all of it does. Never throws. */
export type SchemaCheck = (value: unknown) => string | undefined;

/** Each schema is asked for and compiled at its first use: of many operations few are called. */
export type MakeCheck = (schema: () => Json | boolean) => SchemaCheck;

const problemsMax = 5;

/** Formats are the API's to check. */
export function createChecks(): MakeCheck {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });

  function compile(schema: Json | boolean): ValidateFunction | undefined {
    try {
      return ajv.compile(schema);
    } catch {
      return undefined;
    }
  }

  return (schema) => {
    let compiled: { readonly validate: ValidateFunction | undefined } | undefined;
    return (value) => {
      compiled ??= { validate: compile(schema()) };
      const { validate } = compiled;
      if (validate === undefined) return 'its schema has no sense';
      if (validate(value)) return undefined;
      const problems = (validate.errors ?? []).slice(0, problemsMax).map(({ instancePath, message, params }) => {
        const extra = 'additionalProperty' in params ? ` (${String(params['additionalProperty'])})` : '';
        return `${instancePath.slice(1).replaceAll('/', '.')} ${message ?? 'is not valid'}${extra}`.trim();
      });
      return problems.join('; ');
    };
  };
}

/** The schema is of an object. `z.toJSONSchema` gives it back as it is. */
export function jsonObject(schema: Json, check: SchemaCheck): z.ZodObject {
  return z
    .looseObject({})
    .superRefine((value, issues) => {
      const message = check(value);
      if (message !== undefined) issues.addIssue({ code: 'custom', message });
    })
    .meta({ ...schema });
}
