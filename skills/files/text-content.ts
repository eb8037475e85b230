// Whether bytes are text, and how much of it one message takes.

/** The most text in one answer; what is longer is attached as an artifact. */
export const inlineTextBytesMax = 64 * 1024;
/** An answer is one message; as JSON its parts together must fit with room to spare. */
const inlineJsonBytesMax = 96 * 1024;
/** What a person reads at once. */
const saidCharactersMax = 16_000;

const encoder = new TextEncoder();

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * The text that bytes hold, or undefined when they hold none. `lossy`: some bytes are not UTF-8, and show as U+FFFD. When
 * the bytes are not the whole file, a character that is cut at their end is left out.
 */
export function decodeText(
  bytes: Uint8Array,
  { whole }: { whole: boolean },
): { text: string; lossy: boolean } | undefined {
  if (bytes.includes(0)) return undefined;
  const decode = (fatal: boolean) => new TextDecoder('utf-8', { fatal }).decode(bytes, { stream: !whole });
  try {
    return { text: decode(true), lossy: false };
  } catch {
    const text = decode(false);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells text from other data
    const strange = text.match(/[\u0001-\u0008\u000e-\u001a\u001c-\u001f\ufffd]/g)?.length ?? 0;
    return strange > text.length / 10 ? undefined : { text, lossy: true };
  }
}

/** As much of the beginning as fits into an answer once it is JSON. */
export function fitText(text: string): string {
  let fitting = text;
  for (let size = jsonBytes(fitting); size > inlineJsonBytesMax; size = jsonBytes(fitting)) {
    fitting = fitting.slice(0, Math.floor((fitting.length * inlineJsonBytesMax) / size) - 1);
  }
  return fitting.length < text.length ? fitting.replace(/[\ud800-\udbff]$/, '') : text;
}

/** The first items that fit into an answer, at most `countMax`. */
export function fitItems<T>(items: readonly T[], countMax: number): T[] {
  let left = inlineJsonBytesMax;
  const end = items.findIndex((item) => {
    left -= jsonBytes(item) + 1;
    return left < 0;
  });
  return items.slice(0, Math.min(countMax, end === -1 ? items.length : end));
}

function jsonBytes(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}

export function fitsSaying(text: string): boolean {
  return text.length <= saidCharactersMax;
}

/** The beginning of a text that is too long to be said whole. */
export function startOf(text: string): string {
  return text.slice(0, saidCharactersMax).replace(/[\ud800-\udbff]$/, '');
}

/** Bytes as an artifact takes them. */
export async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
