// The lexical stage's score of each skill: its words, how its patterns lie over the sentence, and whether the values fit.
import { type AlignRules, createRoom } from './align.ts';
import { compatibility } from './compat.ts';
import { conceptsOf } from './concepts.ts';
import { type LooseFit, looseFit, looseRules } from './loose.ts';
import type { Ranker } from './ranker.ts';
import { nameInWords } from './ranker.ts';
import type { RoutableSkill } from './routable.ts';
import { readSentence, type Sentence } from './sentence.ts';

export interface Scored {
  readonly skill: RoutableSkill;
  /** 0 to 1. */
  readonly score: number;
  /** How the words alone compare, 0 to 1. */
  readonly words: number;
  readonly loose: LooseFit | undefined;
  readonly compatible: number;
  /** Share of the sentence's telling words that the skill knows or has a slot for, 0 to 1. */
  readonly coverage: number;
  /** How many telling words it neither knows, nor has a slot for, nor a word of like meaning. */
  readonly strangers: number;
}

/** `allowed` narrows the catalogue, for a person who named an agent. */
export type Scorer = (sentence: Sentence, allowed?: (skill: RoutableSkill) => boolean) => Scored[];

/** Only so many of the best by words are looked at closely. */
const closelyMax = 12;
const fitShare = 0.5;
const compatibleShare = 0.3;
const wordsMax = 48;
/** A word that no pattern has is as likely a value as a topic. */
const unknownWeight = 0.5;

type Weigh = (stem: string) => number;

interface Vocabulary {
  readonly stems: ReadonlySet<string>;
  readonly meanings: ReadonlySet<number>;
}

function vocabularyOf(skill: RoutableSkill): Vocabulary {
  const { title, description, tags } = skill.document;
  const said = readSentence(`${nameInWords(skill.name)} ${title} ${description} ${tags.join(' ')}`).words;
  const nodes = skill.patterns.flatMap((pattern) => pattern.nodes).filter((node) => node.kind === 'word');
  const telling = [...said, ...nodes].filter((word) => !word.stop).map((word) => word.stem);
  return { stems: new Set(telling), meanings: new Set(telling.flatMap(conceptsOf)) };
}

interface Coverage {
  readonly share: number;
  readonly strangers: number;
}

/** The slots that hold their words: what stands beside a file name in the slot of a path does not belong there. */
function holdingSpans({ words }: Sentence, loose: LooseFit | undefined): (readonly [number, number])[] {
  if (loose === undefined) return [];
  return [...loose.alignment.slots].flatMap(([name, span]) => {
    const kind = loose.pattern.nodes.find((node) => node.kind === 'slot' && node.text === name)?.field?.kind;
    const isFile = kind === 'path' && words.slice(...span).some((word) => word.shape === 'path');
    return isFile ? [] : [span];
  });
}

function coverageOf(sentence: Sentence, known: Vocabulary, loose: LooseFit | undefined, weigh: Weigh): Coverage {
  const spans = holdingSpans(sentence, loose);
  let [explained, total, strangers] = [0, 0, 0];
  sentence.words.slice(0, wordsMax).forEach((word, at) => {
    if (word.stop || word.shape !== 'word') return;
    const worth = weigh(word.stem);
    total += worth;
    if (known.stems.has(word.stem)) explained += worth;
    else if (spans.some(([from, to]) => at >= from && at < to)) explained += 0.7 * worth;
    else if (conceptsOf(word.stem).some((meaning) => known.meanings.has(meaning))) explained += 0.6 * worth;
    else strangers += 1;
  });
  return { share: total === 0 ? 0.5 : explained / total, strangers };
}

function weighing(skills: readonly RoutableSkill[]): Weigh {
  const users = new Map<string, Set<number>>();
  for (const skill of skills) {
    for (const { kind, stem } of skill.patterns.flatMap((pattern) => pattern.nodes)) {
      if (kind !== 'word') continue;
      const set = users.get(stem) ?? new Set();
      users.set(stem, set.add(skill.id));
    }
  }
  const most = Math.log(1 + (skills.length + 1) / 1.5);
  const weights = new Map(
    [...users].map(([stem, { size }]) => [
      stem,
      Math.max(0.2, Math.log(1 + (skills.length + 1) / (size + 0.5)) / most),
    ]),
  );
  return (stem) => weights.get(stem) ?? unknownWeight;
}

/** Scores every skill that shares a word with the sentence, best first. */
export function createScorer(skills: readonly RoutableSkill[], rank: Ranker, closely = closelyMax): Scorer {
  const weigh = weighing(skills);
  const rules: AlignRules = looseRules(weigh);
  const room = createRoom();
  const vocabularies = skills.map(vocabularyOf);
  return (sentence, allowed) =>
    rank(sentence.words)
      .filter((opinion) => {
        const skill = skills[opinion.skill];
        return skill !== undefined && (allowed === undefined || allowed(skill));
      })
      .slice(0, closely)
      .flatMap((opinion): Scored[] => {
        const [skill, known] = [skills[opinion.skill], vocabularies[opinion.skill]];
        if (skill === undefined || known === undefined || opinion.score <= 0) return [];
        const loose = looseFit(skill, sentence, rules, room);
        const compatible = compatibility(skill, sentence.words);
        const coverage = coverageOf(sentence, known, loose, weigh);
        const raw = loose ? (opinion.score + fitShare * loose.fit) / (1 + fitShare) : opinion.score;
        const score = raw * (1 - compatibleShare + compatibleShare * compatible);
        return [
          {
            skill,
            score,
            words: opinion.score,
            loose,
            compatible,
            coverage: coverage.share,
            strangers: coverage.strangers,
          },
        ];
      })
      .sort((a, b) => b.score - a.score);
}
