// Holds what goes into a skill, and what comes out of it, against the schemas that its agent announced.
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { OfferedSkill } from './directory.ts';

type Value = Readonly<Record<string, unknown>>;

/** What does not fit, field by field; undefined when all of it does. Never throws: a schema without sense fits nothing. */
export type ContractCheck = (skill: OfferedSkill, side: 'input' | 'output', value: Value) => string | undefined;

export function createContractCheck(): ContractCheck {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });

  function compiled({ agent, document }: OfferedSkill, side: 'input' | 'output') {
    // Of this agent: another one may have announced something else under the same hash.
    const id = `${agent}/${document.contractHash}/${side}`;
    return ajv.getSchema(id) ?? ajv.compile({ ...document[side], $id: id });
  }

  return (skill, side, value) => {
    let validate: ReturnType<typeof compiled>;
    try {
      validate = compiled(skill, side);
    } catch {
      return `the schema of its ${side} cannot be read`;
    }
    if (validate(value)) return undefined;
    const problems = (validate.errors ?? []).map((error) => {
      const extra = 'additionalProperty' in error.params ? ` (${String(error.params['additionalProperty'])})` : '';
      return `${error.instancePath.slice(1).replaceAll('/', '.') || side} ${error.message ?? 'is not valid'}${extra}`;
    });
    return problems.join('; ');
  };
}
