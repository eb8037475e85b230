// An output as a model reads it: whole when it is small, else with its long texts cut, and still JSON where that is possible.

export interface Shortened {
  readonly text: string;
  readonly cut: boolean;
}

const memberMaxes = [4_000, 1_500, 500, 120];
const itemsMax = 50;

function shorten(value: unknown, charactersMax: number): unknown {
  if (typeof value === 'string' && value.length > charactersMax) {
    return `${value.slice(0, charactersMax).toWellFormed()}… (${value.length} characters in all)`;
  }
  if (Array.isArray(value)) {
    const items = value.slice(0, itemsMax).map((item) => shorten(item, charactersMax));
    return value.length > itemsMax ? [...items, `… (${value.length} items in all)`] : items;
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shorten(member, charactersMax)]));
  }
  return value;
}

/** Pure. At most `charactersMax` characters. */
export function shortenOutput(output: Readonly<Record<string, unknown>>, charactersMax: number): Shortened {
  const whole = JSON.stringify(output);
  if (whole.length <= charactersMax) return { text: whole, cut: false };
  for (const memberMax of memberMaxes) {
    const text = JSON.stringify(shorten(output, memberMax));
    if (text.length <= charactersMax) return { text, cut: true };
  }
  return { text: `${whole.slice(0, charactersMax - 1).toWellFormed()}…`, cut: true };
}
