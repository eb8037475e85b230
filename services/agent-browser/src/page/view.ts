// The page that a session keeps, as it is now: what there is to read, and what can be done.
import type { PageView } from '@switchboard/contract';
import { takeApart } from '../document/take-apart.ts';
import { controlsOf } from './controls.ts';
import { shownAddress, type Visit } from './navigate.ts';
import { readHtml } from './read-html.ts';

const textCharactersMax = 100_000;

/** Throws SkillError `too-large` and `too-slow`. */
export async function viewOf({ page, limits }: Visit, signal: AbortSignal): Promise<PageView> {
  const html = await readHtml(page, limits);
  const url = shownAddress(page.url());
  const { title, text, asksForPassword } = await takeApart({ way: 'outline', html, url }, signal);
  const controls = await controlsOf(page, limits);
  return { url, title, text: text.slice(0, textCharactersMax), controls, asksForPassword };
}
