// Takes what an address gives as it is, through the browser: with its cookies, and past no wall.
import { SkillError } from '@switchboard/contract';
import type { CDPSession } from 'playwright';
import { downloadName } from './download-name.ts';
import { inTime } from './in-time.ts';
import { checkTraffic, shownAddress, type Visit } from './navigate.ts';
import { lateAnswer, refusalOf, statusRefusal, tooLarge } from './refusals.ts';

const bodyMsMax = 120_000;
/** Beside the content: headers, and TLS. */
const overhead = 1024 * 1024;

export interface Download {
  readonly url: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

interface Header {
  readonly name: string;
  readonly value: string;
}

/** An answer that Chromium holds back until it is told what to do with it. */
interface Held {
  readonly requestId: string;
  readonly url: string;
  readonly status: number;
  readonly headers: readonly Header[];
}

function headerOf({ headers }: Held, name: string): string | undefined {
  return headers.find((header) => header.name.toLowerCase() === name)?.value;
}

function mediaTypeOf(held: Held): string {
  const type = (headerOf(held, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return /^[\w.+-]+\/[\w.+-]+$/.test(type) && type.length <= 127 ? type : 'application/octet-stream';
}

async function bodyOf(session: CDPSession, held: Held, bytesMax: number): Promise<Uint8Array> {
  if (Number(headerOf(held, 'content-length') ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const { stream } = await session.send('Fetch.takeResponseBodyAsStream', { requestId: held.requestId });
  const pieces: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const { data, base64Encoded, eof } = await session.send('IO.read', { handle: stream });
    const piece = Buffer.from(data, base64Encoded === true ? 'base64' : 'utf8');
    bytes += piece.length;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    pieces.push(piece);
    if (eof) return Buffer.concat(pieces);
  }
}

/** Calls back with the final answer of the window itself; everything else goes on as if nobody looked. */
async function holdAnswer(session: CDPSession, frameId: string, onHeld: (held: Held) => void): Promise<void> {
  session.on('Fetch.requestPaused', (paused) => {
    const { requestId, request, responseStatusCode: status = 0, responseHeaders: headers = [] } = paused;
    const isRedirect = status >= 300 && status < 400 && status !== 304;
    if (paused.frameId === frameId && paused.resourceType === 'Document' && status > 0 && !isRedirect) {
      onHeld({ requestId, url: request.url, status, headers });
    } else {
      session.send('Fetch.continueRequest', { requestId }).catch(() => undefined);
    }
  });
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*', requestStage: 'Response' }] });
}

/** Throws SkillError with a reason that PageRead names, and what Playwright throws. */
export async function takeDownload(visit: Visit, url: URL): Promise<Download> {
  const { page, limits, traffic } = visit;
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const answer = Promise.withResolvers<Held>();
  await holdAnswer(session, frameTree.frame.id, answer.resolve);
  traffic.allow(limits.downloadBytesMax + overhead);
  const going = page.goto(url.href, { waitUntil: 'commit', timeout: limits.answerMsMax + bodyMsMax });
  going.catch(answer.reject);
  try {
    const held = await inTime(answer.promise, limits.answerMsMax, lateAnswer);
    checkTraffic(visit, held.url);
    const refusal = statusRefusal(held.status, shownAddress(held.url));
    if (refusal !== undefined) throw refusal;
    const bytes = await inTime(bodyOf(session, held, limits.downloadBytesMax), bodyMsMax, lateAnswer);
    if (traffic.exhausted) throw tooLarge(limits.downloadBytesMax);
    const mediaType = mediaTypeOf(held);
    const name = downloadName(held.url, headerOf(held, 'content-disposition'), mediaType);
    return { url: shownAddress(held.url), name, mediaType, bytes };
  } catch (error) {
    if (error instanceof SkillError) throw error;
    if (traffic.exhausted) throw tooLarge(limits.downloadBytesMax);
    checkTraffic(visit, url.href);
    throw refusalOf(error, shownAddress(url.href));
  }
}
