// The output of every skill that is made of an operation; only `data` differs.
import { artifactSchema } from '@switchboard/contract';
import { z } from 'zod';
import { type SchemaCollector, withDefinitions } from './collect-schema.ts';
import { isRecord, type Json } from './json.ts';
import { answerKinds } from './read-answer.ts';
import { answerSchema, type Operation } from './read-operation.ts';

/** A larger schema is announced by its type alone; the agent holds answers against the whole of it. */
const schemaBytesMax = 2_500;

const { $schema: _, ...artifact } = z.toJSONSchema(artifactSchema);

/** Short enough to be announced. */
export function dataSchema(operation: Operation, collector: SchemaCollector): Json {
  const success = [200, 201, 202, 203, 206].map((status) => answerSchema(operation, status)).find(Boolean);
  const collected = success === undefined ? {} : collector.collect(success);
  if (!isRecord(collected)) return {};
  const whole = withDefinitions(collected, collector.$defs);
  if (JSON.stringify(whole).length <= schemaBytesMax) return whole;
  const reference = collected['$ref'];
  const target = typeof reference === 'string' ? collector.$defs[reference.slice('#/$defs/'.length)] : collected;
  const type = isRecord(target) ? target['type'] : undefined;
  return type === undefined ? {} : { type };
}

/** JSON Schema 2020-12. With `givesFile` there always is one: then a step after it can take it. */
export function outputSchema(data: Json, givesFile: boolean): Json {
  const { $defs, ...own } = data;
  return {
    type: 'object',
    properties: {
      status: { type: 'integer', description: 'the HTTP status' },
      answer: {
        type: 'string',
        enum: [...answerKinds],
        description: 'whether the answer is what the API’s document describes',
      },
      data: { description: 'the answer, where it is as described', ...own },
      text: { type: 'string', description: 'the answer, where it is not, or the start of a long one' },
      problem: { type: 'string', description: 'what in the answer is not as described' },
      file: { ...artifact, description: 'the whole answer, where it is too large or no text' },
      pages: { type: 'integer', description: 'how many pages it was put together from' },
      more: { type: 'boolean', description: 'whether there is more than was read' },
    },
    required: ['status', 'answer', ...(givesFile ? ['file'] : [])],
    additionalProperties: false,
    ...($defs !== undefined && { $defs }),
  };
}
