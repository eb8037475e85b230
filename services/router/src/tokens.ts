// Cuts a sentence into tokens that remember where they stood, so that a slot's value is the person's own text.

export interface Token {
  /** For comparing: lower case, without accents, surrounding punctuation or contraction. */
  readonly norm: string;
  /** Where the bare word stands in the text: without surrounding quotes and punctuation. */
  readonly start: number;
  readonly end: number;
  /** Where it ends with its punctuation. */
  readonly rawEnd: number;
  /** A span in quotes is one token, and never a word of a command. */
  readonly quoted: boolean;
}

// Maps, not objects: a person may say `constructor`.
const contractions = new Map<string, readonly string[]>(
  Object.entries({
    "don't": ['do', 'not'],
    dont: ['do', 'not'],
    "doesn't": ['does', 'not'],
    "didn't": ['did', 'not'],
    "can't": ['can', 'not'],
    cant: ['can', 'not'],
    cannot: ['can', 'not'],
    "won't": ['will', 'not'],
    wont: ['will', 'not'],
    "shouldn't": ['should', 'not'],
    "mustn't": ['must', 'not'],
    "isn't": ['is', 'not'],
    "aren't": ['are', 'not'],
    "wasn't": ['was', 'not'],
    "haven't": ['have', 'not'],
    "hasn't": ['has', 'not'],
    "what's": ['what', 'is'],
    whats: ['what', 'is'],
    "where's": ['where', 'is'],
    wheres: ['where', 'is'],
    "who's": ['who', 'is'],
    "when's": ['when', 'is'],
    "how's": ['how', 'is'],
    hows: ['how', 'is'],
    "that's": ['that', 'is'],
    "there's": ['there', 'is'],
    "it's": ['it', 'is'],
    "let's": ['let', 'us'],
    lets: ['let', 'us'],
    "i'm": ['i', 'am'],
    im: ['i', 'am'],
    "i'd": ['i', 'would'],
    "i'll": ['i', 'will'],
    "i've": ['i', 'have'],
    "you're": ['you', 'are'],
    "we're": ['we', 'are'],
    gimme: ['give', 'me'],
    lemme: ['let', 'me'],
    wanna: ['want', 'to'],
    gonna: ['going', 'to'],
  }),
);

const spellings = new Map(
  Object.entries({
    'e-mail': 'email',
    'e-mails': 'emails',
    'to-do': 'todo',
    'to-dos': 'todos',
    'wi-fi': 'wifi',
    pls: 'please',
    plz: 'please',
    thx: 'thanks',
    ok: 'okay',
  }),
);

const closers = new Map(Object.entries({ '"': '"', "'": "'", '`': '`', '“': '”', '‘': '’', '«': '»' }));

/** Han, kana and Thai are written without spaces: each character is a token. */
const chunk =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[^\s\p{Cc}\p{Cf}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;
const opening = /^[("'`“‘«[{<¿¡]+/u;
const closing = /[)"'`”’»\]}>,;:!?.…]+$/u;
const marks = /\p{M}+/gu;
const edges = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

/** Trimming a word looks back from each of its characters, so only words are trimmed, not pages without a space. */
const wordCharactersMax = 256;

/** The comparable form of one word. A token of nothing but punctuation keeps it. */
export function normalise(word: string): string {
  if (word.length > wordCharactersMax) return word.toLowerCase();
  const folded = word.normalize('NFKD').replace(marks, '').toLowerCase().replaceAll('’', "'");
  const bare = folded.replace(edges, '');
  return spellings.get(bare) ?? (bare === '' ? folded : bare);
}

function endOfQuote(text: string, at: number, hopeless: Set<string>): number {
  const close = closers.get(text[at] ?? '');
  if (close === undefined || hopeless.has(close)) return -1;
  for (let from = at + 1; ; ) {
    const end = text.indexOf(close, from);
    if (end === -1) {
      hopeless.add(close);
      return -1;
    }
    // An apostrophe inside a word closes nothing.
    if (!/[\p{L}\p{N}]/u.test(text[end + 1] ?? ' ')) return end > at + 1 ? end : -1;
    from = end + 1;
  }
}

function push(tokens: Token[], text: string, from: number, to: number): void {
  const raw = text.slice(from, to);
  if (raw.length > wordCharactersMax) {
    tokens.push({ norm: normalise(raw), start: from, end: to, rawEnd: to, quoted: false });
    return;
  }
  const lead = opening.exec(raw)?.[0].length ?? 0;
  const bare = raw.slice(lead).replace(closing, '');
  // Brackets that belong to the word, and paths such as `.` and `..`, stay whole.
  const kept = bare === '' ? { start: from, end: to } : { start: from + lead, end: from + lead + bare.length };
  const norm = normalise(raw);
  for (const part of contractions.get(norm) ?? [norm]) tokens.push({ norm: part, ...kept, rawEnd: to, quoted: false });
}

/** Linear in the length of the text, for any text. Control and formatting characters separate words. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  const hopeless = new Set<string>();
  const chunks = new RegExp(chunk);
  for (let found = chunks.exec(text); found; found = chunks.exec(text)) {
    const at = found.index;
    const lead = opening.exec(found[0])?.[0].length ?? 0;
    const quote = lead === 0 ? -1 : endOfQuote(text, at + lead - 1, hopeless);
    if (quote === -1) {
      push(tokens, text, at, at + found[0].length);
      continue;
    }
    const [start, end] = [at + lead, quote];
    const tail = /^[,;:!?.)]+/.exec(text.slice(end + 1, end + 9))?.[0].length ?? 0;
    tokens.push({ norm: normalise(text.slice(start, end)), start, end, rawEnd: end + 1 + tail, quoted: true });
    chunks.lastIndex = end + 1 + tail;
  }
  return tokens;
}
