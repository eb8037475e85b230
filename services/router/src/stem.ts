// A light English stemmer and the words that carry no topic.

// Maps, not objects: a person may say `constructor`.
const irregular = new Map(
  Object.entries({
    sent: 'send',
    wrote: 'write',
    written: 'write',
    made: 'make',
    ran: 'run',
    found: 'find',
    bought: 'buy',
    got: 'get',
    gave: 'give',
    given: 'give',
    took: 'take',
    taken: 'take',
    told: 'tell',
    paid: 'pay',
    spent: 'spend',
    spoke: 'speak',
    said: 'say',
    people: 'person',
    children: 'child',
    went: 'go',
    gone: 'go',
    kept: 'keep',
    saw: 'see',
    seen: 'see',
    shown: 'show',
    chose: 'choose',
    drew: 'draw',
    drove: 'drive',
  }),
);

const stops = new Set(
  `a an the this that these those my our your his her its their me us you i we he she it they them him myself
  to of for in on at by with from into onto about as than and or but so if then
  is are was were be been being am do does did doing have has had having will would can could should shall may might must
  not no please thanks thank just some any all there here what which who whom how when where why
  want need like let go get got okay hey hi hello also too very really now up out off over down again
  tell give whats lot bit one ones something anything thing things`.split(/\s+/),
);

const articles = new Set(['a', 'an', 'the', 'my', 'our', 'some', 'me', 'please', 'just', 'all', 'us']);

/** True for a word that says nothing about the topic. */
export function isStop(word: string): boolean {
  return stops.has(word);
}

/** True for a word that may stand between the words of a pattern, or be left out of it, without changing it. */
export function isFiller(word: string): boolean {
  return articles.has(word);
}

const alike = new Map(
  [
    ['to', 'into', 'onto'],
    ['about', 'regarding', 'concerning'],
    ['called', 'named', 'titled'],
    ['with', 'using'],
    ['in', 'inside', 'within'],
  ].flatMap((group) => group.map((word) => [word, group[0]] as const)),
);

/** True for small words that stand for each other in a pattern, such as `to` and `into`. */
export function standsFor(a: string, b: string): boolean {
  const group = alike.get(a);
  return group !== undefined && group === alike.get(b);
}

/** No English word is longer; what is, is left alone. */
const lettersMax = 40;

function undouble(word: string): string {
  return /([bdfgmnprt])\1$/.test(word) ? word.slice(0, -1) : word;
}

function ending(word: string): string {
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(ss|x|ch|sh|z)es$/.test(word)) return word.slice(0, -2);
  if (/[^sui]s$/.test(word)) return word.slice(0, -1);
  return word;
}

/** `deleting`, `deletes`, `deleted`, `deletion` → `delet`. Not a word; equal for equal words. */
export function stem(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return stem(known);
  if (word === 'news') return word;
  if (word.length <= 3 || word.length > lettersMax || /[^a-z]/.test(word)) return word;
  let root = ending(word);
  if (/[aeiouy].*ing$/.test(root) && root.length > 5) root = undouble(root.slice(0, -3));
  else if (/[aeiouy].*[^e]ed$/.test(root) && root.length > 4) root = undouble(root.slice(0, -2));
  else if (/[st]ion$/.test(root) && root.length > 7) root = root.slice(0, -3);
  else if (root.endsWith('ly') && root.length > 6) root = root.slice(0, -2);
  if (root.endsWith('e') && root.length > 3) root = root.slice(0, -1);
  return root.endsWith('y') && root.length > 3 ? `${root.slice(0, -1)}i` : root;
}
