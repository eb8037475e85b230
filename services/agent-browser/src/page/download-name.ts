// What a downloaded file is called: as the site says, but never more than a name.

const charactersMax = 120;
const extensions: Readonly<Record<string, string>> = {
  'text/html': '.html',
  'text/plain': '.txt',
  'application/json': '.json',
  'application/pdf': '.pdf',
  'image/jpeg': '.jpg',
  'image/png': '.png',
};

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** RFC 6266: the extended form counts where both are there. */
function fromDisposition(header: string): string | undefined {
  const extended = /filename\*\s*=\s*[\w-]*'[^']*'([^;]+)/i.exec(header)?.[1];
  if (extended !== undefined) return decoded(extended.trim());
  const [, quoted, plain] = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))/i.exec(header) ?? [];
  return quoted?.replace(/\\(.)/g, '$1') ?? plain?.trim();
}

/** One plain file name: no folder, no control character, no dot in front. */
function tamed(name: string): string {
  const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const clean = last.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"|?*]/gu, '').replace(/^[.\s]+|[.\s]+$/g, '');
  if (clean.length <= charactersMax) return clean;
  const extension = /\.[\w-]{1,10}$/.exec(clean)?.[0] ?? '';
  return clean.slice(0, charactersMax - extension.length).toWellFormed() + extension;
}

export function downloadName(url: string, disposition: string | undefined, mediaType: string): string {
  const { pathname, hostname } = new URL(url);
  const given = tamed(fromDisposition(disposition ?? '') ?? '') || tamed(decoded(pathname));
  const name = given || tamed(hostname) || 'download';
  return /\.[\w-]{1,10}$/.test(given) ? given : name + (extensions[mediaType] ?? '');
}
