// An agent process on a real broker: what it says of itself, whom it obeys, and how it ends.
import { BusError, connectBus, createSigner, createSigningKeys } from '@switchboard/bus';
import { describeContract, type Heartbeat, type Hello, hashJson, inlineBytesMax, sha256 } from '@switchboard/contract';
import { isAlive, waitUntil } from '@switchboard/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { agentName, invocation } from './invocations.ts';
import { type AgentBench, type AgentProcess, agentBench } from './start-agent.ts';
import { processSkills, worldAt } from './test-skills.ts';

const skills = new Map(processSkills(worldAt('')).map((skill) => [skill.contract.name, skill]));
const skill = (name: string) => {
  const found = skills.get(name);
  if (found === undefined) throw new Error(name);
  return found;
};

let bench: AgentBench;
let agent: AgentProcess;
const hellos: Hello[] = [];
const beats: Heartbeat[] = [];
const progress: string[] = [];

beforeAll(async () => {
  bench = await agentBench();
  bench.gateway.listen('hello', ({ message }) => hellos.push(message));
  bench.gateway.listen('heartbeat', ({ message }) => beats.push(message));
  bench.gateway.listen('progress', ({ message }) => progress.push(message.text));
  await bench.gateway.flush();
  agent = await bench.start();
});
afterAll(() => bench.stop());
afterEach(() => {
  expect(agent.log()).not.toContain('does not let this agent');
});

const revision = hashJson([...skills.values()].map(({ contract }) => describeContract(contract).contractHash).sort());

describe('presence', () => {
  it('says hello with its full contracts, and what it cannot offer', async () => {
    const hello = await waitUntil('a hello', () => hellos[0]);
    expect(hello).toMatchObject({ type: 'io.nats.micro.v1.info_response', name: agentName, concurrency: 4, revision });
    expect(hello.skills.map(({ name }) => name)).toEqual([
      'safe',
      'idempotent',
      'reconcilable',
      'once',
      'wait',
      'store',
      'not-here',
    ]);
    expect(hello.endpoints).toHaveLength(6);
    expect(hello.unavailable).toEqual([{ skill: 'not-here', why: 'it is only a test' }]);
    expect(hello.endpoints[0]).toMatchObject({ name: 'safe', subject: 'sb.skill.tester.safe' });
    expect(hello.skills[3]).toEqual(describeContract(skill('once').contract));
  });

  it('says hello again when somebody asks who is here', async () => {
    const before = hellos.length;
    bench.gateway.publish('who', {}, { v: 1 });
    await waitUntil('another hello', () => hellos.length > before);
    expect(hellos.at(-1)).toEqual(hellos[0]);
  });

  it('its heart beats every two seconds', async () => {
    const before = beats.length;
    await waitUntil('two heartbeats', () => beats.length >= before + 2);
    const common = { name: agentName, id: hellos[0]?.id, revision, running: 0, intervalMs: 2_000, draining: false };
    expect(beats.at(-1)).toMatchObject(common);
  });

  it('comes back when the broker does, with a hello', async () => {
    const before = hellos.length;
    await bench.nats.kill9();
    await bench.nats.restart();
    await waitUntil('a hello after the restart', () => hellos.length > before);
    expect((await bench.invoke(invocation(skill('once'), 'after restart'))).state).toBe('done');
  });
});

describe('work', () => {
  it('runs what the gateway signs, and tells how it goes', async () => {
    const message = invocation(skill('store'), 'x');
    const reply = await bench.invoke(message);
    expect(reply).toMatchObject({ state: 'done', artifacts: [{ name: 'large.txt', bytes: 500_000 }] });
    expect(progress).toContain('storing');
  });

  it('serves an artifact in pieces', async () => {
    const reply = await bench.invoke(invocation(skill('store'), 'y'));
    if (reply.state !== 'done') throw new Error(reply.state);
    const [artifact] = reply.artifacts;
    if (artifact === undefined) throw new Error('no artifact');
    const pieces: Buffer[] = [];
    for (let offset = 0; offset <= artifact.bytes; offset += inlineBytesMax) {
      const request = { v: 1 as const, id: artifact.id, offset };
      const piece = await bench.gateway.request('artifact', { agent: agentName }, request, {
        timeoutMs: 2_000,
        replier: agentName,
      });
      pieces.push(Buffer.from(piece.data, 'base64'));
    }
    expect(sha256(Buffer.concat(pieces))).toBe(artifact.sha256);
  });

  it('cancels in a second', async () => {
    const message = invocation(skill('wait'), 'cancel me');
    const reply = bench.invoke(message);
    await waitUntil('it runs', () => bench.world.lines().includes('begun cancel me'));
    expect(await bench.status(message)).toMatchObject({ state: 'running' });
    expect(await bench.cancel(message)).toMatchObject({ ended: true });
    expect(await reply).toMatchObject({ state: 'failed', error: { code: 'canceled' } });
  });
});

describe('S6: attacks', () => {
  const refused = async (send: () => Promise<unknown>, code: string): Promise<void> => {
    const error = await send().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BusError);
    expect(error).toMatchObject({ kind: 'refused', info: { code } });
  };
  const stranger = createSigner(createSigningKeys().privateKey);
  const direct = (name: string, message: object, signer?: (bytes: Uint8Array) => string): Promise<unknown> =>
    bench.gateway.request('invoke', { agent: agentName, skill: name }, message as never, {
      timeoutMs: 2_000,
      replier: agentName,
      ...(signer === undefined ? {} : { signer }),
    });

  it('nothing of what follows reaches a handler, and the operators learn of it', async () => {
    const heard: unknown[] = [];
    const operator = await connectBus({
      url: bench.nats.url,
      user: 'operator',
      seed: bench.nats.identities['operator'] ?? '',
    });
    operator.listen('audit', ({ message }) => heard.push(message.data['code']));
    await operator.flush();
    const before = bench.world.lines();
    const message = invocation(skill('once'), 'attack');
    const { signer } = bench;

    await refused(() => direct('once', message), 'unauthenticated');
    await refused(() => direct('once', message, stranger), 'unauthenticated');
    await refused(() => direct('once', message, () => signer(Buffer.from('other bytes'))), 'unauthenticated');
    await refused(() => direct('once', message, () => 'not base64 ***'), 'unauthenticated');
    const elsewhere = { ...message, agent: 'other' };
    await refused(() => direct('once', elsewhere, signer), 'invalid-request');
    await refused(() => direct('idempotent', message, signer), 'invalid-request');
    await refused(() => direct('once', { ...message, input: { text: 'changed' } }, signer), 'invalid-request');
    await refused(() => direct('once', { ...message, v: 2 }, signer), 'contract-mismatch');
    await refused(() => direct('once', { ...message, more: true }, signer), 'contract-mismatch');
    await refused(() => direct('once', { ...message, reconcile: true }, signer), 'contract-mismatch');
    const expired = invocation(skill('once'), 'attack', { deadline: new Date(Date.now() - 1).toISOString() });
    expect(await bench.invoke(expired)).toMatchObject({ state: 'refused', error: { code: 'deadline-exceeded' } });
    const unavailable = invocation(skill('not-here'), 'attack');
    expect(await bench.invoke(unavailable)).toMatchObject({ error: { code: 'contract-mismatch' } });

    const expected = [
      ...Array(4).fill('unauthenticated'),
      ...Array(3).fill('invalid-request'),
      ...Array(3).fill('contract-mismatch'),
      'deadline-exceeded',
      'contract-mismatch',
    ];
    await waitUntil('the audit', () => heard.length >= expected.length);
    expect(heard).toEqual(expected);
    expect(bench.world.lines()).toEqual(before);
    expect((await bench.invoke(message)).state, 'the honest one still runs').toBe('done');
    await operator.close();
  });

  it('an answer that is sent again does not run again', async () => {
    const message = invocation(skill('once'), 'replayed');
    const replies = [await bench.invoke(message), await bench.invoke(message)];
    expect(replies[1]).toEqual(replies[0]);
    expect(bench.world.lines().filter((line) => line === 'replayed')).toHaveLength(1);
  });

  it('a reconcile that nobody signed is not looked into', async () => {
    const message = { ...invocation(skill('reconcilable'), 'x'), reconcile: true as const };
    const timing = { timeoutMs: 2_000, replier: agentName };
    const request = () => bench.gateway.request('reconcile', { agent: agentName }, message, timing);
    await refused(request, 'unauthenticated');
  });
});

describe('F23: a second instance', () => {
  it('on the same folder ends with one line', async () => {
    const second = await bench.start();
    expect(await second.gone).toBe(1);
    expect(second.log().trim().split('\n')).toHaveLength(1);
    expect(second.log()).toContain('another process works in');
  });

  it('on a folder of its own too: the first one answers for itself', async () => {
    const second = await bench.start({ DATA_DIR: `${bench.folder.path}/elsewhere` });
    expect(await second.gone).toBe(1);
    expect(second.log()).toContain(`another instance of ${agentName} is alive: ${hellos[0]?.id}`);
    expect(isAlive(agent.child.pid ?? 0)).toBe(true);
  });

  it('when several start at the same moment, exactly one stays', async () => {
    agent.child.kill('SIGKILL');
    await agent.gone;
    const rivals = await Promise.all(
      [1, 2, 3].map((number) => bench.start({ DATA_DIR: `${bench.folder.path}/rival-${number}` })),
    );
    const left = rivals.filter(({ child }) => child.exitCode === null);
    expect(left).toHaveLength(1);
    left[0]?.child.kill('SIGKILL');
    await left[0]?.gone;
  });

  it('the lock is free as soon as the process is dead, whatever it has started', async () => {
    agent = await bench.start();
    const message = invocation(skill('wait'), 'lock');
    bench.invoke(message).catch(() => 'lost with the agent');
    await waitUntil('it runs', () => bench.world.lines().includes('begun lock'));
    agent.child.kill('SIGKILL');
    await agent.gone;
    agent = await bench.start();
    expect(await bench.status(message)).toMatchObject({ state: 'interrupted' });
  });
});

describe('F06: a process that is stopped', () => {
  it('runs what came meanwhile when it wakes in time, and refuses it when it wakes too late', async () => {
    agent.child.kill('SIGSTOP');
    const inTime = invocation(skill('once'), 'in time');
    const tooLate = invocation(skill('once'), 'too late', { deadline: new Date(Date.now() + 500).toISOString() });
    const replies = Promise.all([bench.invoke(inTime), bench.invoke(tooLate)]);
    await waitUntil('its deadline', () => Date.now() > Date.parse(tooLate.deadline));
    agent.child.kill('SIGCONT');
    const refusal = { state: 'refused', error: { code: 'deadline-exceeded' } };
    expect(await replies).toMatchObject([{ state: 'done' }, refusal]);
    expect(bench.world.lines()).toContain('in time');
    expect(bench.world.lines()).not.toContain('too late');
  });
});

describe('R10: drain', () => {
  it('finishes what runs, says that it goes, and leaves the ledger whole', async () => {
    const message = invocation(skill('wait'), 'drain');
    const reply = bench.invoke(message);
    await waitUntil('it runs', () => bench.world.lines().includes('begun drain'));
    agent.child.kill('SIGTERM');
    await waitUntil('it says so', () => beats.at(-1)?.draining);
    await expect(bench.invoke(invocation(skill('once'), 'no more'))).rejects.toMatchObject({ kind: 'no-responders' });
    expect(await bench.cancel(message), 'it still hears what it must').toMatchObject({ ended: true });
    expect(await reply).toMatchObject({ state: 'failed', error: { code: 'canceled' } });
    expect(await agent.gone).toBe(0);
    expect(beats.at(-1)).toMatchObject({ draining: true, running: 0 });
    agent = await bench.start();
    expect(agent.log()).not.toContain('damaged');
    expect(await bench.status(message)).toMatchObject({ state: 'failed' });
  });
});
