// Every error leaves as a problem document (RFC 9457) with a stable code, and nothing more than is safe to show.
import {
  type ErrorCode,
  type ErrorInfo,
  errorFacts,
  type Problem,
  problemType,
  SwitchboardError,
} from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { TooManyError } from '../identity/too-many.ts';

interface ProblemDetails {
  readonly reason?: string | undefined;
  readonly errors?: Problem['errors'];
}

export function toProblem(code: ErrorCode, detail: string, instance: string, details: ProblemDetails = {}): Problem {
  const { status, title } = errorFacts[code];
  return {
    type: problemType(code),
    title,
    status,
    code,
    detail,
    instance,
    ...(details.reason !== undefined && { reason: details.reason }),
    ...(details.errors && { errors: details.errors }),
  };
}

/** What Fastify itself refuses, in our words. */
const fastifyCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid-request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid-request',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-request',
};

/** SQLSTATE classes that mean: the database is away, full, busy, or ended it for another. Whether it committed cannot be told. */
function isStoreAway(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^(08|40|53|57|58)/.test(code) || /^(CONNECT|CONNECTION_|ECONN|EPIPE|ENOENT)/.test(code);
}

function describe(error: FastifyError | Error): { info: ErrorInfo; errors?: Problem['errors'] } {
  if (error instanceof SwitchboardError) return { info: error.toInfo() };
  if (hasZodFastifySchemaValidationErrors(error)) {
    const where = error.validationContext ?? 'request';
    const errors = error.validation.map((issue) => ({
      field: issue.instancePath.slice(1).replaceAll('/', '.') || where,
      message: issue.message ?? 'is not valid',
    }));
    return {
      info: {
        code: 'invalid-request',
        message: `The ${where} does not fit: ${errors.map((e) => `${e.field}: ${e.message}`).join('; ')}`,
      },
      errors,
    };
  }
  const code = 'code' in error && typeof error.code === 'string' ? fastifyCodes[error.code] : undefined;
  if (code) return { info: { code, message: error.message } };
  if (error instanceof SyntaxError) return { info: { code: 'invalid-request', message: `Not JSON: ${error.message}` } };
  if ('statusCode' in error && error.statusCode === 400)
    return { info: { code: 'invalid-request', message: error.message } };
  // SQLSTATE class 22: text or numbers that the database cannot hold.
  if ('code' in error && typeof error.code === 'string' && /^22[0-9A-Z]{3}$/.test(error.code)) {
    return { info: { code: 'invalid-request', message: 'The request holds text or numbers that cannot be stored' } };
  }
  if (isStoreAway(error))
    return {
      info: {
        code: 'unavailable',
        message:
          'The database does not answer, and it is not known whether this was taken in. Repeat it with the same Idempotency-Key',
      },
    };
  return { info: { code: 'internal', message: errorFacts.internal.title } };
}

function send(reply: FastifyReply, problem: Problem, retryAfterSeconds?: number): FastifyReply {
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  if (problem.code === 'queue-full' || problem.code === 'overloaded' || problem.code === 'unavailable') {
    reply.header('retry-after', problem.code === 'queue-full' ? '5' : '2');
  }
  if (problem.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  return reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

export function registerProblems(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error: FastifyError, request: FastifyRequest, reply) => {
    const { info, errors } = describe(error);
    if (info.code === 'internal') log.error({ err: error, url: request.url }, 'a call failed');
    else log.debug({ code: info.code, url: request.url }, info.message);
    const retryAfterSeconds = error instanceof TooManyError ? error.retryAfterSeconds : undefined;
    const details = { reason: info.reason, errors };
    return send(reply, toProblem(info.code, info.message, request.url, details), retryAfterSeconds);
  });
  app.setNotFoundHandler((request, reply) => {
    const other = (['GET', 'POST', 'DELETE'] as const).some((method) => app.hasRoute({ method, url: request.url }));
    const code = other ? 'method-not-allowed' : 'not-found';
    return send(
      reply,
      toProblem(code, `${request.method} ${request.url.split('?')[0]}: ${errorFacts[code].title}`, request.url),
    );
  });
}
