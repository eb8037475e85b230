// What a skill says about itself, as plain sentences: its utterances with groups resolved and slots taken out.

const variantsMax = 4;

interface Reading {
  readonly text: string;
  at: number;
  readonly variant: number;
}

function readGroup(reading: Reading, closer: string): string {
  const choices = [''];
  while (reading.at < reading.text.length) {
    const here = reading.text[reading.at] ?? '';
    reading.at += 1;
    if (here === closer) break;
    if (here === '|' && closer !== '') choices.push('');
    else {
      const piece = here === '(' ? readGroup(reading, ')') : here === '[' ? readGroup(reading, ']') : here;
      choices[choices.length - 1] += piece;
    }
  }
  return choices[reading.variant % choices.length] ?? '';
}

/**
 * Up to four plain forms of an utterance: alternatives are taken in turn, optional words are kept. `slot` says what
 * stands for a slot. Never throws: brackets without a partner are words.
 */
export function spokenForms(utterance: string, slot: (name: string) => string): string[] {
  const text = utterance.slice(0, 400);
  const widest = Math.max(1, ...(text.match(/\([^()]*\)/g) ?? []).map((group) => group.split('|').length));
  const forms = new Set<string>();
  for (let variant = 0; variant < Math.min(widest, variantsMax); variant++) {
    const plain = readGroup({ text, at: 0, variant }, '');
    forms.add(
      plain
        .replace(/\{([^{}]*)\}/g, (_, name: string) => slot(name))
        .replace(/\s+/g, ' ')
        .trim(),
    );
  }
  return [...forms].filter((form) => form !== '');
}

/** One utterance as an example for a person: `read {path}` → `read <path>`, without the optional words. */
export function asExample(utterance: string): string {
  const short = utterance
    .slice(0, 200)
    .replace(/\[[^[\]]*\]/g, ' ')
    .replace(/\(([^()|]*)[^()]*\)/g, '$1');
  return short
    .replace(/\{([^{}]*)\}/g, '<$1>')
    .replace(/[[\](){}]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 100);
}
