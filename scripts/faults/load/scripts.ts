// What the clients will say: turns of every kind, some of two steps, each with a duration and a key of its own.
import type { PlannedAct } from '../plan.ts';
import type { Random } from '../random.ts';
import { worldSkillOf } from '../world/world-skills.ts';
import type { LoggedTurn } from './turn-log.ts';

const kinds = [
  worldSkillOf.once,
  worldSkillOf.once,
  worldSkillOf.reconcilable,
  worldSkillOf.reconcilable,
  worldSkillOf.idempotent,
  worldSkillOf.safe,
] as const;
const twoSteps = 0.1;

export interface ScriptOptions {
  /** Of every key: unique on its stage, and no other one begins with it. */
  readonly prefix: string;
  readonly sessions: number;
  readonly turns: number;
  readonly random: Random;
  readonly msMax: number;
  /** What goes to the shipped file skills: nothing, every third act, or single acts only. */
  readonly files: 'none' | 'some' | 'only';
}

/** One list of turns for each session, together `turns`. */
export function writeScripts({ prefix, sessions, turns, random, msMax, files }: ScriptOptions): LoggedTurn[][] {
  const scripts: LoggedTurn[][] = Array.from({ length: sessions }, () => []);
  for (let index = 0; index < turns; index++) {
    const script = scripts[index % sessions] ?? [];
    const key = `${prefix}${index % sessions}.${script.length + 1}`;
    const count = random.chance(twoSteps) && files !== 'only' ? 2 : 1;
    const acts = Array.from({ length: count }, (_, step): PlannedAct => {
      const toFile = files === 'only' || (files === 'some' && random.chance(1 / 3));
      const skill = toFile ? 'append-file' : random.pick(kinds);
      return { skill, key: `${key}.${step + 1}`, ms: random.integer(5, msMax) };
    });
    script.push({ key, acts, posts: 0, ids: new Set() });
  }
  return scripts;
}
