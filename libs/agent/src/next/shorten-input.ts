// What a step was given, as a model is shown it again: it wrote that itself, and the beginning tells which one it was.

/** Of the whole, as JSON. */
const inputCharactersMax = 3_000;
/** Of one text in it; the next one where the whole is still too long. */
const textCharactersMaxes = [600, 120, 30] as const;
const membersMax = 20;

type Input = Record<string, unknown>;

const head = (text: string, charactersMax: number): string =>
  text.length <= charactersMax ? text : `${text.slice(0, charactersMax).toWellFormed()}… (${text.length} characters)`;

function shorten(value: unknown, charactersMax: number): unknown {
  if (typeof value === 'string') return head(value, charactersMax);
  if (Array.isArray(value)) {
    const items = value.slice(0, membersMax).map((item) => shorten(item, charactersMax));
    return value.length > membersMax ? [...items, `… (${value.length} items)`] : items;
  }
  return typeof value === 'object' && value !== null ? shortenMembers(value, charactersMax) : value;
}

function shortenMembers(value: object, charactersMax: number): Input {
  const members = Object.entries(value);
  const kept = members.slice(0, membersMax).map(([key, member]) => [key, shorten(member, charactersMax)]);
  return Object.fromEntries(members.length > membersMax ? [...kept, ['…', `(${members.length} fields)`]] : kept);
}

/** Pure. `parts`: a text has so many times less room, and so has the whole. What is short comes back as it is. */
export function shortenInput(input: Readonly<Input>, parts: number): Input {
  const wholeMax = inputCharactersMax / parts;
  for (const textMax of textCharactersMaxes) {
    const short = shortenMembers(input, Math.ceil(textMax / parts));
    if (JSON.stringify(short).length <= wholeMax) return short;
  }
  const whole = JSON.stringify(input);
  return { '…': head(whole, Math.ceil(wholeMax / 2)) };
}
