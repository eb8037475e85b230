// One operation as a skill: what the document says of it, with what the operator says before that.
import type { Skill } from '@switchboard/contract';
import { ApiProblem } from './api-problem.ts';
import { type ApiEffect, createApiSkill, footnote } from './api-skill.ts';
import { type SchemaCollector, withDefinitions } from './collect-schema.ts';
import { deriveUtterances } from './derive-utterances.ts';
import { inputFields, inputSchema, parameterPlace } from './input-fields.ts';
import { isRecord, type Json, shortly } from './json.ts';
import type { MakeCheck, SchemaCheck } from './json-object.ts';
import type { ListedOperation, Method } from './list-operations.ts';
import { plainTitle } from './name-operation.ts';
import { dataSchema } from './output-schema.ts';
import type { OperationOverlay, Overlay } from './overlay.ts';
import { answerSchema, type Operation, readOperation } from './read-operation.ts';
import { visible } from './say-json.ts';

/** What the skills of one API share. */
export interface Workshop {
  readonly api: { readonly name: string; readonly title: string; readonly server: URL };
  readonly overlay: Pick<Overlay, 'auth' | 'idempotency' | 'pagination' | 'timeoutMs'>;
  readonly document: Json;
  readonly collectors: Readonly<Record<'input' | 'output', SchemaCollector>>;
  readonly check: MakeCheck;
}

const utterancesMax = 60;
const descriptionCharactersMax = 800;

const methodEffects: Readonly<Record<Method, ApiEffect>> = {
  GET: 'read',
  POST: 'external',
  PUT: 'external',
  PATCH: 'external',
  DELETE: 'destructive',
};
const gravity: readonly ApiEffect[] = ['read', 'external', 'destructive'];

/** Throws ApiProblem where the operator's word is weaker than the method's. */
function effectOf({ method }: ListedOperation, wished: ApiEffect | undefined): ApiEffect {
  const own = methodEffects[method];
  if (wished === undefined || gravity.indexOf(wished) >= gravity.indexOf(own)) return wished ?? own;
  throw new ApiProblem(`its effect is ${own}, and can be made graver, never ${wished}`);
}

/** The whole schema of each status, put together when an answer of it first comes. */
function misfitOf({ collectors, check }: Workshop, operation: Operation) {
  const checks = new Map<unknown, SchemaCheck>();
  return (status: number): SchemaCheck | undefined => {
    const schema = answerSchema(operation, status);
    if (schema === undefined) return undefined;
    const known = checks.get(schema);
    if (known !== undefined) return known;
    const made = check(() => {
      const collected = collectors.output.collect(schema);
      return isRecord(collected) ? withDefinitions(collected, collectors.output.$defs) : collected;
    });
    checks.set(schema, made);
    return made;
  };
}

/** Throws ApiProblem for an operation that cannot be called from here. */
export function operationSkill(
  workshop: Workshop,
  name: string,
  listed: ListedOperation,
  own: OperationOverlay | undefined,
): Skill {
  const { api, overlay, document, collectors, check } = workshop;
  const operation = readOperation(document, listed);
  const effect = effectOf(listed, own?.effect);
  // As the drafts of the header have it: the other methods do not take it unless the operator knows better.
  const usual = ['POST', 'PATCH'].includes(operation.method) ? overlay.idempotency : undefined;
  const idempotency = own?.idempotency ?? usual;
  const filledIn = new Set(idempotency === undefined ? [] : [parameterPlace({ in: 'header', name: idempotency })]);
  const { auth } = overlay;
  if (auth?.type === 'header' || auth?.type === 'query')
    filledIn.add(parameterPlace({ in: auth.type, name: auth.name }));
  const fields = inputFields(document, collectors.input, operation, filledIn);
  const title = own?.title ?? shortly(visible(operation.summary ?? plainTitle(listed)), 100);
  const words = own?.description ?? operation.description ?? operation.summary ?? title;
  const sentence = shortly(visible(words), descriptionCharactersMax).replace(/[.:;]?$/, '.');
  const derived = deriveUtterances(operation, fields, api.title);
  return createApiSkill({
    api,
    operation,
    name,
    title,
    description: `${sentence} ${footnote({ api, operation, effect })}`,
    utterances: [...new Set([...(own?.utterances ?? []), ...derived])].slice(0, utterancesMax),
    effect,
    fields,
    input: inputSchema(fields, collectors.input),
    data: dataSchema(operation, collectors.output),
    misfit: misfitOf(workshop, operation),
    idempotency,
    pagination: own?.pagination ?? overlay.pagination,
    items: own?.items,
    timeoutMs: own?.timeoutMs ?? overlay.timeoutMs,
    check,
  });
}
