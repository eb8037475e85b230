// Words out of the names that programmers give: split, put into the singular, told apart as verbs and nouns.

/** `listPets`, `issues/list-for-repo`, `pet_id` → their words in lower case. */
export function wordsOf(name: string): string[] {
  return name
    .normalize('NFKD')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** `petId` → `pet id`. */
export function plainWords(name: string): string {
  return wordsOf(name).join(' ') || name;
}

/** `categories` → `category`. English only; what it does not know stays as it is. */
export function singular(word: string): string {
  if (/(ss|us|is)$/.test(word) || word.length < 4) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(xes|ches|shes|sses|zes)$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

/** What people say for it; the first is the one that names are made of. */
const families: readonly (readonly string[])[] = [
  ['list', 'show', 'get', 'display'],
  ['get', 'show', 'fetch', 'look up', 'read'],
  ['find', 'search for', 'look for', 'get'],
  ['search', 'find', 'look for', 'search for'],
  ['create', 'add', 'make', 'set up'],
  ['add', 'create', 'put in', 'insert'],
  ['update', 'change', 'edit', 'modify'],
  ['set', 'change', 'update', 'put'],
  ['replace', 'overwrite', 'update', 'put'],
  ['delete', 'remove', 'erase', 'drop'],
  ['remove', 'delete', 'take away', 'drop'],
  ['send', 'submit', 'post', 'transmit'],
  ['check', 'test', 'verify', 'look at'],
  ['start', 'begin', 'launch', 'run'],
  ['stop', 'end', 'halt', 'finish'],
  ['cancel', 'call off', 'abort', 'stop'],
  ['enable', 'turn on', 'switch on', 'activate'],
  ['disable', 'turn off', 'switch off', 'deactivate'],
];

/** Verbs that stand for themselves. */
const plainVerbs = new Set(
  'accept activate approve archive assign block cancel clear clone close compare confirm convert copy count deactivate dismiss download export fork generate import invite join leave lock log login logout mark merge move open pause perform pin place publish query read rebuild refresh reject release rename render reopen request rerun reset resolve restore resume retry revoke rotate run save star subscribe suspend sync transfer trigger unassign unblock unlock unpin unstar unsubscribe upload use validate verify watch'.split(
    ' ',
  ),
);
const otherWords: Readonly<Record<string, string>> = {
  fetch: 'get',
  retrieve: 'get',
  show: 'get',
  view: 'get',
  describe: 'get',
  return: 'get',
  returns: 'get',
  gets: 'get',
  lists: 'list',
  creates: 'create',
  updates: 'update',
  deletes: 'delete',
  finds: 'find',
  adds: 'add',
  new: 'create',
  insert: 'create',
  post: 'create',
  patch: 'update',
  edit: 'update',
  modify: 'update',
  change: 'update',
  put: 'set',
  destroy: 'delete',
  lookup: 'find',
};

/** The verb that a word is, in its plain form; undefined for a noun. */
export function verbOf(word: string): string | undefined {
  const known = Object.hasOwn(otherWords, word) ? otherWords[word] : word;
  if (known === undefined) return undefined;
  return plainVerbs.has(known) || families.some(([first]) => first === known) ? known : undefined;
}

/** Four ways to say a verb. */
export function waysToSay(verb: string): readonly string[] {
  return families.find(([first]) => first === verb) ?? [verb, `please ${verb}`, `go and ${verb}`, `i want to ${verb}`];
}
