// An agent asked what now: each kind of answer, and everything that a model can get wrong.
import { createSigner, createSigningKeys } from '@switchboard/bus';
import { type Skill, SwitchboardError } from '@switchboard/contract';
import { workstationSkills } from '@switchboard/skills/workstation';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentName } from './invocations.ts';
import { calls, type NextBench, nextBench, offered, question, result, says, usage } from './next-bench.ts';

let bench: NextBench;
beforeAll(async () => {
  bench = await nextBench();
});
afterAll(() => bench.stop());

const skillNamed = (name: string): Skill => {
  const skill = workstationSkills.find(({ contract }) => contract.name === name);
  if (skill === undefined) throw new Error(name);
  return skill;
};
const skills = ['read-file', 'write-file', 'save-file', 'share-file'].map((name) => offered(skillNamed(name)));
const roles = [{ agent: 'messenger', description: 'Mail and chat.' }];
const able = { skills, roles };

test('text is the end, and what it cost is told', async () => {
  bench.script(says('Hello!'));
  const asked = question('hi');
  expect(await bench.ask(asked)).toEqual({ v: 1, id: asked.id, kind: 'say', text: 'Hello!', usage });
  expect(bench.asked).toHaveLength(1);
  expect(bench.asked[0]).toMatchObject({ id: `${asked.turn}-1-1`, purpose: 'decide', tools: [], stream: true });
});

test.each([
  [
    'a call',
    calls('read-file', { path: 'a.txt' }),
    { kind: 'call', agent: agentName, skill: 'read-file', input: { path: 'a.txt' } },
  ],
  ['a question to the person', calls('ask-person', { text: 'Which one?' }), { kind: 'ask', text: 'Which one?' }],
  [
    'a question to a role',
    calls('ask-role', { role: 'messenger', question: 'Is it urgent?' }),
    { kind: 'consult', agent: 'messenger', question: 'Is it urgent?' },
  ],
  ['an answer', says('It says hello.'), { kind: 'say', text: 'It says hello.' }],
])('answers with %s', async (_, answer, expected) => {
  bench.script(answer);
  expect(await bench.ask(question('look at a.txt', able))).toMatchObject(expected);
  expect(bench.asked).toHaveLength(1);
});

const bad = {
  'an unknown tool': [calls('launch-rocket', {}), 'there is no tool launch-rocket'],
  'invalid arguments': [calls('read-file', { pth: 1 }), "must have required property 'path'"],
  'an argument too many': [calls('read-file', { path: 'a', all: true }), 'additional properties (all)'],
  'invalid JSON': [calls('read-file', '{"path": "a.t'), 'the arguments must be one JSON object'],
  'a list for arguments': [calls('read-file', '["a.txt"]'), 'the arguments must be one JSON object'],
  'arguments too deep': [calls('read-file', `{"path":${'['.repeat(99)}${']'.repeat(99)}}`), '64 levels deep'],
  'a NUL in the arguments': [calls('read-file', { path: 'a\u0000' }), 'neither NUL'],
  'an unknown role': [calls('ask-role', { role: 'nobody', question: 'x' }), 'one of the allowed values'],
  'an empty question': [calls('ask-person', { text: '' }), 'fewer than 1 characters'],
  'an empty answer': [says(' \n'), 'it is empty'],
  'a call written as text': [says('{"name":"read-file","arguments":{"path":"a.txt"}}'), 'written as text'],
  'a call in a fence': [says('```json\n{"function":{"name":"read-file"}}\n```'), 'written as text'],
  'a reference in the depth': [
    calls('save-file', { path: 'b', content: { id: { $from: { step: 1, field: 'file' } } } }),
    'must be the whole value of a field',
  ],
  garbage: [says('\u0000\u0001'), 'it is empty'],
  'another language': [says('这是一个与问题完全不同的语言的回答，请注意'), 'another language'],
  'a cut answer': [() => ({ text: 'It is', stop: 'length' as const }), 'too long, and cut off'],
  'a cut call': [
    () => ({ stop: 'length' as const, call: { tool: 'read-file', arguments: '{"pa' } }),
    'too long, and cut off',
  ],
} as const;

test.each(Object.entries(bad))('%s is mended in one round', async (_, [answer, problem]) => {
  bench.script(answer, calls('read-file', { path: 'a.txt' }));
  const asked = question('look at a.txt', able);
  const reply = await bench.ask(asked);
  expect(reply).toMatchObject({
    kind: 'call',
    skill: 'read-file',
    usage: { calls: 2, promptTokens: 600, costMicros: 10 },
  });
  const [first, second] = bench.asked;
  expect(second?.id).toBe(`${asked.turn}-1-2`);
  expect(second?.messages.slice(0, -2)).toEqual(first?.messages);
  expect(second?.system).toBe(first?.system);
  expect(JSON.stringify(second?.messages.at(-1))).toContain(JSON.stringify(problem).slice(1, -1));
});

test.each(Object.entries(bad))('%s twice is no answer, and what was wrong is said', async (_, [answer, problem]) => {
  bench.script(answer, answer);
  const refused = bench.ask(question('look at a.txt', able));
  await expect(refused).rejects.toMatchObject({
    kind: 'refused',
    info: { code: 'model-failed', message: expect.stringContaining(problem) },
  });
  expect(bench.asked).toHaveLength(2);
});

test('what was wrong is said as the result of the call, where there was one that can be told', async () => {
  bench.script(calls('read-file', { pth: 1 }), says('Sorry.'));
  await bench.ask(question('look at a.txt', able));
  expect(bench.asked[1]?.messages.slice(-2)).toEqual([
    { role: 'assistant', text: '', call: { id: 'mend', tool: 'read-file', input: { pth: 1 } } },
    { role: 'tool', id: 'mend', text: expect.stringMatching(/^Not done\. It cannot be used: calling read-file: .*\./) },
  ]);
  bench.script(calls('launch-rocket', {}), says('Sorry.'));
  await bench.ask(question('look at a.txt', able));
  expect(bench.asked[1]?.messages.slice(-2)).toEqual([
    { role: 'assistant', text: 'launch-rocket {}' },
    { role: 'user', text: 'Your answer cannot be used: there is no tool launch-rocket. Answer again.' },
  ]);
});

test('what a model wrote is never said at length', async () => {
  const raw = `x${'y'.repeat(150)}`;
  bench.script(calls(raw, {}), calls('read-file', { path: 'a', [raw.repeat(50)]: 1 }));
  const error = await bench.ask(question('look at a.txt', able)).catch((thrown) => thrown);
  expect(error.info.code).toBe('model-failed');
  expect(error.info.message.length).toBeLessThan(700);
});

test('a model that will not answer has failed', async () => {
  bench.script(() => ({ text: 'No.', stop: 'refused' }));
  await expect(bench.ask(question('hi'))).rejects.toMatchObject({ info: { code: 'model-failed' } });
});

test.each([
  ['the language is named', 'say hello in Chinese', {}],
  [
    'the person wrote so before',
    'again',
    { messages: [{ role: 'person', text: '请用这种语言回答', trust: 'trusted' }] },
  ],
] as const)('another script is right where %s', async (_, goal, context) => {
  bench.script(says('你好你好你好你好你好你好你好'));
  const asked = question(goal, { context: { facts: [], messages: [], ...structuredClone(context) } as never });
  expect(await bench.ask(asked)).toMatchObject({ kind: 'say' });
});

const read = result(1, 'share-file', '{"file":{"id":"…"}}', { input: { path: 'a.png' } });

test.each([
  ['as an object', { $from: { step: 1, field: 'file' } }],
  ['as text', JSON.stringify({ $from: { step: 1, field: 'file' } })],
])('a reference to what an earlier step gave may stand for a value: %s', async (_, content) => {
  const [give] = skills.filter(({ skill }) => skill === 'share-file');
  const field = give?.gives[0] ?? '';
  bench.script(
    calls('save-file', { content: JSON.parse(JSON.stringify(content).replaceAll('file', field)), path: 'b' }),
  );
  expect(await bench.ask(question('save it as b', { ...able, observations: [read] }))).toMatchObject({
    kind: 'call',
    skill: 'save-file',
    input: { content: { $from: { step: 1, field } }, path: 'b' },
  });
});

test.each([
  ['a step that was not', { step: 2, field: 'file' }],
  ['a field that it does not give', { step: 1, field: 'secret' }],
])('a reference to %s is none', async (_, $from) => {
  const answer = calls('save-file', { content: { $from }, path: 'b' });
  bench.script(answer, answer);
  await expect(bench.ask(question('save it', { ...able, observations: [read] }))).rejects.toMatchObject({
    info: { code: 'model-failed', message: expect.stringContaining(`there is no the ${$from.field} from step`) },
  });
});

test('marks that a model copies are left out of what it says and does', async () => {
  const marked = (text: string) => (request: { messages: unknown[] }) => {
    const [, secret = ''] = /<<([0-9a-f]{16})/.exec(JSON.stringify(request.messages)) ?? [];
    return `<<${secret}\n${text}\n${secret}>>`;
  };
  const observations = [result(1, 'read-file', 'hello', { trust: 'untrusted' })];
  const asked = question('what does it say? write it to b', { ...able, observations });
  bench.script((request) => ({ text: marked('hello')(request) }));
  expect(await bench.ask(asked)).toMatchObject({ kind: 'say', text: 'hello' });
  bench.script((request, say) => calls('write-file', { path: 'b', text: marked('hello')(request) })(request, say));
  expect(await bench.ask(asked)).toMatchObject({ kind: 'call', input: { text: '\nhello\n' } });
});

test('an answer may be JSON, and speak of tools', async () => {
  for (const text of ['{"name":"Anna"}', 'Use read-file: {"name":"read-file"}', '{"name": read-file']) {
    bench.script(says(text));
    expect(await bench.ask(question('who?', able))).toMatchObject({ kind: 'say', text });
  }
});

test('a step that failed gives nothing', async () => {
  const answer = calls('write-file', { text: { $from: { step: 1, field: 'text' } }, path: 'b' });
  bench.script(answer, answer);
  const observations = [result(1, 'read-file', 'not there', { state: 'failed' })];
  await expect(bench.ask(question('copy it', { ...able, observations }))).rejects.toMatchObject({
    info: { code: 'model-failed' },
  });
});

test('where no steps are left there are no tools, and it has to end', async () => {
  bench.script(calls('read-file', { path: 'a' }), says('I read one of two.'));
  const observations = [result(1, 'read-file', 'hello')];
  const reply = await bench.ask(question('read a and b', { ...able, observations, stepsLeft: 0 }));
  expect(reply).toMatchObject({ kind: 'say', text: 'I read one of two.' });
  for (const request of bench.asked) {
    expect(request.tools).toEqual([]);
    expect(request.system).toContain('No more steps can be done');
    // Without tools some providers take no calls either, not even those that were.
    expect(request.messages.filter((message) => message.role === 'tool' || 'call' in message)).toEqual([]);
  }
  expect(bench.asked[0]?.messages.at(-1)).toMatchObject({ role: 'user', text: expect.stringContaining('hello') });
});

test('a judgement is in words', async () => {
  bench.script(says('I would wait.'));
  const asked = question('Should it be sent?', { ...able, purpose: 'judge' });
  expect(await bench.ask(asked)).toMatchObject({ kind: 'say', text: 'I would wait.' });
  expect(bench.asked[0]).toMatchObject({ id: `${asked.turn}-1-101`, purpose: 'judge', tools: [], stream: false });
});

test('a summary is short', async () => {
  bench.script(says('One sentence. '.repeat(500)));
  const messages = [{ role: 'person' as const, text: 'Call Anna.', trust: 'trusted' as const }];
  const context = { facts: [], messages, summary: { text: 'Bob is ill.', trust: 'trusted' as const } };
  const reply = await bench.ask(question('-', { purpose: 'summarize', context }));
  expect(reply).toMatchObject({ kind: 'say', text: expect.stringMatching(/^(One sentence\. ?)+$/) });
  expect('text' in reply && reply.text.length).toBeLessThanOrEqual(1_500);
  expect(bench.asked[0]?.messages).toEqual([
    { role: 'user', text: expect.stringMatching(/Bob is ill[\s\S]*person: Call Anna/) },
  ]);
});

test('what nobody signed is not answered', async () => {
  bench.script(says('Hello!'));
  const stranger = createSigner(createSigningKeys().privateKey);
  await expect(bench.ask(question('hi'), stranger)).rejects.toMatchObject({ info: { code: 'unauthenticated' } });
  expect(bench.asked).toEqual([]);
});

test.each([
  ['for another agent', { agent: 'other' }, 'invalid-request'],
  ['about another turn', { id: question('x').id }, 'invalid-request'],
  ['too late', { deadline: new Date(0).toISOString() }, 'deadline-exceeded'],
])('what is %s is not answered', async (_, more, code) => {
  bench.script(says('Hello!'));
  await expect(bench.ask(question('hi', more))).rejects.toMatchObject({ info: { code } });
  expect(bench.asked).toEqual([]);
});

test('what the model service refuses with comes through', async () => {
  bench.script(() => {
    throw new SwitchboardError('budget-exceeded', 'All of today is spent');
  });
  await expect(bench.ask(question('hi'))).rejects.toMatchObject({
    info: { code: 'budget-exceeded', message: expect.stringContaining('All of today is spent') },
  });
});

test('the same question asked again while it is under way is answered with it', async () => {
  const gate = Promise.withResolvers<void>();
  bench.script(async () => {
    await gate.promise;
    return { text: 'Hello!' };
  });
  const asked = question('hi');
  const again = { ...asked, id: asked.id.replace(/1$/, '2') };
  const first = bench.ask(asked);
  await waitUntil('the model is asked', () => bench.asked.length > 0);
  const others = [bench.ask(asked), bench.ask(again)];
  // The agent takes messages in their order: once it answers this one it has the two before.
  await expect(bench.ask(question('x', { agent: 'other' }))).rejects.toMatchObject({ kind: 'refused' });
  gate.resolve();
  const replies = await Promise.all([first, ...others]);
  expect(replies.map(({ id }) => id)).toEqual([asked.id, asked.id, again.id]);
  expect(bench.asked).toHaveLength(1);
});

test('more than so many at a time are too many', async () => {
  const gate = Promise.withResolvers<void>();
  const held = async () => {
    await gate.promise;
    return { text: 'Hello!' };
  };
  bench.script(held, held, held, held);
  const four = [1, 2, 3, 4].map(() => bench.ask(question('hi')));
  await waitUntil('four are under way', () => bench.asked.length === 4);
  await expect(bench.ask(question('hi'))).rejects.toMatchObject({ info: { code: 'overloaded' } });
  gate.resolve();
  await Promise.all(four);
});
