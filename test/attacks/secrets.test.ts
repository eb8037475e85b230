// S18: a secret is in its own file and in the memory of who needs it; in no log, event, row, artifact, error or process list.
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Turn, turnSchema } from '@switchboard/contract';
import { tempFolder, waitUntil } from '@switchboard/testkit';
import { processesBeneath, type System, startSystem } from '@switchboard/testkit/start-system';
import { expect, onTestFinished, test } from 'vitest';
import { talkTo } from '../system/talk.ts';

const canary = (): string => `canary-${randomBytes(12).toString('hex')}`;

function filesBeneath(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What opens something, by the file that it lies in; a key of several lines by its longest. */
function secretsOf(home: string): { file: string; value: string }[] {
  const others = ['admin.key', 'postgres/superuser.password'].map((name) => join(home, name));
  const files = [...filesBeneath(join(home, 'secrets')), ...others];
  return files
    .filter((file) => !/\.(pub|suffix)$/.test(file))
    .map((file) => {
      const lines = readFileSync(file, 'utf8').split('\n');
      return { file, value: lines.reduce((longest, line) => (line.length > longest.length ? line : longest), '') };
    });
}

/** For each of the texts the files beneath the home that hold it, as they are on the disk. */
function searchFor(texts: readonly string[], home: string): (text: string) => string[] {
  const found = new Map(texts.map((text) => [text, [] as string[]]));
  for (const file of filesBeneath(home)) {
    const bytes = readFileSync(file);
    for (const [text, files] of found) if (bytes.includes(text)) files.push(relative(home, file));
  }
  return (text) => found.get(text) ?? [];
}

/** Everything that was answered, errors included, and what all processes show of themselves. */
interface Seen {
  readonly answers: string[];
  readonly processes: string[];
}

function lookAtProcesses(system: System): string[] {
  return processesBeneath(system.pid)
    .filter(({ command }) => !command.includes('scripts/start.ts'))
    .flatMap(({ pid }) => {
      const read = (name: string): string => {
        const path = `/proc/${pid}/${name}`;
        return existsSync(path) ? readFileSync(path, 'latin1') : '';
      };
      return [read('cmdline'), read('environ')];
    });
}

async function invoke(system: System, skill: string, input: Record<string, unknown>): Promise<Turn> {
  const waiting = { prefer: 'wait=30' };
  const call = async (path: string, body: object, headers: Record<string, string>): Promise<Turn> => {
    const response = await system.call('POST', path, body, headers);
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status}: ${text}`);
    return turnSchema.parse(JSON.parse(text));
  };
  const turn = await call(`/v1/skills/${skill}/invoke`, { input }, { ...waiting, 'idempotency-key': randomUUID() });
  if (turn.question?.kind !== 'approval') return turn;
  return call(`/v1/turns/${turn.id}/answer`, { approve: true }, waiting);
}

/** Turns that end well and badly, commands that go looking, processes that die, and callers with wrong keys. */
async function live(system: System, text: string, wrongKey: string, marker: string): Promise<Seen> {
  const answers: string[] = [];
  const take = (turn: Turn): Turn => {
    answers.push(JSON.stringify(turn));
    return turn;
  };
  const talk = await talkTo(system);
  take(await talk.say(`make a folder ${marker}`));
  take(await invoke(system, 'write-file', { path: 'kept.txt', text }));
  take(await talk.say('book me a flight to Lisbon'));
  take(await invoke(system, 'read-file', { path: 'not-there.txt' }));
  take(await invoke(system, 'read-file', { path: '../admin.key' }));

  const look = `env; set; cat /proc/*/environ /proc/*/cmdline ${system.home}/admin.key ${system.home}/secrets/* ../secrets/*; true`;
  const looked = take(await invoke(system, 'run-script', { script: look }));
  expect(looked, 'it ran, and saw an environment').toMatchObject({ state: 'completed' });
  expect(JSON.stringify(looked)).toContain('PATH=');

  for (const body of ['{"input":', '{"input":5}', '{"nothing":1}']) {
    answers.push(await (await system.call('POST', `/v1/sessions/${talk.session}/turns`, body)).text());
  }
  for (const path of [
    '/v1/sessions',
    `/v1/turns/${randomUUID()}`,
    '/v1/nothing',
    '/metrics',
    '/openapi.json',
    '/healthz',
  ]) {
    answers.push(await (await system.call('GET', path, undefined, { authorization: `Bearer ${wrongKey}` })).text());
    answers.push(await (await system.call('GET', path)).text());
  }

  // The agent and then the gateway die in mid-turn.
  const processes = lookAtProcesses(system);
  for (const part of ['agent-workstation', 'services/gateway']) {
    const dying = system.pidOf(part);
    const turn = await talk.post(`write ${marker} to ${marker}/${part.replaceAll('/', '-')}.txt`);
    process.kill(dying, 'SIGKILL');
    const others = (): boolean =>
      processesBeneath(system.pid).some(({ pid, command }) => pid !== dying && command.includes(part));
    const ready = (): Promise<boolean> =>
      system.call('GET', '/readyz').then(
        ({ ok }) => ok,
        () => false,
      );
    await waitUntil(`${part} is back`, async () => others() && (await ready()), 30_000);
    await waitUntil(
      'its turn has ended',
      async () => /^(completed|failed|input-required)$/.test((await talk.read(turn)).state),
      30_000,
    );
    take(await talk.read(turn));
  }
  return { answers, processes: [...processes, ...lookAtProcesses(system)] };
}

test('each secret of a deployment lies in its own file and is seen nowhere else, whatever happens', async () => {
  const folder = await tempFolder();
  onTestFinished(() => folder.remove());
  const home = join(folder.path, 'home');
  const [text, wrongKey, inherited, marker] = [canary(), `sb_${canary()}`, canary(), canary()];
  const env = { OPERATOR_TOKEN: inherited, PGPASSWORD: inherited, LOG_LEVEL: 'trace' };
  const system = await startSystem({ home, env });
  onTestFinished(() => system.close());
  const secrets = secretsOf(home);
  expect(secrets.length, 'seeds, the signing key, passwords, the owner’s key').toBeGreaterThanOrEqual(10);
  for (const { file, value } of secrets) expect(value.length, file).toBeGreaterThan(15);

  const { answers, processes } = await live(system, text, wrongKey, marker);
  const printed = system.output();
  await system.stop();

  // The search sees what is there: what was said in the open is in the rows, the stream and on the disk.
  const values = secrets.map(({ value }) => value);
  const holding = searchFor([...values, text, wrongKey, inherited, marker], home);
  const open = holding(marker);
  expect(open.some((file) => file.startsWith('postgres/'))).toBe(true);
  expect(open.some((file) => file.startsWith('nats/'))).toBe(true);

  const files = secrets.map(({ file }) => relative(home, file));
  for (const { file, value } of secrets) {
    const own = relative(home, file);
    // An address that holds a password is a secret, too.
    expect(
      holding(value).filter((found) => !files.includes(found)),
      own,
    ).toEqual([]);
    expect(
      answers.filter((answer) => answer.includes(value)),
      own,
    ).toEqual([]);
    expect(
      processes.filter((shown) => shown.includes(value)),
      own,
    ).toEqual([]);
    expect(printed.includes(value), own).toBe(false);
    expect(statSync(file).mode & 0o077, `${own} is its owner's`).toBe(0);
  }
  for (const value of [wrongKey, inherited]) {
    expect(holding(value)).toEqual([]);
    expect([...answers, ...processes, printed].filter((shown) => shown.includes(value))).toEqual([]);
  }
  // What the contract says to redact is where it was put, and in the rows that the work is done from.
  const kept = holding(text).filter((file) => !file.startsWith('postgres/'));
  expect(kept).toEqual(['workspace/kept.txt']);
  expect([...processes, printed].filter((shown) => shown.includes(text))).toEqual([]);
}, 180_000);
