// Holds what goes into a skill, and what comes out of it, against the schemas that its agent announced.
import { createSchemaCheck } from '@switchboard/service';
import type { OfferedSkill } from './directory.ts';

type Value = Readonly<Record<string, unknown>>;

/** What does not fit, field by field; undefined when all of it does. Never throws: a schema without sense fits nothing. */
export type ContractCheck = (skill: OfferedSkill, side: 'input' | 'output', value: Value) => string | undefined;

export function createContractCheck(): ContractCheck {
  const check = createSchemaCheck();
  return ({ agent, document }, side, value) => {
    // Of this agent: another one may have announced something else under the same hash.
    const problems = check(`${agent}/${document.contractHash}/${side}`, document[side], value);
    if (problems === undefined) return `the schema of its ${side} cannot be read`;
    const said = problems.map(({ path, says }) => `${path.slice(1).replaceAll('/', '.') || side} ${says}`);
    return said.length === 0 ? undefined : said.join('; ');
  };
}
