// Recognises in a contract's JSON Schema the fields that hold an artifact, or a list of them.
import { artifactSchema } from './artifact.ts';

const members = Object.keys(artifactSchema.shape).sort().join(' ');

type Schema = Readonly<Record<string, unknown>>;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isArtifact(schema: unknown): boolean {
  if (!isSchema(schema) || schema['type'] !== 'object' || !isSchema(schema['properties'])) return false;
  const { properties, required } = schema;
  const all = Array.isArray(required) && required.length === Object.keys(properties).length;
  return all && Object.keys(properties).sort().join(' ') === members;
}

/** `one`: the field holds an artifact; `many`: a list of artifacts; undefined: anything else. Never throws. */
export function artifactsIn(fieldSchema: unknown): 'one' | 'many' | undefined {
  if (isArtifact(fieldSchema)) return 'one';
  const items = isSchema(fieldSchema) && fieldSchema['type'] === 'array' ? fieldSchema['items'] : undefined;
  return isArtifact(items) ? 'many' : undefined;
}

/**
 * The field of an output that always holds an artifact: what such a skill gives. Undefined when there is none, or more
 * than one, so that nobody could say which is meant.
 */
export function artifactGiven(outputSchema: unknown): string | undefined {
  if (!isSchema(outputSchema) || !isSchema(outputSchema['properties'])) return undefined;
  const required = Array.isArray(outputSchema['required']) ? outputSchema['required'] : [];
  const fields = Object.entries(outputSchema['properties']).filter(
    ([name, schema]) => required.includes(name) && artifactsIn(schema) === 'one',
  );
  const [only] = fields;
  return fields.length === 1 ? only?.[0] : undefined;
}
