// A second opinion beside BM25: TF-IDF over words, meanings and pieces of words, against each skill's centre and its nearest utterance.
import { type Block, blocks, type Features } from './features.ts';

/** One utterance (or description) of a skill, with how much it counts in the skill's centre. */
export interface Sample {
  readonly skill: number;
  readonly features: Features;
  readonly weight: number;
}

export interface Similarity {
  /** Cosine to the centre of the skill's samples. */
  readonly centre: number;
  /** Cosine to the nearest sample. */
  readonly nearest: number;
}

interface Posting {
  readonly ids: number[];
  readonly weights: number[];
}

type Vector = ReadonlyMap<string, number>;

const names = Object.keys(blocks) as Block[];

/** Log of how few skills use a feature; a feature nobody uses is as telling as the rarest. */
function rarity(samples: readonly Sample[], skills: number): (feature: string) => number {
  const users = new Map<string, Set<number>>();
  for (const { skill, features } of samples) {
    for (const name of names) {
      for (const feature of features[name].keys()) {
        const set = users.get(feature);
        if (set) set.add(skill);
        else users.set(feature, new Set([skill]));
      }
    }
  }
  return (feature) => Math.log(1 + (skills + 1) / ((users.get(feature)?.size ?? 0) + 0.5));
}

function lengthOf(vector: Iterable<number>): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}

/** One vector of length one; every block in it weighs what `blocks` says. */
function vectorOf(features: Features, idf: (feature: string) => number): Vector {
  const vector = new Map<string, number>();
  for (const name of names) {
    const weighted = [...features[name]].map(([feature, count]) => [feature, Math.sqrt(count) * idf(feature)] as const);
    const scale = Math.sqrt(blocks[name]) / (lengthOf(weighted.map(([, value]) => value)) || 1);
    for (const [feature, value] of weighted) vector.set(feature, value * scale);
  }
  return vector;
}

function post(index: Map<string, Posting>, vector: Vector, id: number, scale: number): void {
  for (const [feature, value] of vector) {
    let posting = index.get(feature);
    if (posting === undefined) {
      posting = { ids: [], weights: [] };
      index.set(feature, posting);
    }
    posting.ids.push(id);
    posting.weights.push(value * scale);
  }
}

function dot(index: Map<string, Posting>, query: Vector, size: number): Float64Array {
  const sums = new Float64Array(size);
  for (const [feature, value] of query) {
    const posting = index.get(feature);
    if (posting === undefined) continue;
    for (let at = 0; at < posting.ids.length; at++) {
      const id = posting.ids[at] ?? 0;
      sums[id] = (sums[id] ?? 0) + value * (posting.weights[at] ?? 0);
    }
  }
  return sums;
}

/** Compares features with every skill of an index. */
export type Comparer = (features: Features) => Similarity[];

/** Builds the index over `skills` skills. */
export function indexSamples(samples: readonly Sample[], skills: number): Comparer {
  const idf = rarity(samples, skills);
  const [nearest, centre] = [new Map<string, Posting>(), new Map<string, Posting>()];
  const sums = Array.from({ length: skills }, () => new Map<string, number>());
  samples.forEach((sample, id) => {
    const vector = vectorOf(sample.features, idf);
    post(nearest, vector, id, 1);
    const sum = sums[sample.skill];
    if (sum) for (const [feature, value] of vector) sum.set(feature, (sum.get(feature) ?? 0) + value * sample.weight);
  });
  sums.forEach((sum, skill) => {
    post(centre, sum, skill, 1 / (lengthOf(sum.values()) || 1));
  });
  return (features) => {
    const query = vectorOf(features, idf);
    const toCentre = dot(centre, query, skills);
    const best = new Float64Array(skills);
    dot(nearest, query, samples.length).forEach((similarity, id) => {
      const skill = samples[id]?.skill ?? 0;
      if (similarity > (best[skill] ?? 0)) best[skill] = similarity;
    });
    return Array.from({ length: skills }, (_, skill) => ({ centre: toCentre[skill] ?? 0, nearest: best[skill] ?? 0 }));
  };
}
