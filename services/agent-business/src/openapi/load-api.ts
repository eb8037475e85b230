// One file of the operator as skills: the document is read, reduced to what is chosen, checked, and put into contracts.
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve as resolvePath } from 'node:path';
import { nameSchema, type Skill } from '@switchboard/contract';
import type { ApiServer } from './api-adapter.ts';
import { ApiProblem } from './api-problem.ts';
import { type ApiEffect, createApiSkill, footnote } from './api-skill.ts';
import { createCollector, type SchemaCollector, withDefinitions } from './collect-schema.ts';
import { deriveUtterances } from './derive-utterances.ts';
import { inputFields, inputSchema } from './input-fields.ts';
import { isRecord, type Json, shortly } from './json.ts';
import { createChecks, type MakeCheck, type SchemaCheck } from './json-object.ts';
import {
  findOperation,
  type ListedOperation,
  listOperations,
  type Method,
  placeOf,
  selectOperations,
} from './list-operations.ts';
import { deriveName, plainTitle } from './name-operation.ts';
import { dataSchema } from './output-schema.ts';
import { type Auth, type OperationOverlay, type Overlay, readOverlay } from './overlay.ts';
import { parseText } from './parse-text.ts';
import { checkVersion, readDocument, reduceDocument } from './read-document.ts';
import { answerSchema, type Operation, readOperation } from './read-operation.ts';
import { serverOf } from './server-of.ts';

export interface LoadedApi {
  readonly server: ApiServer;
  readonly title: string;
  readonly skills: readonly Skill[];
  /** Operations that cannot be called from here, one line each. */
  readonly leftOut: readonly string[];
}

const documentBytesMax = 64 * 1024 * 1024;
const utterancesMax = 60;

/** What one API's skills share. */
interface Workshop {
  readonly api: { readonly name: string; readonly title: string; readonly server: URL };
  readonly overlay: Overlay;
  readonly document: Json;
  readonly collectors: Readonly<Record<'input' | 'output', SchemaCollector>>;
  readonly check: MakeCheck;
}

const methodEffects: Readonly<Record<Method, ApiEffect>> = {
  GET: 'read',
  POST: 'external',
  PUT: 'external',
  PATCH: 'external',
  DELETE: 'destructive',
};
const gravity: readonly ApiEffect[] = ['read', 'external', 'destructive'];

/** Throws ApiProblem where the operator's word is weaker than the method's. */
function effectOf(listed: ListedOperation, wished: ApiEffect | undefined): ApiEffect {
  const own = methodEffects[listed.method];
  if (wished === undefined) return own;
  if (gravity.indexOf(wished) >= gravity.indexOf(own)) return wished;
  throw new ApiProblem(`${placeOf(listed)}: its effect is ${own}, and can be made graver, never ${wished}`);
}

function misfitOf({ document, collectors, check }: Workshop, operation: Operation) {
  const checks = new Map<unknown, SchemaCheck>();
  return (status: number): SchemaCheck | undefined => {
    const schema = answerSchema(operation, status);
    if (schema === undefined || document === undefined) return undefined;
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

function skillOf(workshop: Workshop, listed: ListedOperation, own: OperationOverlay | undefined, name: string): Skill {
  const { api, overlay, document, collectors, check } = workshop;
  const operation = readOperation(document, listed);
  const effect = effectOf(listed, own?.effect);
  const fields = inputFields(document, collectors.input, operation);
  const title = own?.title ?? shortly(operation.summary ?? plainTitle(listed), 100);
  const note = footnote({ api, operation, effect });
  const words = own?.description ?? operation.description ?? operation.summary ?? title;
  const derived = deriveUtterances(operation, fields, api.title);
  const idempotency = own?.idempotency ?? (operation.method === 'GET' ? undefined : overlay.idempotency);
  return createApiSkill({
    api,
    operation,
    name,
    title,
    description: `${shortly(words, 800).replace(/[.:;]?$/, '.')} ${note}`,
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

/** The operator's words for each operation that they name. Throws ApiProblem for a name that the document does not have. */
function ownWords(all: readonly ListedOperation[], overlay: Overlay): Map<ListedOperation, OperationOverlay> {
  return new Map(Object.entries(overlay.operations).map(([name, own]) => [findOperation(all, name), own]));
}

/** Throws ApiProblem where two of them have one operationId: nobody could say which is meant. */
function refuseTwins(chosen: readonly ListedOperation[]): void {
  const first = new Map<string, ListedOperation>();
  for (const one of chosen) {
    if (one.operationId === undefined) continue;
    const other = first.get(one.operationId);
    if (other !== undefined) {
      throw new ApiProblem(`the operationId ${one.operationId} is there twice: ${placeOf(other)} and ${placeOf(one)}`);
    }
    first.set(one.operationId, one);
  }
}

function namesOf(
  api: string,
  chosen: readonly ListedOperation[],
  own: ReadonlyMap<ListedOperation, OperationOverlay>,
  reserved: ReadonlySet<string>,
): Map<ListedOperation, string> {
  const taken = new Set(reserved);
  const names = new Map<ListedOperation, string>();
  for (const one of chosen) {
    const given = own.get(one)?.name;
    if (given === undefined) continue;
    if (taken.has(given)) throw new ApiProblem(`${placeOf(one)}: another skill is named ${given} already`);
    taken.add(given);
    names.set(one, given);
  }
  for (const one of chosen) {
    if (names.has(one)) continue;
    const name = deriveName(api, one, taken);
    if (taken.has(name))
      throw new ApiProblem(`${placeOf(one)}: another skill is named ${name} already: give it a name`);
    taken.add(name);
    names.set(one, name);
  }
  return names;
}

async function documentOf(overlay: Overlay, folder: string): Promise<Json> {
  const { document } = overlay;
  if (typeof document !== 'string') return checkVersion(document);
  if (/^https?:/i.test(document)) {
    throw new ApiProblem(`document: ${document} is an address: download it, and name the file`);
  }
  const text = await readFile(resolvePath(folder, document), 'utf8').catch((cause: unknown) => {
    throw new ApiProblem(`document: ${document} cannot be read`, { cause });
  });
  if (text.length > documentBytesMax) throw new ApiProblem(`${document} is larger than ${documentBytesMax} bytes`);
  return checkVersion(parseText(text, document));
}

function absolute(auth: Auth | undefined, folder: string): Auth | undefined {
  if (auth === undefined) return undefined;
  return { ...auth, file: isAbsolute(auth.file) ? auth.file : resolvePath(folder, auth.file) };
}

/**
 * `name` is the API's. `reserved`: names that are taken. Throws ApiProblem for whatever keeps the API as a whole from
 * being offered; single operations that cannot be called are left out, unless the operator asked for them by name.
 */
export async function loadApi(name: string, file: string, reserved: ReadonlySet<string>): Promise<LoadedApi> {
  if (!nameSchema.safeParse(name).success || name.length > 30) {
    throw new ApiProblem('the name of the file must be lower-case words joined by hyphens, at most 30 characters');
  }
  const folder = dirname(file);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ApiProblem('the file cannot be read', { cause });
  });
  const overlay = readOverlay(text, 'the file');
  const raw = await documentOf(overlay, folder);
  const all = listOperations(raw);
  const named = ownWords(all, overlay);
  const selected = selectOperations(all, overlay.select);
  refuseTwins(selected);
  const own = new Map([...named].map(([one, words]) => [placeOf(one), words]));
  const asked = new Set([...named.keys(), ...(overlay.select?.operations ?? []).map((one) => findOperation(all, one))]);
  const askedFor = new Set([...asked].map(placeOf));
  const { base, title, named: isNamed } = serverOf(name, raw, overlay);

  const document = await readDocument(reduceDocument(raw, selected));
  const listed = listOperations(document);
  const names = namesOf(
    name,
    listed,
    new Map(
      listed.flatMap((one) => {
        const words = own.get(placeOf(one));
        return words === undefined ? [] : [[one, words] as const];
      }),
    ),
    reserved,
  );
  const collectors = { input: createCollector(document, 'input'), output: createCollector(document, 'output') };
  const workshop = { api: { name, title, server: base }, overlay, document, collectors, check: createChecks() };
  const skills: Skill[] = [];
  const leftOut: string[] = [];
  for (const one of listed) {
    try {
      skills.push(skillOf(workshop, one, own.get(placeOf(one)), names.get(one) ?? ''));
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (askedFor.has(placeOf(one))) throw error;
      leftOut.push(`${placeOf(one)}: ${error.message}`);
    }
  }
  const auth = absolute(overlay.auth, folder);
  return { server: { name, base, named: isNamed, auth }, title, skills, leftOut };
}
