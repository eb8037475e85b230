// The HTML of a page as it is now, taken where the page's own scripts cannot put anything in between.
import type { CDPSession, Page } from 'playwright';
import { inTime } from './in-time.ts';
import type { PageLimits } from './limits.ts';
import { busyPage, tooLarge } from './refusals.ts';

async function evaluate(session: CDPSession, expression: string): Promise<unknown> {
  const { frameTree } = await session.send('Page.getFrameTree');
  const world = await session.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
    worldName: 'switchboard',
  });
  const { result } = await session.send('Runtime.evaluate', {
    expression,
    contextId: world.executionContextId,
    returnByValue: true,
  });
  return result.value;
}

/** Throws SkillError `too-large` and `too-slow`, and what Playwright throws when the window is gone. */
export async function readHtml(page: Page, limits: PageLimits): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const expression = `(() => {
    const html = document.documentElement?.outerHTML ?? '';
    return html.length > ${limits.htmlCharactersMax} ? null : html;
  })()`;
  try {
    const html = await inTime(evaluate(session, expression), limits.replyMsMax, busyPage);
    if (typeof html !== 'string') throw tooLarge(limits.htmlCharactersMax);
    return html;
  } finally {
    session.detach().catch(() => undefined);
  }
}
