// What is remembered for the person whose turn it is, as a skill sees it: facts, each with who it comes from.
import type { Fact } from '../memory.ts';

export interface Recalled {
  /** The best first; without words the newest. */
  readonly facts: Fact[];
  readonly more: boolean;
  /** So many fit as well, and come from untrusted content: only a skill that says it ingests such is given them. */
  readonly withheld: number;
}

/** Looking at what is remembered. Throws SwitchboardError `forbidden` once the call is over. */
export interface MemoryRead {
  /** Of words that all stand in some facts, those facts; else those in which most of them do. */
  recall(words: string | undefined, options: { max: number }): Promise<Recalled>;
}

/**
 * Remembering. Who a fact comes from is not the skill's to say. The same again in one call is one fact. Throws SkillError
 * `full` or `too-many-pinned`, and as MemoryRead.
 */
export interface MemoryWrite {
  remember(text: string, options: { pinned: boolean }): Promise<Fact>;
}

/** Forgetting, for good. */
export interface MemoryDestroy {
  /**
   * What is gone already stays so. Throws SkillError `changed`, and forgets none, when one of them is not the fact that
   * was shown; and as MemoryRead.
   */
  forget(facts: readonly Pick<Fact, 'id' | 'text'>[]): Promise<void>;
}
