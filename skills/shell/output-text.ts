// What a program wrote, as text: decoded, cut to fit, and harmless to show.

const encoder = new TextEncoder();
const replacement = '\ufffd';

/** Whatever the bytes are; `lossy` when some of them are no text. Databases take no NUL, so that is none either. */
export function decodeOutput(bytes: Uint8Array, { whole }: { whole: boolean }): { text: string; lossy: boolean } {
  const decode = (fatal: boolean): string =>
    new TextDecoder('utf-8', { fatal, ignoreBOM: true }).decode(bytes, { stream: !whole });
  try {
    const text = decode(true);
    return { text: text.replaceAll('\0', replacement), lossy: text.includes('\0') };
  } catch {
    return { text: decode(false).replaceAll('\0', replacement), lossy: true };
  }
}

/** As much of the beginning as takes no more than this once it is JSON; never half a character. */
export function fitJson(text: string, jsonBytesMax: number): string {
  const size = (part: string): number => encoder.encode(JSON.stringify(part)).length;
  let fitting = text.slice(0, jsonBytesMax);
  for (let bytes = size(fitting); bytes > jsonBytesMax; bytes = size(fitting)) {
    fitting = fitting.slice(0, Math.floor((fitting.length * jsonBytesMax) / bytes) - 1);
  }
  return fitting.length < text.length ? fitting.replace(/[\ud800-\udbff]$/, '') : text;
}

/** ECMA-48 control sequences and commands: colours, cursor movements, titles and links of terminals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const terminalSequences = /\u001b\[[ -?]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?/g;

/** Without what a terminal would obey, or what would make a reader see another text than there is. */
export function shown(text: string): string {
  return text
    .replace(terminalSequences, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) =>
      '\n\t'.includes(character) ? character : replacement,
    );
}

/** For a person who must approve it: every character is there, and those that cannot be seen are named. */
export function shownExactly(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    '\n\t'.includes(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
