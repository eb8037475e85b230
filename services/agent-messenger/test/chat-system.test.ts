// All of Switchboard, and somebody who talks to it from a chat: linked by proof, answered, asked, and over deaths of the messenger.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newIdentitySchema } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { type Prosody, prosodyPackages, startProsody } from '@switchboard/testkit/peers/prosody';
import { type System, startSystem } from '@switchboard/testkit/start-system';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comeOnline, type Person } from './xmpp-person.ts';
import { agent, users } from './xmpp-stage.ts';

const packages = await prosodyPackages();
const patienceMs = 60_000;

describe.skipIf(packages.missing !== undefined)('over Prosody', { timeout: 240_000 }, () => {
  let prosody: Prosody;
  let system: System;
  let anna: Person;
  beforeAll(async () => {
    prosody = await startProsody({ users });
    system = await startSystem({
      env: { XMPP_SERVICE: prosody.service, XMPP_JID: agent, XMPP_PASSWORD: users.agent },
    });
    anna = await comeOnline(prosody, 'anna');
  }, 120_000);
  afterAll(async () => {
    await anna?.leave();
    await system?.close();
    await prosody?.stop();
  });

  const inWorkspace = (path: string): string => join(system.workspace, path);

  /** What anna is told next after she has said something. */
  async function ask(text: string): Promise<string> {
    const before = anna.texts().length;
    await anna.say(agent, text);
    await waitUntil(`an answer to ${text}`, () => anna.texts().length > before, patienceMs);
    return anna.texts().at(before) ?? '';
  }

  test('whoever is not known sets nothing going, and is told nothing', async () => {
    await anna.say(agent, 'make the folder intruders');
    const begun = await system.call('POST', '/v1/identities', { channel: 'chat', address: 'anna@example.org' });
    expect(begun.status).toBe(201);
    const { code } = newIdentitySchema.parse(await begun.json());
    expect(await ask(`my code is ${code}`)).toMatch(/^This address is linked now/);
    expect(anna.texts()).toHaveLength(1);
    expect(existsSync(inWorkspace('intruders'))).toBe(false);
  });

  test('what somebody who is known asks for is done and answered', async () => {
    expect(await ask('write buy milk to todo.txt')).toMatch(/^Created todo.txt/);
    expect(await ask('read todo.txt')).toContain('buy milk');
  });

  test('what must be approved is asked about, and done after a yes', async () => {
    expect(await ask('delete todo.txt')).toContain('Answer with yes or no');
    expect(existsSync(inWorkspace('todo.txt'))).toBe(true);
    await ask('yes');
    expect(existsSync(inWorkspace('todo.txt'))).toBe(false);
  });

  test('the messenger is killed again and again: all is done once, and nothing is answered twice', async () => {
    const before = anna.texts().length;
    const lines = Array.from({ length: 6 }, (_, n) => `line ${n}`);
    for (const [n, line] of lines.entries()) {
      await anna.say(agent, `append ${line} to log.txt`);
      if (n % 2 === 0) process.kill(system.pidOf('agent-messenger'), 'SIGKILL');
      await waitUntil(
        `${line} is written`,
        () => existsSync(inWorkspace('log.txt')) && readFileSync(inWorkspace('log.txt'), 'utf8').includes(`${line}\n`),
        patienceMs,
      );
    }
    expect(readFileSync(inWorkspace('log.txt'), 'utf8')).toBe(lines.map((line) => `${line}\n`).join(''));
    // Nobody was killed after the last, so its answer comes for certain; any other may be lost, if nobody can know.
    await waitUntil(
      'the last is answered',
      () => anna.texts().some((text) => text.endsWith('is now 42 B.')),
      patienceMs,
    );
    await anna.say(agent, 'read log.txt');
    await waitUntil('the end', () => anna.texts().at(-1)?.includes('line 5'), patienceMs);
    const answers = anna.texts().slice(before, -1);
    expect(answers.length).toBeLessThanOrEqual(lines.length);
    expect(new Set(answers).size).toBe(answers.length);
  });
});
