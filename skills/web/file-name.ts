// What a file made from a page is called.

const charactersMax = 60;

/** `Opening hours – Café` → `opening-hours-cafe.png`; a page without a title is called after its host. */
export function fileNameFor({ title, url }: { title: string; url: string }, extension: string): string {
  const words = (title || URL.parse(url)?.hostname || 'page').normalize('NFKD').toLowerCase();
  const name = words
    .replace(/\p{M}+/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, charactersMax)
    .replace(/^-|-$/g, '');
  return `${name || 'page'}.${extension}`;
}
