// Fills in fields and clicks on the page that a session keeps.
import { SkillError } from '@switchboard/contract';
import type { Locator, Page } from 'playwright';
import { findControl, findField } from './find-element.ts';
import type { Visit } from './navigate.ts';

const actionMsMax = 10_000;

/** Throws SkillError `wrong-site` when the page is on neither this host nor one beneath it. */
export function checkSite(page: Page, site: string | undefined): void {
  if (site === undefined) return;
  const wanted = site
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '');
  const { host, hostname } = new URL(page.url());
  if ([host, hostname].some((name) => name === wanted || name.endsWith(`.${wanted}`))) return;
  throw new SkillError('wrong-site', `The page that is open is on ${host}, not on ${wanted}. Nothing was done.`);
}

const yes = /^(yes|y|on|true|1|checked)$/i;

async function fillOne(field: Locator, name: string, value: string): Promise<void> {
  const kind = await field.evaluate((element) => `${element.tagName}:${element.type ?? ''}`.toLowerCase());
  const options = { timeout: actionMsMax };
  try {
    if (kind.startsWith('select')) await field.selectOption([{ label: value }], options);
    else if (kind === 'input:checkbox' || kind === 'input:radio') await field.setChecked(yes.test(value), options);
    else await field.fill(value, options);
  } catch (cause) {
    const why = `“${name}” cannot be filled in with “${value.slice(0, 100)}”.`;
    throw new SkillError('not-fillable', why, { cause });
  }
}

/** Finds all before it fills in any; then sends the form of the last one, where that is asked for. */
export async function fillIn(
  { page }: Visit,
  fields: readonly { readonly field: string; readonly value: string }[],
  { submit, begun }: { submit: boolean; begun: () => void },
): Promise<void> {
  const found: (readonly [Locator, string, string])[] = [];
  for (const { field, value } of fields) found.push([await findField(page, field), field, value]);
  begun();
  for (const [locator, name, value] of found) await fillOne(locator, name, value);
  const last = found.at(-1)?.[0];
  if (!submit || last === undefined) return;
  const form = page.locator('form').filter({ has: last });
  const button = form.locator('button:not([type]), button[type=submit], input[type=submit], input[type=image]').first();
  if ((await button.count()) > 0) await button.click({ timeout: actionMsMax });
  else await last.press('Enter', { timeout: actionMsMax });
}

export async function clickOn({ page }: Visit, target: string, begun: () => void): Promise<void> {
  const control = await findControl(page, target);
  begun();
  await control.click({ timeout: actionMsMax });
}
