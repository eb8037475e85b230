// Goes to an address and waits until there is something to see, or says by name why there is not.
import { SkillError } from '@switchboard/contract';
import type { CDPSession, Page, Request, Response } from 'playwright';
import type { Traffic } from '../egress/traffic.ts';
import type { PageLimits } from './limits.ts';
import { refusalOf, refusalOfEgress, statusRefusal, tooLarge } from './refusals.ts';

/** What a person types: `example.com` is meant as https. Throws `bad-address`. */
export function webAddress(text: string): URL {
  const typed = text.trim();
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    throw new SkillError('bad-address', `${text.slice(0, 200)} is not the address of a web page.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new SkillError('bad-address', 'An address must not have a user name or password in it.');
  }
  return url;
}

/** As it is told to others. */
export function shownAddress(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address.slice(0, 2048);
  url.username = '';
  url.password = '';
  url.hash = '';
  return url.href.slice(0, 2048);
}

export interface Visit {
  readonly page: Page;
  readonly traffic: Traffic;
  readonly limits: PageLimits;
}

/** What the wall, or the limit of bytes, has to say of an address comes before what Chromium makes of that. */
export function checkTraffic({ traffic, limits }: Visit, address: string): void {
  if (traffic.exhausted) throw tooLarge(limits.pageBytesMax);
  const failure = traffic.failureOf(address);
  if (failure !== undefined) throw refusalOfEgress(failure);
}

/**
 * Resolves when the page has loaded and is quiet, or has had its time. Throws SkillError with a reason that PageRead
 * names, and SwitchboardError `unavailable`. An answer with an HTTP error is returned.
 */
export async function navigate(visit: Visit, url: URL): Promise<Response> {
  const { page, traffic, limits } = visit;
  let last = url.href;
  const follow = (request: Request): void => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) last = request.url();
  };
  page.on('request', follow);
  traffic.allow(limits.pageBytesMax);
  const meter = await measureUnpacked(visit);
  try {
    const response = await page.goto(url.href, { waitUntil: 'commit', timeout: limits.answerMsMax });
    if (response === null) throw new SkillError('bad-address', `${url.href} is not the address of a web page.`);
    checkTraffic(visit, response.url());
    await settle(visit);
    checkTraffic(visit, page.url());
    return response;
  } catch (error) {
    if (error instanceof SkillError) throw error;
    checkTraffic(visit, last);
    throw refusalOf(error, shownAddress(last));
  } finally {
    page.off('request', follow);
    meter.detach().catch(() => undefined);
  }
}

/** What came packed is as large as it is unpacked: a few bytes can be a film's worth of text. */
async function measureUnpacked({ page, traffic }: Visit): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  session.on('Network.dataReceived', ({ dataLength, encodedDataLength }) => {
    traffic.count(Math.max(0, dataLength - encodedDataLength));
  });
  await session.send('Network.enable');
  return session;
}

/** Never throws for what is merely late; throws when the window is gone. */
export async function settle({ page, limits, traffic }: Visit): Promise<void> {
  const late = (error: unknown): void => {
    if (!(error instanceof Error && error.name === 'TimeoutError')) throw error;
  };
  await page.waitForLoadState('load', { timeout: limits.loadMsMax }).catch(late);
  if (!traffic.exhausted) await page.waitForLoadState('networkidle', { timeout: limits.settleMsMax }).catch(late);
}

/** Throws `login-needed` and `http-error`. */
export function checkStatus(response: Response): void {
  const refusal = statusRefusal(response.status(), shownAddress(response.url()));
  if (refusal !== undefined) throw refusal;
}

const readable = /^(text\/(?!css|calendar)|application\/(xhtml\+xml|json|[\w.-]+\+(json|xml)|xml)\b)/;

/** Throws `not-a-page`. */
export function checkIsPage(response: Response): void {
  const type = response.headers()['content-type'] ?? 'text/html';
  if (readable.test(type)) return;
  const what = `${shownAddress(response.url())} is a file (${type.slice(0, 100)}) and no page; ask to download it.`;
  throw new SkillError('not-a-page', what);
}
