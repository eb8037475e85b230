// Waits for what a click or a form sets off: another page, or answers to what the page asks for.
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame, Request } from 'playwright';
import { inTime } from './in-time.ts';
import { settle, type Visit } from './navigate.ts';
import { lateAnswer } from './refusals.ts';

/** A page's own script has so long to begin something. */
const reactionMs = 400;
const pollMs = 50;

/** Does it and waits. Resolves to the last address that the page went for. Throws SkillError `too-slow`. */
export async function reactionTo(visit: Visit, act: () => Promise<void>): Promise<string> {
  const { page, limits, traffic } = visit;
  const pending = new Set<Request>();
  const arrived = Promise.withResolvers<void>();
  let going: Request | undefined;
  const began = (request: Request): void => {
    pending.add(request);
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) going = request;
  };
  const ended = (request: Request): void => {
    pending.delete(request);
    if (request === going && request.failure() !== null) arrived.resolve();
  };
  const navigated = (frame: Frame): void => {
    if (frame === page.mainFrame()) arrived.resolve();
  };
  page.on('request', began).on('requestfinished', ended).on('requestfailed', ended).on('framenavigated', navigated);
  page.once('close', () => arrived.resolve());
  traffic.allow(limits.pageBytesMax);
  try {
    await act();
    await delay(reactionMs);
    if (going !== undefined) await inTime(arrived.promise, limits.answerMsMax, lateAnswer);
    await settle(visit);
    const until = Date.now() + limits.settleMsMax;
    while (pending.size > 0 && Date.now() < until) await delay(pollMs);
    return going?.url() ?? page.url();
  } finally {
    page
      .off('request', began)
      .off('requestfinished', ended)
      .off('requestfailed', ended)
      .off('framenavigated', navigated);
  }
}
