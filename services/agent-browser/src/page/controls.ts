// What can be filled in or clicked on a page, as Chromium tells it to a screen reader.
import type { PageControl } from '@switchboard/contract';
import type { Page } from 'playwright';
import { inTime } from './in-time.ts';
import type { PageLimits } from './limits.ts';
import { busyPage } from './refusals.ts';

const controlsMax = 300;
const textCharactersMax = 200;

const roles = new Set([
  ...['button', 'checkbox', 'combobox', 'link', 'listbox', 'menuitem', 'radio', 'searchbox', 'slider', 'spinbutton'],
  ...['switch', 'tab', 'textbox'],
]);

interface AxValue {
  readonly value?: unknown;
}

interface AxNode {
  readonly nodeId: string;
  readonly parentId?: string;
  readonly childIds?: readonly string[];
}

function shown(field: AxValue | undefined): string {
  const text = typeof field?.value === 'string' || typeof field?.value === 'number' ? String(field.value) : '';
  return text.replace(/\s+/g, ' ').trim().slice(0, textCharactersMax);
}

/** As a reader meets them; Chromium tells them level by level. */
function inOrderOfPage<Node extends AxNode>(nodes: readonly Node[]): Node[] {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const ordered: Node[] = [];
  const left = nodes.filter(({ parentId }) => parentId === undefined).reverse();
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    ordered.push(node);
    left.push(...(node.childIds ?? []).flatMap((id) => byId.get(id) ?? []).reverse());
  }
  return ordered;
}

/** Chromium itself puts dots in place of a password. Throws SkillError `too-slow` when the page is busy. */
export async function controlsOf(page: Page, limits: PageLimits): Promise<PageControl[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const { nodes } = await inTime(session.send('Accessibility.getFullAXTree'), limits.replyMsMax, busyPage);
    const controls = inOrderOfPage(nodes).flatMap(({ ignored, role, name, value, properties }): PageControl[] => {
      const kind = shown(role).toLowerCase();
      if (ignored || !roles.has(kind)) return [];
      const checked = properties?.find((property) => property.name === 'checked')?.value;
      const state = checked === undefined ? shown(value) : shown(checked) === 'true' ? 'yes' : 'no';
      return [{ role: kind, name: shown(name), ...(state === '' ? {} : { value: state }) }];
    });
    return controls.filter(({ role, name }) => name !== '' || role !== 'link').slice(0, controlsMax);
  } finally {
    session.detach().catch(() => undefined);
  }
}
