// JSON Schema made from zod: with its descriptions, without what `format` and `type` say already.
import { z } from 'zod';

interface Made {
  readonly zodSchema: z.core.$ZodType;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

/**
 * An `override` for z.toJSONSchema: no pattern beside a format, no bounds that only say "safe integer"; and what
 * `.describe()` said, which another registry in `metadata` hides.
 */
export function conciseSchema({ zodSchema, jsonSchema }: Made): void {
  if (jsonSchema.format === 'uuid' || jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  const description = z.globalRegistry.get(zodSchema)?.description;
  if (description !== undefined) jsonSchema.description = description;
}
