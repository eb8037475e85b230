// A skill out of an operation: its contract from the document and the operator's file, and the handler that calls it.
import {
  type ApiAnswer,
  type ApiDestroy,
  type ApiExternal,
  type ApiRead,
  type ApiRequest,
  type CapabilityEffect,
  hashJson,
  type Repeat,
  type Skill,
  type SkillContext,
  type SkillContract,
  SkillError,
} from '@switchboard/contract';
import { withFile, withFileIfAny } from './answer-file.ts';
import { type BuiltRequest, buildRequest } from './build-request.ts';
import type { InputField } from './input-fields.ts';
import { type Json, shortly } from './json.ts';
import { jsonObject, type MakeCheck, type SchemaCheck } from './json-object.ts';
import { placeOf } from './list-operations.ts';
import { outputSchema } from './output-schema.ts';
import type { Pagination } from './overlay.ts';
import { pagesMax } from './pages.ts';
import { readAnswer } from './read-answer.ts';
import type { Operation } from './read-operation.ts';
import { readPages } from './read-pages.ts';
import { apiReasons, refuseFailure } from './refusals.ts';
import { sayAnswer } from './say-answer.ts';
import { sayRequest } from './say-request.ts';

export type ApiEffect = 'read' | 'external' | 'destructive';

/** What is known of one operation before it is a skill. */
export interface ApiSkillParts {
  readonly api: { readonly name: string; readonly title: string; readonly server: URL };
  readonly operation: Operation;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly utterances: readonly string[];
  readonly effect: ApiEffect;
  readonly fields: readonly InputField[];
  readonly input: Json;
  /** The schema of what comes with 2xx, short enough to be announced. */
  readonly data: Json;
  /** Undefined where the document describes no JSON for a status. */
  readonly misfit: (status: number) => SchemaCheck | undefined;
  readonly idempotency: string | undefined;
  readonly pagination: Pagination;
  readonly items: string | undefined;
  readonly timeoutMs: number;
  readonly check: MakeCheck;
}

const tagsMax = 20;

/** A page that the person names is the page they want. */
const pageParameter = /^(page|cursor|offset|after|before|start|starting_?after|page_?token|next_?token)$/i;

function repeatOf({ effect, idempotency }: ApiSkillParts): Repeat {
  if (effect === 'read') return 'safe';
  return idempotency === undefined ? 'once' : 'idempotent';
}

/** Every request may wait for the API and be made again; pages take several. */
function callTimeoutMs({ timeoutMs, effect }: ApiSkillParts): number {
  return Math.min(600_000, timeoutMs * (effect === 'read' ? 4 : 2));
}

function requestOf(parts: ApiSkillParts, built: BuiltRequest): ApiRequest {
  const { api, idempotency, timeoutMs } = parts;
  return { api: api.name, ...built, timeoutMs, ...(idempotency !== undefined && { keyHeader: idempotency }) };
}

/** Only of a look: what was done is done, whatever came of it. */
function givesFile({ effect, operation }: Pick<ApiSkillParts, 'effect' | 'operation'>): boolean {
  return effect === 'read' && operation.givesFile;
}

type Call = (ctx: SkillContext<readonly CapabilityEffect[]>, request: ApiRequest) => Promise<ApiAnswer>;

const calls: Readonly<Record<ApiEffect, Call>> = {
  read: (ctx, request) => (ctx.api satisfies ApiRead).read(request),
  external: (ctx, request) => (ctx.api satisfies ApiExternal).send(request),
  destructive: (ctx, request) => (ctx.api satisfies ApiDestroy).destroy(request),
};

/** A look that was cut short has failed; a deed was done all the same, and its answer says what is missing. */
function refuseCut({ cut }: ApiAnswer, title: string): void {
  if (cut === 'size') throw new SkillError('too-large', `The answer of ${title} is larger than the agent takes`);
  if (cut === 'connection') throw new SkillError('no-answer', `The answer of ${title} ended before its end`);
}

function handlerOf(parts: ApiSkillParts): Skill['handler'] {
  const { api, operation, fields, effect, name } = parts;
  const describedBy = (status: number) => ({ misfit: parts.misfit(status) });
  return {
    async run(ctx, input) {
      const request = requestOf(parts, buildRequest(operation, fields, input));
      if (effect === 'read') {
        let last: ApiAnswer | undefined;
        const wanted = fields.some((field) => pageParameter.test(field.name) && input[field.name] !== undefined);
        const pages = await readPages(ctx.api, request, {
          pagination: wanted ? { style: 'none' } : parts.pagination,
          items: parts.items,
          deadline: ctx.deadline,
          described: (answer) => describedBy(answer.status),
          refuse(answer) {
            refuseFailure(answer, api.title);
            refuseCut(answer, api.title);
            last ??= answer;
          },
        });
        return last === undefined
          ? { ...pages }
          : { ...(await withFile(ctx, { name, wanted: givesFile(parts) }, last, pages)) };
      }
      const answer = await calls[effect](ctx, request);
      refuseFailure(answer, api.title);
      return { ...(await withFileIfAny(ctx, name, answer, readAnswer(answer, describedBy(answer.status)))) };
    },
  };
}

function contractOf(parts: ApiSkillParts, version: string): SkillContract {
  const { api, operation, name, title, effect, fields, input, check } = parts;
  const redact = fields.filter(({ secret }) => secret).map((field) => field.name);
  const output = outputSchema(parts.data, givesFile(parts));
  return {
    name,
    version,
    title,
    description: parts.description,
    tags: [...new Set(['api', api.name, ...operation.tags.map((tag) => shortly(tag, 63))])].slice(0, tagsMax),
    input: jsonObject(
      input,
      check(() => input),
    ),
    output: jsonObject(
      output,
      check(() => output),
    ),
    errors: apiReasons,
    effects: [{ class: effect, on: 'api' }],
    repeat: repeatOf(parts),
    ingests: 'untrusted',
    timeoutMs: callTimeoutMs(parts),
    utterances: parts.utterances,
    examples: [],
    say: (said) => sayAnswer(said, title),
    ...(effect !== 'read' && { ask: (given) => sayRequest(parts, buildRequest(operation, fields, given), given) }),
    ...(redact.length > 0 && { redact: redact.slice(0, 20) }),
    requires: { network: [api.server.host] },
  };
}

/** Another contract has another version, and the same always the same: nobody counts for a document of strangers. */
function versionOf(parts: ApiSkillParts): string {
  const { input: _input, output: _output, say: _say, ask: _ask, ...rest } = contractOf(parts, '1.0.0');
  const hash = hashJson({ ...rest, input: parts.input, output: outputSchema(parts.data, givesFile(parts)) });
  return `1.0.${Number.parseInt(hash.slice(0, 8), 16)}`;
}

export function createApiSkill(parts: ApiSkillParts): Skill {
  return { contract: contractOf(parts, versionOf(parts)), handler: handlerOf(parts) };
}

/** `GET /pets of Petstore`, and that an answer may be several pages. */
export function footnote({ api, operation, effect }: Pick<ApiSkillParts, 'api' | 'operation' | 'effect'>): string {
  const pages = effect === 'read' ? ` Long lists are read up to ${pagesMax} pages.` : '';
  return `${placeOf(operation)} of ${api.title}.${pages}`;
}
