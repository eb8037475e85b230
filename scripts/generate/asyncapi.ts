// docs/reference/asyncapi.json: the subjects as an AsyncAPI 3.0 document, for tools that read one.
import { type Role, type SubjectFact, subjects } from '@switchboard/contract';
import { z } from 'zod';
import { header, toJson } from './generated.ts';
import { toJsonSchema } from './schema-fields.ts';
import { busShapes } from './shapes.ts';

const jsonSchema = z.record(z.string(), z.unknown());
type Json = z.infer<typeof jsonSchema>;

const facts: readonly (readonly [string, SubjectFact])[] = Object.entries(subjects);

function payload(schema: z.ZodType): Json {
  const { $defs, $schema, ...rest } = toJsonSchema(schema, 'output', busShapes);
  return jsonSchema.parse(JSON.parse(JSON.stringify(rest).replaceAll('#/$defs/', '#/components/schemas/')));
}

function channels(name: string, fact: SubjectFact): [string, Json][] {
  const parameters = Array.from(fact.pattern.matchAll(/\{(\w+)\}/g), ([, parameter = '']) => [parameter, {}] as const);
  const asked = {
    address: fact.pattern,
    description: fact.summary,
    parameters: Object.fromEntries(parameters),
    messages: { message: { payload: payload(fact.message) } },
  };
  if (fact.reply === undefined) return [[name, asked]];
  // Where a reply goes is said with each request.
  const answered = { address: null, messages: { message: { payload: payload(fact.reply) } } };
  return [
    [name, asked],
    [`${name}.reply`, answered],
  ];
}

function operation(name: string, fact: SubjectFact, role: Role, action: 'send' | 'receive'): [string, Json] {
  const reply = fact.reply && { reply: { channel: { $ref: `#/channels/${name}.reply` } } };
  const what = { action, channel: { $ref: `#/channels/${name}` }, tags: [{ name: role }], ...reply };
  return [`${role}.${action}.${name}`, what];
}

function operations(name: string, fact: SubjectFact): [string, Json][] {
  return [
    ...fact.saidBy.map((role) => operation(name, fact, role, 'send')),
    ...fact.heardBy.map((role) => operation(name, fact, role, 'receive')),
  ];
}

/** Each operation is tagged with who sends or receives: the document is of the whole bus, not of one program. */
export function asyncApiDocument(): string {
  return toJson({
    asyncapi: '3.0.0',
    info: { title: 'Switchboard bus', version: '1', description: header },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(facts.flatMap(([name, fact]) => channels(name, fact))),
    operations: Object.fromEntries(facts.flatMap(([name, fact]) => operations(name, fact))),
    components: {
      schemas: Object.fromEntries(Object.entries(busShapes).map(([name, shape]) => [name, payload(shape)])),
    },
  });
}
