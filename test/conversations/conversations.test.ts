// Recorded conversations over all agents' skills, with the whole of Switchboard, real servers, and a model that says what it said.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { conversations } from './all.ts';
import { missingPeers } from './house.ts';
import { play } from './play.ts';
import { type Conversation, call, choose, say } from './recording.ts';
import { openWorld, type World } from './world.ts';

const missing = await missingPeers();
const lacking = ({ needs = [] }: Conversation): string[] => needs.flatMap((name) => missing.get(name) ?? []);
const done = new Set<string>();

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

describe.each(conversations.map((conversation) => ({ conversation, why: lacking(conversation) })))(
  'recorded',
  ({ conversation, why }) => {
    const because = why.length === 0 ? '' : ` (${why.join('; ')})`;
    test.skipIf(why.length > 0)(`${conversation.name}${because}`, { timeout: 180_000 }, async () => {
      const problems = await play(world, conversation, ({ steps }) => {
        for (const { skill, state } of steps) if (state === 'succeeded') done.add(skill);
      });
      expect(problems.join('\n\n')).toBe('');
    });
  },
);

test('there are forty of them at least, each with a name of its own', () => {
  expect(conversations.length).toBeGreaterThanOrEqual(40);
  expect(new Set(conversations.map(({ name }) => name)).size).toBe(conversations.length);
});

const skillsSchema = z.object({ skills: z.array(z.object({ name: z.string(), available: z.boolean() })) });

test('no skill that can be done here is left out', async () => {
  const { skills } = skillsSchema.parse(await (await world.system.call('GET', '/v1/skills')).json());
  const able = skills.filter(({ available }) => available).map(({ name }) => name);
  expect(able.length).toBeGreaterThan(40);
  expect(able.filter((name) => !done.has(name))).toEqual([]);
});

test('a conversation that goes otherwise than recorded is told with what differs', async () => {
  const wrong: Conversation = {
    name: 'a wrong one',
    files: { 'a.txt': 'Apples', 'b.txt': 'Pears' },
    turns: [
      {
        person: 'Which of my notes says something about pears?',
        model: [
          choose('search-files', 'read-file'),
          call('read-file', { path: 'a.txt' }, { offers: ['send-mail'], knows: ['plums'] }),
          say('It is a.txt.', { sees: ['Pears'], hides: ['Apples'] }),
          say('Nobody asks for this.'),
        ],
        end: { steps: ['workstation search-files'], text: ['b.txt'] },
      },
    ],
    after: { 'file a.txt': 'Plums', 'file c.txt': 'Cherries' },
  };
  const problems = await play(world, wrong);
  const told = problems.join('\n');
  for (const line of [
    '“a wrong one”, turn 1: request 2: a tool is not offered',
    '“a wrong one”, turn 1: request 2: it lacks\n  - plums\n  + system: You are',
    '“a wrong one”, turn 1: request 3: its last message lacks\n  - Pears\n  + Step 1 succeeded',
    '“a wrong one”, turn 1: request 3: it has what it must not have\n  - not: Apples',
    '“a wrong one”, turn 1: it was not asked for all of its answers',
    '“a wrong one”, turn 1: the turn ends otherwise',
    '“a wrong one”, turn 1: its text lacks\n  - b.txt\n  + It is a.txt.',
    '“a wrong one”, afterwards: file a.txt is not as awaited\n  - Plums\n  + Apples',
    '“a wrong one”, afterwards: file c.txt is not as awaited\n  - Cherries\n  + (not there)',
  ]) {
    expect(told).toContain(line);
  }
  expect(problems).toHaveLength(9);
});
