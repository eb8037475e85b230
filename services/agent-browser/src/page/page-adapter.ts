// The page capability: web pages in this agent's Chromium.
import type { CallScope, CapabilityAdapters } from '@switchboard/agent';
import { type PageAct, type PageInfo, type PageRead, type PageView, SwitchboardError } from '@switchboard/contract';
import type { Page } from 'playwright';
import { takeApart } from '../document/take-apart.ts';
import type { PageSession } from '../session/page-session.ts';
import type { Sessions } from '../session/sessions.ts';
import { checkSite, clickOn, fillIn } from './act.ts';
import { takeDownload } from './download.ts';
import {
  checkIsPage,
  checkStatus,
  checkTraffic,
  navigate,
  settle,
  shownAddress,
  type Visit,
  webAddress,
} from './navigate.ts';
import { printPage, takePicture } from './picture.ts';
import { reactionTo } from './reaction.ts';
import { readHtml } from './read-html.ts';
import { isGone, loginNeeded, refusalOf } from './refusals.ts';
import { viewOf } from './view.ts';

async function infoOf({ page }: Visit): Promise<PageInfo> {
  return { url: shownAddress(page.url()), title: (await page.title()).slice(0, 500) };
}

/** Serves PageRead and PageAct in the contexts of the sessions. */
export function createPageAdapter(sessions: Sessions): Required<NonNullable<CapabilityAdapters['page']>> {
  return {
    read: (scope) => createReader(sessions, scope),
    external: (scope) => createActor(sessions, scope),
  };
}

function createReader(sessions: Sessions, { session, signal }: CallScope): PageRead {
  const inSession = async <T>(changes: boolean, what: string, work: (own: PageSession) => Promise<T>): Promise<T> => {
    try {
      return await sessions.use(session, { signal, changes }, work);
    } catch (error) {
      throw refusalOf(error, what);
    }
  };
  /** A window for this call alone, at the address. */
  const visiting = async <T>(address: string, work: (visit: Visit) => Promise<T>): Promise<T> => {
    const url = webAddress(address);
    const visit = (own: PageSession): Promise<T> =>
      own.visit(async (visited) => {
        const response = await navigate(visited, url);
        checkStatus(response);
        checkIsPage(response);
        return await work(visited);
      }, signal);
    return await inSession(false, shownAddress(url.href), visit);
  };
  const takenApart = async <Way extends 'readable' | 'facts'>(way: Way, { page, limits }: Visit) => {
    const html = await readHtml(page, limits);
    const url = shownAddress(page.url());
    return { url, found: await takeApart({ way, html, url }, signal) };
  };
  return {
    read: (address) =>
      visiting(address, async (visit) => {
        const { url, found } = await takenApart('readable', visit);
        const { asksForPassword, ...text } = found;
        if (asksForPassword && isLoginWall(address, url, text.text)) throw loginNeeded(url);
        return { url, ...text };
      }),
    facts: (address) =>
      visiting(address, async (visit) => {
        const { url, found } = await takenApart('facts', visit);
        return { url, ...found };
      }),
    picture: (address, { wholePage }) =>
      visiting(address, async (visit) => ({ ...(await infoOf(visit)), ...(await takePicture(visit, wholePage)) })),
    print: (address) => visiting(address, async (visit) => ({ ...(await infoOf(visit)), pdf: await printPage(visit) })),
    async download(address) {
      const url = webAddress(address);
      return await inSession(false, shownAddress(url.href), (own) =>
        own.visit((visit) => takeDownload(visit, url), signal),
      );
    },
    async open(address) {
      const url = webAddress(address);
      const open = (own: PageSession): Promise<PageView> =>
        own.keep(async (visit) => {
          checkIsPage(await navigate(visit, url));
          return await viewOf(visit, signal);
        }, signal);
      return await inSession(true, shownAddress(url.href), open);
    },
    view: () => inSession(false, 'The page', (own) => own.inKept((visit) => viewOf(visit, signal), signal)),
  };
}

/** Whoever is sent to a form for a password, instead of what was asked for, has met a wall. */
function isLoginWall(address: string, url: string, text: string): boolean {
  return webAddress(address).pathname !== new URL(url).pathname || text.length < 300;
}

type Act = (visit: Visit, begun: () => void) => Promise<void>;

function createActor(sessions: Sessions, { session, signal }: CallScope): PageAct {
  const acting = async (site: string | undefined, act: Act): Promise<PageView> => {
    // Before that nothing was changed, whatever goes wrong.
    let hasBegun = false;
    const begun = (): void => {
      hasBegun = true;
    };
    const inPage = async (own: PageSession): Promise<PageView> => {
      const popups: Page[] = [];
      await own.inKept(async (visit) => {
        checkSite(visit.page, site);
        visit.page.on('popup', (popup) => popups.push(popup));
        checkTraffic(visit, await reactionTo(visit, () => act(visit, begun)));
      }, signal);
      const popup = popups.findLast((page) => !page.isClosed());
      if (popup !== undefined) await own.moveTo(popup);
      return await own.inKept(async (visit) => {
        await settle(visit);
        return await viewOf(visit, signal);
      }, signal);
    };
    try {
      return await sessions.use(session, { signal, changes: true }, inPage);
    } catch (error) {
      if (!hasBegun || !isGone(error)) throw refusalOf(error, 'The page');
      throw new SwitchboardError('outcome-unknown', 'The browser ended in the middle of it.', { cause: error });
    }
  };
  return {
    fill: (fields, { submit, site }) => acting(site, (visit, begun) => fillIn(visit, fields, { submit, begun })),
    click: (target, { site }) => acting(site, (visit, begun) => clickOn(visit, target, begun)),
  };
}
