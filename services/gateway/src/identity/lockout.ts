// Whoever tries keys that are wrong is shut out for a while: by where they call from, and by which key they try to be.
import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { TooManyError } from './too-many.ts';

const windowSeconds = 60;
/** One key may be tried more often: from several addresses, and by several of its holder's programs. */
const perKey = 2;
const lockSeconds = 60;
/** Whoever sits at the machine may be in a hurry to stop something. */
const loopbackLockSeconds = 5;
/** Where a key has worked within this time, no lock stops it: nobody locks out its holder. */
const trustSeconds = 7 * 86_400;

export interface Locked {
  readonly source: string;
  /** Of a key that there is. */
  readonly keyId?: string;
  readonly seconds: number;
}

/** Kept in this process: another gateway counts for itself, and a restart forgets. */
export interface Lockout {
  /** Throws TooManyError `locked-out`, before anything is looked up. */
  admit(address: string, keyId: string | undefined): Promise<void>;
  /** It was wrong. `keyId`: when there is such a key. Answers what is locked by this. */
  failed(address: string, keyId: string | undefined): Promise<Locked | undefined>;
  worked(address: string, keyId: string): Promise<void>;
}

const isLoopback = (address: string): boolean => /^(127\.|::1$|::ffff:127\.)/.test(address);

/** Whoever has one IPv6 address has all of its /64. */
function sourceOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter((group) => group !== '').length;
  const whole = [...groups, ...Array.from({ length: missing }, () => '0'), ...(tail ?? '').split(':')];
  return `${whole.slice(0, 4).join(':')}::/64`;
}

/** `wrongMax`: wrong keys from one address within a minute. */
export function createLockout(wrongMax: number): Lockout {
  const limiter = (points: number, blockDuration: number) =>
    new RateLimiterMemory({ points, duration: windowSeconds, blockDuration });
  const remote = limiter(wrongMax, lockSeconds);
  const local = limiter(wrongMax, loopbackLockSeconds);
  const ofKey = limiter(wrongMax * perKey, lockSeconds);
  const trusted = new RateLimiterMemory({ points: 1, duration: trustSeconds });

  const ofSource = (address: string): RateLimiterMemory => (isLoopback(address) ? local : remote);
  const pair = (address: string, keyId: string): string => `${keyId} ${sourceOf(address)}`;

  async function waitMs(counter: RateLimiterMemory, name: string): Promise<number> {
    const counted = await counter.get(name);
    return counted !== null && counted.consumedPoints > counter.points ? Math.max(counted.msBeforeNext, 0) : 0;
  }

  /** Whether it is locked by this one: once, however many more come where a key is trusted or all at once. */
  async function count(counter: RateLimiterMemory, name: string): Promise<boolean> {
    try {
      await counter.consume(name);
      return false;
    } catch (over) {
      if (over instanceof RateLimiterRes) return over.consumedPoints === counter.points + 1;
      throw over;
    }
  }

  return {
    async admit(address, keyId) {
      if (keyId !== undefined && (await trusted.get(pair(address, keyId)))) return;
      const wait = Math.max(
        await waitMs(ofSource(address), sourceOf(address)),
        keyId === undefined ? 0 : await waitMs(ofKey, keyId),
      );
      if (wait > 0) throw new TooManyError('locked-out', 'Too many wrong keys', wait);
    },
    async failed(address, keyId) {
      const source = sourceOf(address);
      const sourceLocked = await count(ofSource(address), source);
      const keyLocked = keyId !== undefined && (await count(ofKey, keyId));
      if (!sourceLocked && !keyLocked) return undefined;
      const seconds = keyLocked || !isLoopback(address) ? lockSeconds : loopbackLockSeconds;
      return { source, ...(keyId !== undefined && { keyId }), seconds };
    },
    async worked(address, keyId) {
      const name = pair(address, keyId);
      if (!(await trusted.get(name))) await trusted.set(name, 1, trustSeconds);
    },
  };
}
