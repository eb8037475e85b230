// What chosen skills need beside them: whoever gives what they take, and whoever shows what they change. Only reads enter.
import { drivenSkillsMax } from '@switchboard/contract';
import type { CatalogueIndex } from '../catalogue-index.ts';
import { takesArtifact } from '../fields.ts';
import type { RoutableSkill } from '../routable.ts';

const giversMax = 3;
const lookersMax = 2;

const capabilitiesOf = ({ document }: RoutableSkill): string[] => document.effects.map(({ on }) => on);

/** `near` are the candidates of the goal: of several that give, those it speaks of. */
function giversFor(
  skill: RoutableSkill,
  near: readonly RoutableSkill[],
  able: readonly RoutableSkill[],
): RoutableSkill[] {
  return skill.fields.flatMap((field) => {
    const gives = takesArtifact(field)
      ? (one: RoutableSkill) => one.gives !== undefined
      : field.record === undefined
        ? () => false
        : (one: RoutableSkill) => one.records.has(field.record ?? '');
    const [likely, others] = [near.filter(gives), able.filter(gives)];
    return (likely.length === 0 && field.required ? others : likely).slice(0, giversMax);
  });
}

function lookersFor(skill: RoutableSkill, near: readonly RoutableSkill[]): RoutableSkill[] {
  const touched = capabilitiesOf(skill);
  return skill.effect === 'read'
    ? []
    : near.filter(
        (one) => one.document.ingests === 'untrusted' && capabilitiesOf(one).some((on) => touched.includes(on)),
      );
}

/** The chosen in their order, then what they need; at most as many as a turn may be given. */
export function widen(
  chosen: readonly RoutableSkill[],
  candidates: readonly RoutableSkill[],
  { skills }: CatalogueIndex,
  allowed: (skill: RoutableSkill) => boolean,
): RoutableSkill[] {
  const reads = (skill: RoutableSkill): boolean => skill.effect === 'read' && allowed(skill);
  const [near, able] = [candidates.filter(reads), skills.filter(reads)];
  const givers = chosen.flatMap((skill) => giversFor(skill, near, able));
  const lookers = [...new Set(chosen.flatMap((skill) => lookersFor(skill, near)))]
    .filter((skill) => !chosen.includes(skill))
    .slice(0, lookersMax);
  return [...new Set([...chosen, ...givers, ...lookers])].slice(0, drivenSkillsMax);
}
