// `npm run route` as others use it: a catalogue file, a file of sentences, one JSON line each.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot, type TempFolder, tempFolder } from '@switchboard/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const script = join(projectRoot, 'scripts/route.ts');
const catalogue = [
  {
    name: 'readFile',
    description: 'Reads a file',
    inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
    utterances: ['read {path}', 'open {path}'],
  },
  { name: 'tellTime', description: 'Tells the time', utterances: ['what time is it', 'tell me the time'] },
];

describe('the route script', () => {
  let folder: TempFolder;
  beforeAll(async () => {
    folder = await tempFolder();
  });
  afterAll(() => folder.remove());

  async function route(
    queries: string,
    contracts = JSON.stringify(catalogue),
    ...more: string[]
  ): Promise<Record<string, unknown>[]> {
    const files = [join(folder.path, 'catalogue'), join(folder.path, 'queries')] as const;
    await writeFile(files[0], contracts);
    await writeFile(files[1], queries);
    const { stdout } = await run(process.execPath, [script, '--catalogue', files[0], '--queries', files[1], ...more]);
    return stdout
      .trimEnd()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
  }

  it.each([
    ['plain lines', 'read a.txt\nwhat time is it\nknit a scarf\n'],
    ['a JSON array', JSON.stringify(['read a.txt', { query: 'what time is it' }, { utterance: 'knit a scarf' }])],
    ['JSON Lines', '{"text":"read a.txt"}\n"what time is it"\n{"input":"knit a scarf"}\n'],
  ])('reads %s and answers in order, in the names of the catalogue', async (_, queries) => {
    const [read, time, scarf] = await route(queries);
    expect(read).toMatchObject({
      query: 'read a.txt',
      outcome: 'route',
      agent: 'agent',
      skill: 'readFile',
      skills: ['readFile'],
      input: { path: 'a.txt' },
    });
    expect(time).toMatchObject({ outcome: 'route', skill: 'tellTime', stage: 'pattern' });
    expect(scarf).toMatchObject({
      outcome: 'refuse',
      skill: null,
      steps: [],
      candidates: expect.any(Array),
      ms: expect.any(Number),
    });
  });

  it('takes a catalogue as JSON Lines and passes on what a query came with', async () => {
    const lines = catalogue.map((one) => JSON.stringify(one)).join('\n');
    const [read] = await route('{"text":"open b.txt","expected":"readFile"}', lines);
    expect(read).toMatchObject({ skill: 'readFile', given: { expected: 'readFile' } });
  });

  it('says with --model what would be left to one', async () => {
    const [read, hi, scarf] = await route('read a.txt\nhi\nknit a scarf\n', JSON.stringify(catalogue), '--model');
    expect(read).toMatchObject({ outcome: 'route', skill: 'readFile' });
    expect(hi).toMatchObject({ outcome: 'drive', agent: null, skill: null, skills: [], stage: 'model' });
    expect(scarf).toMatchObject({ outcome: 'drive', agent: null, skill: null, stage: 'model' });
    expect(scarf?.['skills']).toEqual(expect.arrayContaining(['readFile']));
  });

  it.each([
    ['no arguments', []],
    ['a file that is not there', ['--catalogue', 'nowhere.json', '--queries', 'nowhere.txt']],
    ['an unknown option', ['--cattalog', 'x']],
  ])('ends with 2 and one line on stderr for %s', async (_, given) => {
    const failed = await run(process.execPath, [script, ...given]).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^[^\n]+\n$/) });
  });
});
