// Ranks all skills for a sentence by their words: BM25 over what each skill says of itself, and the centroid's second opinion.
import MiniSearch from 'minisearch';
import { indexSamples, type Sample } from './centroid.ts';
import { conceptsOf, phraseConcepts } from './concepts.ts';
import { bounded, featuresOf } from './features.ts';
import type { RoutableSkill } from './routable.ts';
import { readSentence, type Word } from './sentence.ts';
import { spokenForms } from './spoken.ts';

/** How one skill fits a sentence: each opinion, 0 to 1. */
export interface Opinion {
  readonly skill: number;
  readonly bm25: number;
  readonly centre: number;
  readonly nearest: number;
  readonly score: number;
}

export type Ranker = (words: readonly Word[]) => Opinion[];

/** How much each opinion counts. */
export const shares = { bm25: 0.3, centre: 0.35, nearest: 0.35 } as const;
const boost = { name: 2, title: 1, tags: 1, utterances: 1.5, description: 1, concepts: 0.6 };
const bm25 = { k: 1.2, b: 0.6, d: 0 };

function termsOf(words: readonly Word[]): string[] {
  const plain = bounded(words).filter((word) => word.shape === 'word' && !word.stop);
  return plain.flatMap((word) => (word.stem.includes('-') ? [word.stem, ...word.stem.split('-')] : [word.stem]));
}

function meaningsOf(words: readonly Word[]): string[] {
  const near = bounded(words);
  const single = near.filter((word) => word.shape === 'word' && !word.stop).flatMap((word) => conceptsOf(word.stem));
  return [...single, ...phraseConcepts(near.map((word) => word.norm))].map((meaning) => `~${meaning}`);
}

const read = (text: string): readonly Word[] => readSentence(text).words;
const asTerms = (text: string): string => termsOf(read(text)).join(' ');

/** The name in words: `read-file`, `read_file`, `readFile` → `read file`. */
export function nameInWords(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .toLowerCase();
}

/** The utterances of a skill as plain sentences, one list an utterance. */
export function spokenBy(skill: RoutableSkill): string[][] {
  return skill.document.utterances.slice(0, 100).map((utterance) => spokenForms(utterance, () => ' '));
}

function samplesOf(skill: RoutableSkill, spoken: readonly (readonly string[])[]): Sample[] {
  const of = (text: string, weight: number): Sample => ({ skill: skill.id, features: featuresOf(read(text)), weight });
  const { title, description, tags } = skill.document;
  return [
    of(`${nameInWords(skill.name)} ${title}`, 1.5),
    of(`${description.slice(0, 300)} ${tags.join(' ')}`, 1),
    ...spoken.flatMap((forms) => forms.map((form) => of(form, 1 / forms.length))),
  ];
}

function documentOf(skill: RoutableSkill, spoken: readonly (readonly string[])[]): Record<string, string | number> {
  const { title, description, tags } = skill.document;
  const utterances = spoken.flat().map(read);
  const all = [nameInWords(skill.name), title].map(read).concat(utterances);
  return {
    id: skill.id,
    name: asTerms(nameInWords(skill.name)),
    title: asTerms(title),
    tags: asTerms(tags.join(' ')),
    utterances: utterances.flatMap(termsOf).join(' '),
    description: asTerms(description),
    concepts: all.flatMap(meaningsOf).join(' '),
  };
}

/** Builds both indexes. `spoken` may leave utterances out, so that they can be tried as if a person had said them. */
export function buildRanker(
  skills: readonly RoutableSkill[],
  spoken: (skill: RoutableSkill) => readonly (readonly string[])[],
): Ranker {
  const search = new MiniSearch({
    fields: Object.keys(boost),
    tokenize: (text) => text.split(' ').filter((term) => term !== ''),
    processTerm: (term) => term,
    searchOptions: { boost, bm25, combineWith: 'OR' },
  });
  search.addAll(skills.map((skill) => documentOf(skill, spoken(skill))));
  const compare = indexSamples(
    skills.flatMap((skill) => samplesOf(skill, spoken(skill))),
    skills.length,
  );

  return (words) => {
    const terms = [...termsOf(words), ...meaningsOf(words)];
    const found = search.search(terms.join(' '));
    const scores = new Float64Array(skills.length);
    for (const { id, score } of found) if (typeof id === 'number') scores[id] = score;
    const most = terms.length * 6 || 1;
    const similar = compare(featuresOf(words));
    return skills
      .map((skill): Opinion => {
        const [lexical, near] = [Math.min(1, (scores[skill.id] ?? 0) / most), similar[skill.id]];
        const [centre, nearest] = [near?.centre ?? 0, near?.nearest ?? 0];
        const score = shares.bm25 * lexical + shares.centre * centre + shares.nearest * nearest;
        return { skill: skill.id, bm25: lexical, centre, nearest, score };
      })
      .sort((a, b) => b.score - a.score);
  };
}
