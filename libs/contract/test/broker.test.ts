// What each user of the broker may say and hear, pinned: this is the wall between the agents.
import { expect, test } from 'vitest';
import { brokerUsers, operatorFilter, operatorSubjects, replyInbox } from '../src/index.ts';

// Literals on purpose: whoever widens a permission must do it here too.
const gateway = {
  name: 'gateway',
  account: 'SB',
  publish: [
    'sb.route',
    'sb.catalogue.*',
    'sb.skill.*.*',
    'sb.agent.*.next',
    'sb.agent.*.drop',
    'sb.agent.*.status',
    'sb.agent.*.reconcile',
    'sb.agent.*.cancel',
    'sb.agent.*.describe',
    'sb.agent.*.artifact',
    'sb.who',
    'sb.event.*.*',
    'sb.audit.gateway.*',
    '$JS.API.STREAM.INFO.SB_EVENTS',
    '_INBOX.model.>',
    '_INBOX.workstation.>',
  ],
  subscribe: [
    'sb.agent.*.hello',
    'sb.agent.*.hb',
    'sb.progress.*.*',
    'sb.inbound.*.* gateway',
    'sb.content.* gateway',
    'sb.memory.* gateway',
    'sb.models',
    'sb.budget.reserve gateway',
    'sb.budget.settle gateway',
    'sb.event.*.*',
    'sb.audit.*.*',
    '_INBOX.gw.>',
  ],
};
const router = {
  name: 'router',
  account: 'SB',
  publish: ['sb.model.router', 'sb.model.router.drop', 'sb.audit.router.*', '_INBOX.gw.router.>'],
  subscribe: ['sb.route router', 'sb.catalogue.*', '_INBOX.router.>'],
};
const model = {
  name: 'model',
  account: 'SB',
  publish: [
    'sb.models',
    'sb.budget.reserve',
    'sb.budget.settle',
    'sb.audit.model.*',
    '_INBOX.router.>',
    '_INBOX.workstation.>',
  ],
  subscribe: ['sb.who', 'sb.model.* model', 'sb.model.*.drop', '_INBOX.model.>'],
};
const workstation = {
  name: 'workstation',
  account: 'SB',
  publish: [
    'sb.agent.workstation.whoami',
    'sb.agent.workstation.hello',
    'sb.agent.workstation.hb',
    'sb.progress.workstation.*',
    'sb.inbound.workstation.*',
    'sb.content.workstation',
    'sb.memory.workstation',
    'sb.model.workstation',
    'sb.model.workstation.drop',
    'sb.audit.workstation.*',
    '_INBOX.gw.workstation.>',
    '_INBOX.workstation.>',
  ],
  subscribe: [
    'sb.skill.workstation.*',
    'sb.agent.workstation.next',
    'sb.agent.workstation.drop',
    'sb.agent.workstation.status',
    'sb.agent.workstation.reconcile',
    'sb.agent.workstation.cancel',
    'sb.agent.workstation.describe',
    'sb.agent.workstation.artifact',
    'sb.agent.workstation.whoami',
    'sb.who',
    '_INBOX.workstation.>',
  ],
};
const provisioner = {
  name: 'provisioner',
  account: 'SB',
  publish: [
    '$JS.API.INFO',
    '$JS.API.STREAM.CREATE.*',
    '$JS.API.STREAM.UPDATE.*',
    '$JS.API.STREAM.INFO.*',
    '$JS.API.STREAM.NAMES',
  ],
  subscribe: ['_INBOX.provisioner.>'],
};
const witness = {
  name: 'witness',
  account: 'OPS',
  publish: ['sb.kept.STREAM.INFO.SB_EVENTS', 'sb.kept.STREAM.MSG.GET.SB_EVENTS', 'sb.kept.STREAM.MSG.GET.SB_AUDIT'],
  subscribe: ['_INBOX.witness.>'],
};
const operator = {
  name: 'operator',
  account: 'OPS',
  publish: [],
  subscribe: ['sb.agent.*.hello', 'sb.agent.*.hb', 'sb.models', 'sb.event.>', 'sb.audit.>'],
};

test('the users of a deployment with a workstation', () => {
  expect(brokerUsers(['workstation'])).toEqual([gateway, router, model, workstation, provisioner, witness, operator]);
});

test('an agent has nothing of another agent', () => {
  const [, , , first, second] = brokerUsers(['first', 'second']);
  const own = [...(second?.publish ?? []), ...(second?.subscribe ?? [])];
  expect(own.length).toBeGreaterThan(0);
  expect(own.filter((subject) => subject.includes('first'))).toEqual([]);
  const shared = (first?.publish ?? []).filter((subject) => second?.publish.includes(subject));
  expect(shared).toEqual([]);
});

test('only the gateway and the provisioner reach JetStream, and none of them a wildcard over all of it', () => {
  const users = brokerUsers(['workstation']);
  const reaching = users.filter(({ publish }) => publish.some((subject) => subject.startsWith('$JS')));
  expect(reaching.map(({ name }) => name)).toEqual(['gateway', 'provisioner']);
  expect(
    users.flatMap(({ publish }) => publish).filter((subject) => subject === '>' || /^\$JS.*>/.test(subject)),
  ).toEqual([]);
});

test('an agent whose name is not a plain token gets no user', () => {
  expect(() => brokerUsers(['*'])).toThrow(TypeError);
  expect(() => brokerUsers(['a.b'])).toThrow(TypeError);
  expect(() => brokerUsers(['>'])).toThrow(TypeError);
});

test('what an operator types', () => {
  expect(operatorFilter('event')).toBe('sb.event.>');
  expect(operatorFilter('hello')).toBe('sb.agent.*.hello');
  expect(operatorSubjects).toEqual(operator.subscribe);
  expect(replyInbox('router')).toBe('_INBOX.gw.router');
});
