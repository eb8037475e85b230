// An API of a test: its files in a folder of their own, its skills by name, and a way to run them.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Skill } from '@switchboard/contract';
import { tempFolder } from '@switchboard/testkit';
import { runSkill, type SkillRun, type SkillRunOptions } from '@switchboard/testkit/skill';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { type AdapterLimits, createApiAdapter } from '../src/openapi/api-adapter.ts';
import { type LoadedApi, loadApi } from '../src/openapi/load-api.ts';
import { petDocument } from './pet-api.ts';

/** Removed with the test. Paths are relative to it. */
export async function apisFolder(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await tempFolder();
  onTestFinished(() => folder.remove());
  for (const [path, content] of Object.entries(files)) {
    const full = join(folder.path, path);
    await mkdir(join(full, '..'), { recursive: true });
    await writeFile(full, typeof content === 'string' ? content : stringify(content));
  }
  return folder.path;
}

export interface TestApi extends LoadedApi {
  skill(name: string): Skill;
  run(name: string, input: SkillRunOptions['input'], options?: Partial<SkillRunOptions>): Promise<SkillRun>;
}

const quick: AdapterLimits = { answerBytesMax: 200_000, pauseMs: 5 };

/** The pet store with this overlay; of another API `document` says what it is. */
export async function loadTestApi(
  overlay: Readonly<Record<string, unknown>>,
  { limits = quick, files = {} }: { limits?: AdapterLimits; files?: Readonly<Record<string, unknown>> } = {},
): Promise<TestApi> {
  const folder = await apisFolder({ 'pets.yaml': { document: petDocument, ...overlay }, ...files });
  const api = await loadApi('pets', join(folder, 'pets.yaml'), { reserved: new Set() });
  const adapters = () => ({ api: createApiAdapter([api.server], limits) });
  const skill = (name: string): Skill => {
    const found = api.skills.find(({ contract }) => contract.name === name);
    if (found === undefined) throw new Error(`${name} is not among ${api.skills.map((one) => one.contract.name)}`);
    return found;
  };
  return {
    ...api,
    skill,
    run: (name, input, options = {}) => runSkill(skill(name), { adapters, input, ...options }),
  };
}
