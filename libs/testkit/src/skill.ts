// Runs a skill as an agent would, over a real workspace folder, and holds its contract to its word.
import { isDeepStrictEqual } from 'node:util';
import { type JsonValue, type Reconciled, type Skill, type SkillContract, SkillError } from '@switchboard/contract';
import { describe, expect, test } from 'vitest';
import { createSkillCall, exampleInvocationId, type SkillCall, type SkillCallOptions } from './skill-call.ts';
import { askProblems, contractProblems } from './skill-problems.ts';
import { createSkillWorkspace, workspaceState } from './skill-workspace.ts';

/** An agent cuts what a skill says after so many characters. */
const sayCharactersMax = 20_000;

/** How the agent under test makes its capabilities over a workspace, and what the artifacts of its examples hold. */
export interface SkillSetup extends Pick<SkillCallOptions, 'adapters' | 'contents' | 'invocationId'> {
  /** Puts what is of this run only, such as a port, in the place of what stands in the contract's examples. */
  readonly inThisRun?: (example: Example) => Example;
  /** Leaves out of an output what no example can foretell, such as the bytes of a picture. */
  readonly foretold?: (output: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

type Example = SkillContract['examples'][number];

export interface SkillRunOptions extends Omit<SkillCallOptions, 'workspace'> {
  readonly input: Readonly<Record<string, unknown>>;
  /** What lies in a new workspace, removed with the test; a path that ends in `/` is an empty folder. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** The workspace of an earlier run instead. */
  readonly workspace?: string;
}

export interface SkillRun extends Pick<SkillCall, 'artifacts' | 'notes'> {
  readonly output: Record<string, unknown>;
  /** What the person reads. */
  readonly text: string;
  readonly workspace: string;
}

/**
 * Runs it once. Rejects with what the skill throws, or with an Error that says how it broke its contract: input or output
 * that the schemas refuse, a reason that `errors` does not list, nothing to say.
 */
export async function runSkill(skill: Skill, options: SkillRunOptions): Promise<SkillRun> {
  const { contract, handler } = skill;
  const input = contract.input.parse(options.input);
  const workspace = options.workspace ?? createSkillWorkspace(options.files ?? {});
  const call = createSkillCall(contract, { ...options, workspace });
  const returned = await keepingErrors(skill, () => handler.run(call.ctx, input));
  const output = checkedOutput(skill, returned);
  const text = contract.say(output, input);
  if (text.trim() === '') throw new Error(`${contract.name} has nothing to say`);
  if (text.length > sayCharactersMax) throw new Error(`${contract.name} says ${text.length} characters`);
  return { output, text, artifacts: call.artifacts, notes: call.notes, workspace };
}

/** Asks it what became of an interrupted run, in that run's workspace, with nothing but reading in its hands. */
export async function reconcileSkill(
  skill: Skill,
  options: SkillRunOptions & { readonly workspace: string; readonly noted: JsonValue | undefined },
): Promise<Reconciled<Record<string, unknown>>> {
  const { contract, handler } = skill;
  if (handler.reconcile === undefined) throw new Error(`${contract.name} has no reconcile`);
  const reading = contract.effects.filter((effect) => effect.class === 'read');
  const call = createSkillCall({ ...contract, effects: reading }, options);
  const before = withoutLeftovers(options.workspace);
  const found = await handler.reconcile(call.ctx, contract.input.parse(options.input), options.noted);
  expect(withoutLeftovers(options.workspace)).toEqual(before);
  return found.outcome === 'done' ? { outcome: 'done', output: checkedOutput(skill, found.output) } : found;
}

/** The second name of a file that a dead attempt had just put in its place is nobody's: looking may take it away. */
function withoutLeftovers(workspace: string): Record<string, string> {
  const state = Object.entries(workspaceState(workspace));
  return Object.fromEntries(state.filter(([path]) => !/(^|\/)\.sb-[\w-]+\.tmp$/.test(path)));
}

/** Tests that every skill must pass: a sound contract, and its examples, run over real files. */
export function describeSkill(skill: Skill, setup: SkillSetup): void {
  const { contract } = skill;
  describe(contract.name, () => {
    test('has a sound contract', () => {
      expect(contractProblems(skill)).toEqual([]);
    });

    test.each(contract.examples.map((example) => [example.says, example] as const))(
      'example: %s',
      async (_, written) => {
        const { inThisRun = (same) => same, foretold = (same) => same } = setup;
        const example = inThisRun(written);
        const files = example.files ?? {};
        const workspace = createSkillWorkspace(files);
        const before = workspaceState(workspace);
        const options = { invocationId: exampleInvocationId, ...setup, input: example.input, workspace };
        const { output } = await runSkill(skill, options);
        expect(foretold(output)).toEqual(foretold(example.output));
        expect(askProblems(contract, contract.input.parse(example.input))).toEqual([]);
        if (contract.repeat === 'safe') expect(workspaceState(workspace)).toEqual(before);
      },
    );
  });
}

function checkedOutput({ contract }: Skill, returned: unknown): Record<string, unknown> {
  const output = contract.output.parse(returned);
  if (!isDeepStrictEqual(output, returned)) throw new Error(`${contract.name} returned more than its contract says`);
  return output;
}

async function keepingErrors<T>({ contract }: Skill, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SkillError) || Object.hasOwn(contract.errors, error.reason ?? '')) throw error;
    throw new Error(`${contract.name} refused with "${error.reason}", which it does not list`, { cause: error });
  }
}
