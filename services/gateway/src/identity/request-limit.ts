// How many calls one principal may make: a program that has gone wild does not take the machine from the others.
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { TooManyError } from './too-many.ts';

/** Throws TooManyError `rate-limited`. */
export type LimitRequests = (principalId: string) => Promise<void>;

/** Kept in this process: another gateway counts for itself. */
export function createRequestLimit(perMinuteMax: number): LimitRequests {
  const limiter = new RateLimiterMemory({ points: perMinuteMax, duration: 60 });
  return async (principalId) => {
    try {
      await limiter.consume(principalId);
    } catch (over) {
      if (!(over instanceof RateLimiterRes)) throw over;
      throw new TooManyError('rate-limited', `More than ${perMinuteMax} calls came in a minute`, over.msBeforeNext);
    }
  };
}
