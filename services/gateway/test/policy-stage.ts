// A stage for tests of policy: a file that a test writes, five skills of different effect, and a plan that a test makes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Approval,
  Event,
  Invoke,
  InvokeReply,
  PlannedStep,
  RouteDecision,
  SkillDocument,
  Turn,
  Verdict,
} from '@switchboard/contract';
import { tempFolder, waitUntil } from '@switchboard/testkit';
import { agentName, type Stage, skillDocument, stage } from './fixture.ts';

export const look = skillDocument('look', 'safe', [{ class: 'read', on: 'files' }]);
export const page = skillDocument('read-page', 'safe', [{ class: 'read', on: 'files' }], 'untrusted');
export const put = skillDocument('put', 'once', [{ class: 'write', on: 'files' }]);
export const burn = skillDocument('burn', 'once', [{ class: 'destructive', on: 'files' }]);
export const post = skillDocument('post-out', 'once', [{ class: 'external', on: 'web' }]);
const skills = [look, page, put, burn, post];

export const rules = (...lines: string[]): string =>
  ['version: 1', 'rules:', ...lines.map((line) => `  - ${line}`)].join('\n');
export const everything = rules('{ rule: everything, decide: allow }');

export function step(document: SkillDocument, text: string): PlannedStep {
  const { name: skill, contractHash } = document;
  return { agent: agentName, skill, contractHash, input: { text } };
}

export interface PolicyStage extends Stage {
  readonly policyFile: string;
  /** What the agent was asked to do. */
  readonly invoked: Invoke[];
  /** What the router answers from now on. */
  plan(...steps: PlannedStep[]): void;
  /** The agent ends nothing before this. */
  busy(until: Promise<unknown>): void;
  /** Writes a policy, and waits until `burn` is decided so. */
  inForce(text: string, verdict: Verdict): Promise<void>;
  /** Of a turn that has ended. */
  events(turn: Turn): Promise<Event[]>;
  decisions(turn: Turn): Promise<Event['data'][]>;
  approvals(): Promise<Approval[]>;
  /** The turn, or the problem. */
  answer(approval: string | undefined, approve: boolean): Promise<Turn & { code?: string }>;
}

/** The agent does everything that it is asked, and says so. */
async function attend(
  on: Stage,
  invoked: Invoke[],
  decide: () => RouteDecision,
  free: () => Promise<unknown>,
): Promise<void> {
  on.router.respond('route', async () => decide());
  const { bus, verifier } = on.agent;
  bus.respond(
    'invoke',
    async ({ message }): Promise<InvokeReply> => {
      invoked.push(message);
      await free();
      const output = { text: String(message.input['text']) };
      return { v: 1, id: message.id, state: 'done', output, text: 'Done.', artifacts: [] };
    },
    { parameters: { agent: agentName }, verifier },
  );
  bus.respond('status', async ({ message: { id } }) => ({ v: 1, id, state: 'running' }) as const, {
    parameters: { agent: agentName },
  });
  await Promise.all([bus.flush(), on.router.flush()]);
  on.agent.arrive(skills);
  await waitUntil('the agent', async () => {
    const { agents } = (await (await on.call('GET', '/v1/agents')).json()) as { agents: { state: string }[] };
    return agents[0]?.state === 'here';
  });
}

export async function policyStage(env: Record<string, string> = {}): Promise<PolicyStage> {
  const folder = await tempFolder();
  const policyFile = join(folder.path, 'policy.yaml');
  const on = await stage({ POLICY_FILE: policyFile, ...env });
  const invoked: Invoke[] = [];
  let steps: readonly PlannedStep[] = [];
  let free: Promise<unknown> = Promise.resolve();
  const said = { v: 1 as const, stage: 'explicit' as const, reason: 'The test says so.', candidates: [] };
  const route = (): RouteDecision => ({ ...said, outcome: 'route', steps: [...steps] });
  await attend(on, invoked, route, () => free);

  const events: PolicyStage['events'] = async (turn) => {
    if (turn.finishedAt === undefined) throw new Error('it goes on, and so would this');
    const text = await (await on.call('GET', `/v1/turns/${turn.id}/events`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith('data: '));
    return lines.map((line) => JSON.parse(line.slice('data: '.length)) as Event);
  };
  return {
    ...on,
    policyFile,
    invoked,
    events,
    plan(...given) {
      steps = given;
    },
    busy(until) {
      free = until;
    },
    async inForce(text, verdict) {
      writeFileSync(policyFile, text);
      await waitUntil('the policy', async () => {
        const skill = (await (await on.call('GET', '/v1/skills/burn')).json()) as { policy: string };
        return skill.policy === verdict;
      });
    },
    async decisions(turn) {
      return (await events(turn)).filter(({ type }) => type === 'policy-decided').map(({ data }) => data);
    },
    async approvals() {
      return ((await (await on.call('GET', '/v1/approvals')).json()) as { approvals: Approval[] }).approvals;
    },
    async answer(approval, approve) {
      const response = await on.call('POST', `/v1/approvals/${approval}`, { approve }, { prefer: 'wait=20' });
      return (await response.json()) as Turn;
    },
    async close() {
      await on.close();
      await folder.remove();
    },
  };
}
