// How pages read to a person.

/** An agent cuts what is said after 20,000 characters without knowing where. */
const saidCharactersMax = 12_000;
const linksSaidMax = 20;

const unseen = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Without what a terminal would obey or a reader would not see. */
export function visible(text: string): string {
  return text.replace(unseen, '');
}

/** `Title (address)`, or the address alone. */
export function pageName({ url, title }: { url: string; title: string }): string {
  return title === '' ? visible(url) : `${visible(title)} (${visible(url)})`;
}

/** The text, or its beginning with a word about the rest. */
export function saidText(text: string, rest: string): string {
  const shown = visible(text);
  if (shown.length <= saidCharactersMax) return shown;
  return `${shown.slice(0, saidCharactersMax).toWellFormed()}\n\n… ${rest}`;
}

export function saidLinks(links: readonly { text: string; url: string }[]): string {
  const lines = links
    .slice(0, linksSaidMax)
    .map(({ text, url }) => `  ${visible(text) || '(no words)'}: ${visible(url)}`);
  const more = links.length > linksSaidMax ? [`  … and ${links.length - linksSaidMax} more`] : [];
  return [...lines, ...more].join('\n');
}

/** `1.2 MB` */
export function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
