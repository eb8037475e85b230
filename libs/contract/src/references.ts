// What a step of a plan takes from an earlier one: references in its input, and what fills them.
import { z } from 'zod';
import { SwitchboardError } from './errors.ts';

/** Steps of one plan. */
export const planStepsMax = 12;

/**
 * In a planned input, as the value of a field or as an element of a list there: what an earlier step of the plan gave in
 * this field of its output. Deeper down it is data like any other.
 */
export const referenceSchema = z.strictObject({
  $from: z.strictObject({
    /** From 1; always less than the number of the step that holds the reference. */
    step: z.int().min(1).max(planStepsMax),
    field: z.string().min(1).max(200),
  }),
});
export type Reference = z.infer<typeof referenceSchema>;
export type ReferenceSource = Reference['$from'];

type Json = Readonly<Record<string, unknown>>;

/** A copy of the input with each reference replaced; what it is replaced by is not looked into. Throws what `replace` throws. */
export function mapReferences(input: Json, replace: (source: ReferenceSource) => unknown): Record<string, unknown> {
  const filled = (value: unknown): unknown => {
    const { data } = referenceSchema.safeParse(value);
    return data === undefined ? value : replace(data.$from);
  };
  return Object.fromEntries(
    Object.entries(input).map(([field, value]) => [field, Array.isArray(value) ? value.map(filled) : filled(value)]),
  );
}

/** Every reference of an input, in its order. */
export function referencesIn(input: Json): ReferenceSource[] {
  const found: ReferenceSource[] = [];
  mapReferences(input, (source) => found.push(source));
  return found;
}

/** `the image from step 1`, for a person. */
export function sayReference({ step, field }: ReferenceSource): string {
  return `the ${field} from step ${step}`;
}

/**
 * The input as it is carried out: each reference replaced by what `outputs`, by number of step, holds there. Pure. Throws
 * SwitchboardError `invalid-input` where that step has not been done, or gave nothing in that field.
 */
export function resolveReferences(input: Json, outputs: ReadonlyMap<number, Json>): Record<string, unknown> {
  return mapReferences(input, ({ step, field }) => {
    const output = outputs.get(step);
    // Not what an object has by nature: a field may be called `constructor`.
    if (output !== undefined && Object.hasOwn(output, field) && output[field] !== undefined) return output[field];
    throw new SwitchboardError('invalid-input', `It takes ${sayReference({ step, field })}, and that gave none`);
  });
}
