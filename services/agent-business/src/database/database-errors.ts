// What PostgreSQL, its driver and the wire say, in the words of the capability.
import { SkillError, SwitchboardError } from '@switchboard/contract';
import { WireFullError } from './bounded-wire.ts';

/** SQLSTATE, or the first two characters of it → reason. */
const reasons: Readonly<Record<string, string>> = {
  '08P01': 'bad-query',
  '0A000': 'bad-query',
  '25006': 'read-only',
  '42501': 'not-allowed',
  '53200': 'too-large',
  '54000': 'too-large',
  '55P03': 'too-slow',
  '57014': 'too-slow',
  '20': 'bad-query',
  '21': 'bad-query',
  '22': 'bad-query',
  '25': 'bad-query',
  '2F': 'bad-query',
  '34': 'bad-query',
  '38': 'bad-query',
  '42': 'bad-query',
  P0: 'bad-query',
  XX: 'bad-query',
};
const severalStatements = /cannot insert multiple commands/;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** What `signal` was aborted with is thrown as it is. */
export function translated(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof SwitchboardError) return error;
  if (error instanceof WireFullError)
    return new SkillError('too-large', 'The answer is larger than is taken: ask for less');
  const code = codeOf(error);
  const said = (error instanceof Error ? error.message : '').slice(0, 1000);
  const cause = { cause: error };
  if (severalStatements.test(said)) return new SkillError('not-a-query', 'Only one statement at a time', cause);
  const reason = reasons[code] ?? reasons[code.slice(0, 2)];
  if (reason !== undefined && code.length === 5) return new SkillError(reason, `The database says: ${said}`, cause);
  if (/^28|^3D/.test(code)) {
    return new SwitchboardError('unavailable', `The database does not let the agent in: ${said}`, cause);
  }
  return new SwitchboardError('unavailable', `The database does not answer: ${code || said}`, cause);
}
