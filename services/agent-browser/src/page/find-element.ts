// Finds the one element that a person means by its name on the page.
import { SkillError } from '@switchboard/contract';
import type { Locator, Page } from 'playwright';

const candidatesMax = 20;

/** The best way first: what is found by one is not looked for by the next. */
type Ways = readonly ((exact: boolean) => Locator)[];

async function visibleOf(found: Locator): Promise<Locator[]> {
  const all = (await found.all()).slice(0, candidatesMax);
  const visible = await Promise.all(all.map((one) => one.isVisible()));
  return all.filter((_, at) => visible[at]);
}

async function theOne(ways: Ways, name: string, what: string): Promise<Locator> {
  for (const exact of [true, false]) {
    for (const way of ways) {
      const [first, ...more] = await visibleOf(way(exact));
      if (first === undefined) continue;
      if (more.length === 0) return first;
      const count = `${more.length + 1}${more.length + 1 >= candidatesMax ? ' or more' : ''}`;
      throw new SkillError('ambiguous-element', `There are ${count} ${what}s called “${name}” on the page.`);
    }
  }
  throw new SkillError('no-such-element', `There is no ${what} called “${name}” on the page.`);
}

/** Throws SkillError `no-such-element` or `ambiguous-element`. */
export function findField(page: Page, name: string): Promise<Locator> {
  const attribute = JSON.stringify(name);
  const ways: Ways = [
    (exact) => page.getByLabel(name, { exact }).and(page.locator('input, textarea, select, [contenteditable]')),
    (exact) => page.getByPlaceholder(name, { exact }),
    () => page.locator(`input[name=${attribute} i], textarea[name=${attribute} i], select[name=${attribute} i]`),
  ];
  return theOne(ways, name, 'field');
}

const clickable = ['button', 'link', 'checkbox', 'radio', 'switch', 'tab', 'menuitem', 'option'] as const;

/** Throws as findField does. */
export function findControl(page: Page, name: string): Promise<Locator> {
  const ways: Ways = [
    ...clickable.map((role) => (exact: boolean) => page.getByRole(role, { name, exact })),
    (exact) => page.getByText(name, { exact }),
  ];
  return theOne(ways, name, 'button or link');
}
