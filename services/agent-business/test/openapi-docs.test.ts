// docs/APIS.md: its example makes the skills that it says, and the first of them works.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@switchboard/testkit';
import { runSkill } from '@switchboard/testkit/skill';
import { expect, it } from 'vitest';
import { createApiAdapter } from '../src/openapi/api-adapter.ts';
import { loadApi } from '../src/openapi/load-api.ts';
import { apisFolder } from './load.ts';
import { answerJson, startPetApi } from './pet-api.ts';
import { trains } from './strangers.ts';

const page = readFileSync(join(projectRoot, 'docs/APIS.md'), 'utf8');
const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
const rows = Array.from(page.matchAll(/^\| `([a-z-]+)` \| `([A-Z]+ \/[^`]*)` \| (\w+) \| (.+) \|$/gm), (row) =>
  row.slice(1),
);
const ends: Readonly<Record<string, string>> = {
  safe: 'again',
  idempotent: 'again, under the same key',
  once: 'a person is asked',
};

it('the example makes the skills of the table, and they work', async () => {
  expect(example.trim().split('\n')).toHaveLength(9);
  const stations = { data: [{ id: 'efdbb9d1-02c2-4bc3-afb7-6788d8782b1e', name: 'Berlin' }] };
  const api = await startPetApi((_, answer) => answerJson(answer, 200, stations));
  const folder = await apisFolder({
    'trains.json': readFileSync(trains, 'utf8'),
    'trains.yaml': example.replace('https://api.example.com', api.url),
    'secrets/trains': 'canary',
  });
  const { skills, server, leftOut } = await loadApi('trains', join(folder, 'trains.yaml'), { reserved: new Set() });
  const made = skills.map(({ contract }) => {
    const place = /([A-Z]+ \/\S*) of Trains\./.exec(contract.description)?.[1];
    return [contract.name, place, contract.effects[0]?.class, ends[contract.repeat]];
  });
  expect(made).toEqual(rows);
  expect(leftOut).toEqual([]);
  const [first] = skills;
  if (first === undefined) throw new Error('there is none');
  expect(first.contract.utterances[0]).toBe('where do trains (stop|go)');
  const { text } = await runSkill(first, { adapters: () => ({ api: createApiAdapter([server]) }), input: {} });
  expect(text).toContain('Berlin');
  expect(api.seen).toMatchObject([{ url: '/v1/stations', headers: { authorization: 'Bearer canary' } }]);
});
