// The page that is open, as the skills that work in it tell of it.
import type { PageView } from '@switchboard/contract';
import { z } from 'zod';
import { finalAddress, pageTitle } from './address-field.ts';
import { pageName, visible } from './phrases.ts';

const textBytesMax = 40 * 1024;
const controlsMax = 200;
const saidTextCharactersMax = 4000;
const saidControlsMax = 40;

const controlSchema = z.strictObject({ role: z.string(), name: z.string(), value: z.string().optional() });

export const pageViewSchema = z.strictObject({
  url: finalAddress,
  title: pageTitle,
  text: z.string().describe('what there is to read on it, from its beginning'),
  controls: z.array(controlSchema).describe('what can be filled in or clicked, with what is in it; at most 200'),
  asksForPassword: z.boolean().describe('whether there is a field for a password'),
});
export type ShownView = z.infer<typeof pageViewSchema>;

/** As much of it as an answer holds. */
export function shownView({ url, title, text, controls, asksForPassword }: PageView): ShownView {
  let end = text.length;
  while (Buffer.byteLength(JSON.stringify(text.slice(0, end))) > textBytesMax) end = Math.floor(end * 0.8);
  const shown = controls.slice(0, controlsMax).map((control) => ({ ...control }));
  return { url, title, text: text.slice(0, end).toWellFormed(), controls: shown, asksForPassword };
}

function saidControl({ role, name, value }: ShownView['controls'][number]): string {
  return `  ${role} “${visible(name)}”${value === undefined ? '' : `: ${visible(value)}`}`;
}

export function saidView(view: ShownView): string {
  const text = visible(view.text);
  const cut = text.length > saidTextCharactersMax;
  const shown = cut ? `${text.slice(0, saidTextCharactersMax).toWellFormed()} …` : text;
  // Links are many, and a person reads them in the text.
  const fields = view.controls.filter(({ role }) => role !== 'link');
  const lines = fields.slice(0, saidControlsMax).map(saidControl);
  const more = fields.length > saidControlsMax ? [`  … and ${fields.length - saidControlsMax} more`] : [];
  const controls = lines.length === 0 ? '' : `\n\nTo fill in or click:\n${[...lines, ...more].join('\n')}`;
  return `${pageName(view)} is open.${shown === '' ? '' : `\n\n${shown}`}${controls}`;
}
