// Ranks all skills for a sentence by their words: BM25 over what each skill says of itself, and the centroid's second opinion.
import MiniSearch from 'minisearch';
import { indexSamples, type Sample } from './centroid.ts';
import { conceptsOf, phraseConcepts } from './concepts.ts';
import { bounded, type Features, featuresOf } from './features.ts';
import type { RoutableSkill } from './routable.ts';
import { readSentence, type Word } from './sentence.ts';
import { spokenForms } from './spoken.ts';

/** How one skill fits a sentence: each opinion, 0 to 1. */
export interface Opinion {
  readonly skill: number;
  readonly score: number;
}

/** Every skill, best first. */
export type Ranker = (words: readonly Word[]) => Opinion[];

/** A plain sentence, counted once however often it is indexed. */
interface Said {
  readonly terms: readonly string[];
  readonly meanings: readonly string[];
  readonly features: Features;
}

/** What a skill says of itself. */
export interface SelfSaid {
  readonly skill: number;
  readonly name: Said;
  readonly title: Said;
  readonly tags: Said;
  readonly description: Said;
  readonly heading: Said;
  readonly about: Said;
  /** The plain forms of each utterance. */
  readonly utterances: readonly (readonly Said[])[];
}

/** How much each opinion counts. */
const shares = { bm25: 0.3, centre: 0.35, nearest: 0.35 } as const;
const boost = { name: 2, title: 1, tags: 1, utterances: 1.5, description: 1, concepts: 0.6 };
const bm25 = { k: 1.2, b: 0.6, d: 0 };
/** A term that scores this much is as telling as they get: brings BM25 to 0 to 1. */
const termScoreMax = 6;
const utterancesMax = 100;

function termsOf(words: readonly Word[]): string[] {
  const plain = bounded(words).filter((word) => word.shape === 'word' && !word.stop);
  return plain.flatMap((word) => (word.stem.includes('-') ? [word.stem, ...word.stem.split('-')] : [word.stem]));
}

function meaningsOf(words: readonly Word[]): string[] {
  const near = bounded(words);
  const single = near.filter((word) => word.shape === 'word' && !word.stop).flatMap((word) => conceptsOf(word.stem));
  return [...single, ...phraseConcepts(near.map((word) => word.norm))].map((meaning) => `~${meaning}`);
}

function say(text: string): Said {
  const { words } = readSentence(text);
  return { terms: termsOf(words), meanings: meaningsOf(words), features: featuresOf(words) };
}

/** The name in words: `read-file`, `read_file`, `readFile` → `read file`. */
export function nameInWords(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .toLowerCase();
}

/** Reads what a skill says of itself, once for all indexes. */
export function listen(skill: RoutableSkill): SelfSaid {
  const { title, description, tags, utterances } = skill.document;
  const name = nameInWords(skill.name);
  return {
    skill: skill.id,
    name: say(name),
    title: say(title),
    tags: say(tags.join(' ')),
    description: say(description),
    heading: say(`${name} ${title}`),
    about: say(`${description.slice(0, 300)} ${tags.join(' ')}`),
    utterances: utterances.slice(0, utterancesMax).map((utterance) => spokenForms(utterance, () => ' ').map(say)),
  };
}

type Keep = (utterance: number) => boolean;

function samplesOf(said: SelfSaid, keep: Keep): Sample[] {
  const of = ({ features }: Said, weight: number): Sample => ({ skill: said.skill, features, weight });
  const utterances = said.utterances.filter((_, at) => keep(at));
  return [
    of(said.heading, 1.5),
    of(said.about, 1),
    ...utterances.flatMap((forms) => forms.map((form) => of(form, 1 / forms.length))),
  ];
}

function documentOf(said: SelfSaid, keep: Keep): Record<string, string | number> {
  const utterances = said.utterances.filter((_, at) => keep(at)).flat();
  const join = (all: readonly Said[]): string => all.flatMap((one) => one.terms).join(' ');
  return {
    id: said.skill,
    name: join([said.name]),
    title: join([said.title]),
    tags: join([said.tags]),
    utterances: join(utterances),
    description: join([said.description]),
    concepts: [said.name, said.title, ...utterances].flatMap((one) => one.meanings).join(' '),
  };
}

/** Builds both indexes. `keep` may leave utterances out, so that they can be tried as if a person had said them. */
export function buildRanker(skills: readonly SelfSaid[], keep: Keep = () => true): Ranker {
  const search = new MiniSearch({
    fields: Object.keys(boost),
    tokenize: (text) => text.split(' ').filter((term) => term !== ''),
    processTerm: (term) => term,
    searchOptions: { boost, bm25, combineWith: 'OR' },
  });
  search.addAll(skills.map((said) => documentOf(said, keep)));
  const compare = indexSamples(
    skills.flatMap((said) => samplesOf(said, keep)),
    skills.length,
  );
  return (words) => {
    const terms = [...termsOf(words), ...meaningsOf(words)];
    const lexical = new Float64Array(skills.length);
    for (const { id, score } of search.search(terms.join(' '))) {
      if (typeof id === 'number') lexical[id] = Math.min(1, score / (terms.length * termScoreMax));
    }
    const similar = compare(featuresOf(words));
    return similar
      .map(({ centre, nearest }, skill): Opinion => {
        const score = shares.bm25 * (lexical[skill] ?? 0) + shares.centre * centre + shares.nearest * nearest;
        return { skill, score };
      })
      .sort((a, b) => b.score - a.score);
  };
}
