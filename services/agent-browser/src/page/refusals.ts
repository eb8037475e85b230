// The named outcomes: what went wrong with a page, in words for a person.
import { STATUS_CODES } from 'node:http';
import { SkillError, SwitchboardError } from '@switchboard/contract';
import type { EgressError, EgressReason } from '../egress/egress-error.ts';

const reasons: Record<EgressReason, string> = {
  refused: 'address-refused',
  'not-found': 'name-not-found',
  unreachable: 'unreachable',
  'too-large': 'too-large',
};

/** Something that the wall said. */
export function refusalOfEgress(error: EgressError): SkillError {
  return new SkillError(reasons[error.reason], error.message, { cause: error });
}

export function tooLarge(bytesMax: number): SkillError {
  return new SkillError('too-large', `It is larger than ${Math.round(bytesMax / 1024 / 1024)} MB, which is the most.`);
}

export function busyPage(): SkillError {
  return new SkillError('too-slow', 'The page keeps the browser busy and does not answer.');
}

export function lateAnswer(): SkillError {
  return new SkillError('too-slow', 'It did not answer in time.');
}

export function loginNeeded(address: string): SkillError {
  return new SkillError('login-needed', `${address} asks who you are first. Open it, fill in its form, and try again.`);
}

/** `login-needed`, `http-error`, or undefined for an answer that is none. */
export function statusRefusal(status: number, address: string): SkillError | undefined {
  if (status < 400) return undefined;
  if (status === 401) return loginNeeded(address);
  const said = STATUS_CODES[status] === undefined ? '' : ` ${STATUS_CODES[status]}`;
  return new SkillError('http-error', `${address} answered with ${status}${said}.`);
}

/** What Chromium calls it → reason and words. The first that fits counts. */
const failures: readonly (readonly [RegExp, string, string])[] = [
  [/ERR_TOO_MANY_REDIRECTS/, 'too-many-redirects', 'It sends from one address to the next without end.'],
  [/ERR_(CERT|SSL|BAD_SSL|TLS)/, 'bad-certificate', 'Its certificate is not to be trusted, so it was not opened.'],
  [/ERR_NAME_NOT_RESOLVED/, 'name-not-found', 'There is no such name.'],
  [/Timeout|ERR_TIMED_OUT/, 'too-slow', 'It did not answer in time.'],
  [/Page crashed/, 'page-crashed', 'The page made the browser’s tab end.'],
  [/Download is starting|ERR_ABORTED/, 'not-a-page', 'It is a file and no page; ask to download it.'],
  [/ERR_INVALID_URL|ERR_UNKNOWN_URL_SCHEME|ERR_UNSAFE_PORT/, 'bad-address', 'The browser does not go to that address.'],
  [/net::ERR_/, 'unreachable', 'There was no connection, or it ended too soon.'],
];

/** The browser, or the window that was worked in, is gone. */
export function isGone(error: unknown): boolean {
  return error instanceof Error && /has been closed|Target closed|browser has disconnected/i.test(error.message);
}

/** What Playwright threw, as a named outcome; anything that is none comes back as it is. */
export function refusalOf(error: unknown, address: string): unknown {
  if (error instanceof SwitchboardError || !(error instanceof Error)) return error;
  if (isGone(error)) {
    return new SwitchboardError('unavailable', 'The browser ended in the middle of it. Try it again.', {
      cause: error,
    });
  }
  const found = failures.find(([pattern]) => pattern.test(error.message));
  return found === undefined ? error : new SkillError(found[1], `${address}: ${found[2]}`, { cause: error });
}
