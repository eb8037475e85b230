// The subject map, pinned: who says what, who hears it, how it is kept; and the builders that no token slips through.
import { expect, test } from 'vitest';
import { parseSubject, type SubjectFact, streams, subject, subjectFilter, subjects } from '../src/index.ts';

// Literals on purpose: a change of the map must be made here too, by somebody who means it.
const pinned = {
  route: ['sb.route', 'request', 'gateway', 'router', 'queue router'],
  catalogue: ['sb.catalogue.{agent}', 'publish', 'gateway', 'router', ''],
  invoke: ['sb.skill.{agent}.{skill}', 'request', 'gateway', 'agent', ''],
  next: ['sb.agent.{agent}.next', 'request', 'gateway', 'agent', ''],
  drop: ['sb.agent.{agent}.drop', 'publish', 'gateway', 'agent', ''],
  status: ['sb.agent.{agent}.status', 'request', 'gateway', 'agent', ''],
  reconcile: ['sb.agent.{agent}.reconcile', 'request', 'gateway', 'agent', ''],
  cancel: ['sb.agent.{agent}.cancel', 'request', 'gateway', 'agent', ''],
  describe: ['sb.agent.{agent}.describe', 'request', 'gateway', 'agent', ''],
  artifact: ['sb.agent.{agent}.artifact', 'request', 'gateway', 'agent', ''],
  whoami: ['sb.agent.{agent}.whoami', 'request', 'agent', 'agent', ''],
  who: ['sb.who', 'publish', 'gateway', 'model agent', ''],
  hello: ['sb.agent.{agent}.hello', 'publish', 'agent', 'gateway operator', ''],
  heartbeat: ['sb.agent.{agent}.hb', 'publish', 'agent', 'gateway operator', ''],
  progress: ['sb.progress.{agent}.{turn}', 'publish', 'agent', 'gateway', ''],
  inbound: ['sb.inbound.{agent}.{channel}', 'request', 'agent', 'gateway', 'queue gateway'],
  content: ['sb.content.{agent}', 'request', 'agent', 'gateway', 'queue gateway'],
  memory: ['sb.memory.{agent}', 'request', 'agent', 'gateway', 'queue gateway'],
  model: ['sb.model.{service}', 'request', 'router agent', 'model', 'queue model'],
  modelDrop: ['sb.model.{service}.drop', 'publish', 'router agent', 'model', ''],
  modelHere: ['sb.models', 'publish', 'model', 'gateway operator', ''],
  reserve: ['sb.budget.reserve', 'request', 'model', 'gateway', 'queue gateway'],
  settle: ['sb.budget.settle', 'request', 'model', 'gateway', 'queue gateway'],
  event: ['sb.event.{session}.{type}', 'stream', 'gateway', 'gateway operator', 'stream SB_EVENTS'],
  audit: ['sb.audit.{service}.{kind}', 'stream', 'gateway router model agent', 'gateway operator', 'stream SB_AUDIT'],
};

test('subjects: pattern, kind, who says it, who hears it', () => {
  const facts: [string, SubjectFact][] = Object.entries(subjects);
  const found = facts.map(([name, { pattern, kind, saidBy, heardBy, queue, stream }]) => {
    const kept = [
      ...(queue === undefined ? [] : [`queue ${queue}`]),
      ...(stream === undefined ? [] : [`stream ${stream}`]),
    ];
    return [name, [pattern, kind, saidBy.join(' '), heardBy.join(' '), kept.join(' ')]];
  });
  expect(Object.fromEntries(found)).toEqual(pinned);
});

test('a request is answered, and nothing else is', () => {
  for (const fact of Object.values(subjects) as SubjectFact[]) {
    expect([fact.pattern, fact.reply !== undefined]).toEqual([fact.pattern, fact.kind === 'request']);
    expect([fact.pattern, fact.stream !== undefined]).toEqual([fact.pattern, fact.kind === 'stream']);
  }
});

test('streams: what they hold, how long and how much', () => {
  expect(streams).toEqual({
    SB_EVENTS: {
      subjects: ['sb.event.*.*'],
      maxAgeDays: 30,
      bytesMax: 1_073_741_824,
      messageBytesMax: 327_680,
      duplicateWindowMinutes: 10,
      noAck: false,
    },
    SB_AUDIT: {
      subjects: ['sb.audit.*.*'],
      maxAgeDays: 90,
      bytesMax: 1_073_741_824,
      messageBytesMax: 65_536,
      duplicateWindowMinutes: 2,
      noAck: true,
    },
  });
});

test('a concrete subject is the pattern with its parameters', () => {
  expect(subject('invoke', { agent: 'workstation', skill: 'read-file' })).toBe('sb.skill.workstation.read-file');
  expect(subject('route', {})).toBe('sb.route');
  expect(subject('status', { agent: 'a'.repeat(63) })).toBe(`sb.agent.${'a'.repeat(63)}.status`);
});

test.each(['', '*', '>', 'a.b', '.', 'a b', 'a\r\n', 'ä', '$JS', '{agent}', 'a'.repeat(64)])(
  'a parameter that is not one plain token is refused: %j',
  (agent) => {
    expect(() => subject('status', { agent })).toThrow(TypeError);
    expect(() => subjectFilter('status', { agent })).toThrow(TypeError);
  },
);

test('a parameter that is not there is refused, and its type says so', () => {
  // @ts-expect-error: skill is missing
  expect(() => subject('invoke', { agent: 'workstation' })).toThrow(TypeError);
  // @ts-expect-error: there is no parameter of that name
  expect(() => subject('status', { agnet: 'workstation' })).toThrow(TypeError);
  // @ts-expect-error: there is no subject of that name
  expect(() => subject('statu', { agent: 'workstation' })).toThrow(TypeError);
});

test('a filter leaves open what it is not given', () => {
  expect(subjectFilter('invoke')).toBe('sb.skill.*.*');
  expect(subjectFilter('invoke', { agent: 'workstation' })).toBe('sb.skill.workstation.*');
  expect(subjectFilter('route')).toBe('sb.route');
});

test('a subject is read back as it was built', () => {
  const parameters = { agent: 'workstation', turn: '0198c0de-0000-7000-8000-000000000000' };
  expect(parseSubject('progress', subject('progress', parameters))).toEqual(parameters);
  expect(parseSubject('route', 'sb.route')).toEqual({});
});

test.each([
  '',
  'sb.agent',
  'sb.agent.a',
  'sb.agent.a.status.b',
  'sb.agent.a.cancel',
  'xx.agent.a.status',
  'SB.agent.a.status',
])('a subject of another name is not read: %j', (concrete) => {
  expect(parseSubject('status', concrete)).toBeUndefined();
});
