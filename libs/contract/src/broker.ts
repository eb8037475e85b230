// The broker's users: who may publish and subscribe to what, derived from the subject map.

import type { Role } from './subject-fact.ts';
import { subjectFilter } from './subject-names.ts';
import { type SubjectName, subjects } from './subjects.ts';

export interface BrokerUser {
  readonly name: string;
  /** SB: the services. OPS: listens to what SB exports; only its witness can ask, and only what the streams hold. */
  readonly account: 'SB' | 'OPS';
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** JetStream's own subjects: never given to agents, the router or the operator (they would deliver to any subject). */
const gatewayJetStream = ['$JS.API.STREAM.INFO.SB_EVENTS'];
const provisionerJetStream = [
  '$JS.API.INFO',
  '$JS.API.STREAM.CREATE.*',
  '$JS.API.STREAM.UPDATE.*',
  '$JS.API.STREAM.INFO.*',
  '$JS.API.STREAM.NAMES',
];

/** The witness asks under this prefix what the streams hold; the broker takes it for JetStream's own. */
export const witnessPrefix = 'sb.kept';
/** After the prefix, or after `$JS.API`. Asked across accounts: the answer reaches who asked, whatever they wish. */
export const witnessRequests: readonly string[] = [
  'STREAM.INFO.SB_EVENTS',
  'STREAM.MSG.GET.SB_EVENTS',
  'STREAM.MSG.GET.SB_AUDIT',
];

/** Replies to the gateway go where only this agent may publish: `_INBOX.gw.<agent>.<random>`. */
export function replyInbox(replier: string): string {
  return `_INBOX.gw.${replier}`;
}

/** What anybody else asks is answered where only the asker listens: `_INBOX.<user>.<random>`. */
export function inbox(user: string): string {
  return `_INBOX.${user}`;
}

const names = Object.keys(subjects) as SubjectName[];

function facts(role: Role, side: 'saidBy' | 'heardBy'): SubjectName[] {
  return names.filter((name) => (subjects[name][side] as readonly Role[]).includes(role));
}

function own(name: SubjectName, role: Role, self: string): string {
  if (role === 'agent') return subjectFilter(name, { agent: self, service: self } as never);
  return subjectFilter(name, { service: self } as never);
}

/** `subject queue` is a permission for that queue group only. */
function listening(name: SubjectName, role: Role, self: string): string {
  const fact = subjects[name];
  // Whoever is no agent hears what all say of themselves.
  const filter = role === 'agent' ? own(name, role, self) : subjectFilter(name);
  return 'queue' in fact ? `${filter} ${fact.queue}` : filter;
}

function service(role: Role, name: string, extra: { publish?: string[]; subscribe?: string[] }): BrokerUser {
  return {
    name,
    account: 'SB',
    publish: [...facts(role, 'saidBy').map((fact) => own(fact, role, name)), ...(extra.publish ?? [])],
    subscribe: [...facts(role, 'heardBy').map((fact) => listening(fact, role, name)), ...(extra.subscribe ?? [])],
  };
}

/** What an operator types to listen: a kept stream is opened whole, so that it is `nats sub 'sb.event.>'`. */
export function operatorFilter(name: SubjectName): string {
  const fact = subjects[name];
  return fact.kind === 'stream' ? `${fact.pattern.slice(0, fact.pattern.indexOf('{'))}>` : subjectFilter(name);
}

/** What SB lets OPS hear: one way, by construction. */
export const operatorSubjects: readonly string[] = facts('operator', 'heardBy').map(operatorFilter);

/** Every user of a deployment with these agents. */
export function brokerUsers(agents: readonly string[]): BrokerUser[] {
  return [
    service('gateway', 'gateway', {
      publish: [...gatewayJetStream, ...['model', ...agents].map((asker) => `${inbox(asker)}.>`)],
      subscribe: ['_INBOX.gw.>'],
    }),
    service('router', 'router', {
      publish: [`${replyInbox('router')}.>`],
      subscribe: [`${inbox('router')}.>`],
    }),
    service('model', 'model', {
      publish: ['router', ...agents].map((asker) => `${inbox(asker)}.>`),
      subscribe: [`${inbox('model')}.>`],
    }),
    ...agents.map((agent) =>
      service('agent', agent, {
        publish: [`${replyInbox(agent)}.>`, `${inbox(agent)}.>`],
        subscribe: [`${inbox(agent)}.>`],
      }),
    ),
    { name: 'provisioner', account: 'SB', publish: provisionerJetStream, subscribe: ['_INBOX.provisioner.>'] },
    {
      name: 'witness',
      account: 'OPS',
      publish: witnessRequests.map((request) => `${witnessPrefix}.${request}`),
      subscribe: ['_INBOX.witness.>'],
    },
    { name: 'operator', account: 'OPS', publish: [], subscribe: [...operatorSubjects] },
  ];
}
