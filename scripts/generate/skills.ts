// docs/reference/skills.md: what each skill takes, gives, may refuse and may do, and the sentences it is found by.
import { describeContract, type Skill, type SkillContract } from '@switchboard/contract';
import { decide } from '../../services/gateway/src/policy/decide.ts';
import { defaultPolicy } from '../../services/gateway/src/policy/default-policy.ts';
import { code, list, page, table } from './markdown.ts';
import { fieldTables, toJsonSchema } from './schema-fields.ts';

const policies = { allow: 'runs at once', ask: 'the person is asked first', deny: 'is never done' };
/** By the policy that comes with the product, before anything untrusted has been read. */
function policyOf({ name, effects }: SkillContract): keyof typeof policies {
  const about = { agent: 'workstation', principal: 'owner', trust: 'trusted' } as const;
  return decide(defaultPolicy, { ...about, skill: name, effects }).decision;
}

const repeats = {
  safe: 'safe: it has no effect',
  idempotent: 'idempotent: the same input again ends in the same state',
  reconcilable: 'reconcilable: it can look whether it was done',
  once: 'once: nobody can know whether it was done, so the person decides',
};

function facts(contract: SkillContract): string {
  const effects = contract.effects.map((effect) => code(`${effect.class} ${effect.on}`)).join(', ');
  const requires = Object.entries(contract.requires ?? {}).map(([kind, names]) => `${kind} ${names.join(', ')}`);
  return list([
    `Version: ${contract.version}, contract ${code(describeContract(contract).contractHash.slice(0, 12))}`,
    `Tags: ${contract.tags.join(', ')}`,
    `Effects: ${effects === '' ? 'none' : effects}`,
    contract.audience === 'gateway'
      ? 'For the gateway alone: it is not routed to and not listed, and may by the built-in rule `reply-to-channel`'
      : `Policy: ${policies[policyOf(contract)]}`,
    `Repeat: ${repeats[contract.repeat]}`,
    `What it reads is ${contract.ingests}`,
    `Ends within ${contract.timeoutMs / 1000} s`,
    ...(requires.length === 0 ? [] : [`Requires: ${requires.join('; ')}`]),
    ...(contract.redact === undefined ? [] : [`Kept out of logs and events: ${contract.redact.map(code).join(', ')}`]),
  ]);
}

function example({ says, files, input, output }: SkillContract['examples'][number]): string {
  const before = Object.keys(files ?? {});
  return [
    `“${says}”`,
    ...(before.length === 0 ? [] : [`with ${before.map(code).join(', ')} there`]),
    `${code(JSON.stringify(input))} → ${code(JSON.stringify(output))}`,
  ].join('; ');
}

function section(agent: string, { contract }: Skill): string {
  const errors = Object.entries(contract.errors).map(([reason, meaning]) => [code(reason), meaning]);
  return [
    `## ${contract.name}`,
    `${contract.title}, by the agent ${code(agent)}. ${contract.description}`,
    facts(contract),
    '**Input**',
    fieldTables(toJsonSchema(contract.input, 'input')),
    '**Output**',
    fieldTables(toJsonSchema(contract.output, 'output')),
    ...(errors.length === 0 ? [] : ['**Refuses with**', table(['Reason', 'Meaning'], errors)]),
    ...(contract.utterances.length === 0 ? [] : ['**Found by**', list(contract.utterances.map(code))]),
    ...(contract.examples.length === 0 ? [] : ['**Examples**', list(contract.examples.map(example))]),
  ].join('\n\n');
}

export function skillsPage(deployment: Readonly<Record<string, readonly Skill[]>>): string {
  const all = Object.entries(deployment).flatMap(([agent, skills]) => skills.map((skill) => ({ agent, skill })));
  const rows = all.map(({ agent, skill: { contract } }) => [
    `[${contract.name}](#${contract.name})`,
    agent,
    contract.effects.map((effect) => `${effect.class} ${effect.on}`).join(', '),
    contract.audience === 'gateway' ? 'for the gateway alone' : policyOf(contract),
    contract.title,
  ]);
  return page(
    'Skills',
    'What the agents that come with Switchboard can do. The examples run as tests. In a sentence `{slot}` is an input ' +
      'field, `[word]` may be left out and `(a|b)` is a choice.',
    table(['Skill', 'Agent', 'Effects', 'Policy', 'Title'], rows),
    ...all.map(({ agent, skill }) => section(agent, skill)),
  );
}
