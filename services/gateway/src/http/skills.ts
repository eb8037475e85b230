// Agents, skills and routing: looked at, explained, and called with typed input.
import { type Agent, hashJson, SwitchboardError } from '@switchboard/contract';
import { v5 as uuidOf } from 'uuid';
import { createContractCheck } from '../check-contract.ts';
import type { OfferedSkill } from '../directory.ts';
import { isForEverybody, type KnownAgent } from '../known-agents.ts';
import { decide } from '../policy/decide.ts';
import { accept, answerWithTurn, requiredKey } from './accept.ts';
import type { Caller } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import type { Handlers } from './serve.ts';

const explainMsMax = 5_000;
/** Names the session of a call that brings none: the same call again finds the same one. */
const callNamespace = '7f3c2f0e-6e0b-4b52-9d53-0f6f0a3b8a11';

function viewAgent(agent: KnownAgent): Agent {
  return {
    name: agent.hello.name,
    description: agent.hello.description,
    version: agent.hello.version,
    state: agent.state,
    seenAt: agent.seenAt.toISOString(),
    running: agent.running,
    skills: agent.skills.filter(isForEverybody).map((skill) => skill.name),
    unavailable: [...agent.hello.unavailable, ...agent.refused],
  };
}

type Names = 'listAgents' | 'listSkills' | 'getSkill' | 'invokeSkill' | 'explainRoute';

export function skillHandlers(deps: HttpDeps): Handlers<Names> {
  const { directory, feed, policy } = deps;
  const check = createContractCheck();
  const listed = ({ agent, document, unavailable }: OfferedSkill, { principal }: Caller) => {
    const asked = { agent, skill: document.name, effects: document.effects, principal, trust: 'trusted' } as const;
    const { decision } = decide(policy.current(), asked);
    const available = directory.here(agent) && unavailable === undefined;
    return { ...document, agent, available, ...(unavailable && { unavailable }), policy: decision };
  };
  function offered(name: string): OfferedSkill {
    const skill = directory.skill(name);
    if (!skill) throw new SwitchboardError('not-found', `There is no skill ${name}`);
    return skill;
  }

  return {
    async listAgents() {
      return { agents: directory.agents().map(viewAgent) };
    },
    async listSkills({ caller }) {
      return { skills: directory.skills().map((skill) => listed(skill, caller)) };
    },
    async getSkill({ params, caller }) {
      return listed(offered(params.name), caller);
    },

    async invokeSkill({ params, headers, body, caller, request, reply }) {
      const skill = offered(params.name);
      const misfit = check(skill, 'input', body.input);
      if (misfit !== undefined) throw new SwitchboardError('invalid-input', `${params.name}: ${misfit}`);
      const key = requiredKey(headers);
      const sessionId = body.sessionId ?? uuidOf(`${caller.principalId}:${key}`, callNamespace);
      if (body.sessionId === undefined && !(await caller.own.sessions.find(sessionId))) {
        const made = await caller.own.sessions.create(
          { id: sessionId, title: skill.document.title },
          { type: 'session-created', data: { principal: caller.principal } },
        );
        feed.tell(made?.events ?? []);
      }
      const input = `/${params.name}`;
      const { contractHash } = skill.document;
      const saying = {
        caller,
        sessionId,
        key,
        request: { input, dryRun: body.dryRun ?? false, skill: params.name, arguments: body.input },
        address: {
          text: input,
          typed: { skill: { agent: skill.agent, skill: params.name, contractHash }, arguments: body.input },
        },
        requestHash: hashJson({ skill: params.name, body }),
        traceparent: request.headers['traceparent']?.toString(),
      };
      const to = { reply, caller, sessionId, prefer: headers.prefer };
      return answerWithTurn(deps, to, () => accept(deps, saying));
    },

    async explainRoute({ body }) {
      const { input, agent, skill, arguments: known } = body;
      return deps.askRouter(
        {
          v: 1,
          text: input,
          ...(agent !== undefined && { agent }),
          ...(skill !== undefined && { skill }),
          ...(known !== undefined && { arguments: known }),
          recent: [],
          // Explained, not asked: it spends nothing.
          ...(deps.models.here() && { model: { said: [] } }),
        },
        { deadline: new Date(Date.now() + explainMsMax) },
      );
    },
  };
}
