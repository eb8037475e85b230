// The decision to leave a turn to a model, with the skills it gets. Pure.
import type { ModelUsage, RouteDecision } from '@switchboard/contract';
import { candidate, clip } from '../answers.ts';
import type { RoutableSkill } from '../routable.ts';

export interface Drive {
  readonly agent: string | undefined;
  readonly skills: readonly RoutableSkill[];
  /** What the rules were unsure among; those chosen come first. */
  readonly candidates: readonly RoutableSkill[];
  readonly reason: string;
  readonly usage?: ModelUsage;
}

export function drive({ agent, skills, candidates, reason, usage }: Drive): RouteDecision {
  const seen = [...new Set([...skills, ...candidates])].slice(0, 8);
  return {
    v: 1,
    outcome: 'drive',
    stage: 'model',
    reason: clip(reason, 500),
    candidates: seen.map((skill, at) => {
      const why = !candidates.includes(skill)
        ? 'needed by one that was chosen'
        : skills.includes(skill)
          ? 'given to the model that decides'
          : 'close to the words';
      return candidate(skill, 1 - at / seen.length, why);
    }),
    ...(agent === undefined ? {} : { agent }),
    skills: skills.map(({ agent: host, name, document }) => ({
      agent: host,
      skill: name,
      contractHash: document.contractHash,
    })),
    ...(usage === undefined ? {} : { usage }),
  };
}

/** The rules' own decision, where a model was asked in vain: it says so. */
export function inVain(decision: RouteDecision, why: string): RouteDecision {
  const reason = clip(`${decision.reason}; ${why}`, 500);
  if (decision.outcome !== 'refuse') return { ...decision, reason };
  // A person whose goal a model might have understood is told that none was to be had.
  return { ...decision, reason, text: clip(`${decision.text} (A model was asked in vain: ${why}.)`, 2_000) };
}
