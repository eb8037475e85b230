// docs/reference/errors.md: every error code; a problem's `type` points at its heading.
import { type ErrorCode, errorCodes, errorFacts, problemType } from '@switchboard/contract';
import { code, list, page, table } from './markdown.ts';

const retry = {
  never: 'no: the same request fails again',
  safe: 'yes: nothing was done',
  unknown: 'look first: it may have been done',
};

function section(name: ErrorCode): string {
  const fact = errorFacts[name];
  const facts = [
    `HTTP status: ${fact.status}`,
    `Try again: ${retry[fact.retry]}`,
    `Who must act: ${fact.actor}`,
    `Problem type: ${code(problemType(name))}`,
  ];
  return [`## ${name}`, `${fact.title}.`, list(facts)].join('\n\n');
}

export function errorsPage(): string {
  const rows = errorCodes.map((name) => {
    const { status, retry: rule, actor, title } = errorFacts[name];
    return [`[${name}](#${name})`, String(status), rule, actor, title];
  });
  return page(
    'Errors',
    'Over HTTP an error is a problem document (RFC 9457) with a stable `code`; on the bus it is `{code, message}`. ' +
      '`skill-failed` has the skill’s own `reason` beside it: see [skills](skills.md).',
    table(['Code', 'Status', 'Try again', 'Who must act', 'Meaning'], rows),
    ...errorCodes.map(section),
  );
}
