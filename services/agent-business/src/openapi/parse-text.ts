// The text of a file as data: JSON, or YAML that is no larger than it looks.
import { parse } from 'yaml';
import { ApiProblem } from './api-problem.ts';

const aliasesMax = 1_000;

/** Throws ApiProblem, naming the file. */
export function parseText(text: string, file: string): unknown {
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // YAML's flow style looks like JSON: its parser says what is wrong with either.
    }
  }
  try {
    return parse(text, { maxAliasCount: aliasesMax, logLevel: 'error' });
  } catch (cause) {
    const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
    throw new ApiProblem(`${file} cannot be read: ${line.replace(/:$/, '')}`, { cause });
  }
}
