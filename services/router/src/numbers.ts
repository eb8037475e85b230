// Numbers as people write them: `1,200`, `$15`, `twenty five`, `2 hours` where minutes are wanted.

// Maps, not objects: a person may say `constructor`.
const small = new Map(
  Object.entries({
    zero: 0,
    no: 0,
    a: 1,
    an: 1,
    one: 1,
    single: 1,
    two: 2,
    couple: 2,
    three: 3,
    four: 4,
    five: 5,
    six: 6,
    seven: 7,
    eight: 8,
    nine: 9,
    ten: 10,
    eleven: 11,
    twelve: 12,
    dozen: 12,
    thirteen: 13,
    fourteen: 14,
    fifteen: 15,
    sixteen: 16,
    seventeen: 17,
    eighteen: 18,
    nineteen: 19,
    twenty: 20,
    thirty: 30,
    forty: 40,
    fifty: 50,
    sixty: 60,
    seventy: 70,
    eighty: 80,
    ninety: 90,
  }),
);
const scales = new Map(Object.entries({ hundred: 100, thousand: 1000, k: 1000, million: 1_000_000, m: 1_000_000 }));
const seconds = new Map(
  Object.entries({
    millisecond: 0.001,
    ms: 0.001,
    second: 1,
    sec: 1,
    s: 1,
    minute: 60,
    min: 60,
    hour: 3600,
    hr: 3600,
    h: 3600,
    day: 86_400,
    week: 604_800,
  }),
);

/** `number` is `12`, `12.5k`, `$12`, `12%`, `12km`, `#12`, `3rd`. */
const written = /^[#$€£]?([+-]?\d[\d,]*(?:\.\d+)?)(k|m)?(?:%|[a-z°]{1,4})?$/;

function digits(word: string): number | undefined {
  const found = written.exec(word);
  if (!found) return undefined;
  const value = Number((found[1] ?? '').replaceAll(',', ''));
  return Number.isFinite(value) ? value * (scales.get(found[2] ?? '') ?? 1) : undefined;
}

/** True for a word that is a number in digits or in letters. */
export function isNumberWord(word: string): boolean {
  return digits(word) !== undefined || (small.has(word) && word !== 'a' && word !== 'an' && word !== 'no');
}

function inLetters(words: readonly string[]): number | undefined {
  let total = 0;
  let group = 0;
  let known = false;
  for (const word of words) {
    const scale = scales.get(word);
    const value: number | undefined = small.get(word) ?? (known && scale !== undefined ? undefined : digits(word));
    if (value !== undefined) group += value;
    else if (scale !== undefined) {
      group = Math.max(group, 1) * scale;
      if (scale >= 1000) [total, group] = [total + group, 0];
    } else if (known && word !== 'and' && word !== 'of') break;
    known ||= value !== undefined || scale !== undefined;
  }
  return known ? total + group : undefined;
}

function unitOf(word: string): number | undefined {
  return seconds.get(word) ?? seconds.get(word.replace(/s$/, ''));
}

/** How many of `label`'s unit are meant when the text names another unit of time: `2 hours` for `minutes` is 120. */
function convert(value: number, words: readonly string[], label: string): number {
  const wanted = label
    .split(' ')
    .map(unitOf)
    .find((unit) => unit !== undefined);
  const attached = words.map((word) => /^\d+(?:\.\d+)?([a-z]+)$/.exec(word)?.[1]).find((unit) => unit !== undefined);
  const said = [...words, attached ?? ''].map(unitOf).find((unit) => unit !== undefined);
  return wanted === undefined || said === undefined ? value : (value * said) / wanted;
}

/** The number in a short text, or undefined. `label` is the field's name in plain words. */
export function readNumber(text: string, label: string): number | undefined {
  const words = text
    .toLowerCase()
    .slice(0, 200)
    .replace(/([a-z])-([a-z])/g, '$1 $2')
    .split(/\s+/)
    .filter(Boolean);
  const spaced = words.map((word) => word.replace(/[.,;:!?]+$/, ''));
  const first = spaced.map(digits).find((value) => value !== undefined);
  const value = first !== undefined && !spaced.some((word) => scales.has(word)) ? first : inLetters(spaced);
  return value === undefined ? undefined : convert(value, spaced, label);
}
