// The documentation, tested both ways: nothing in the code is missing from it, and nothing in it is gone from the code.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { errorCodes, httpRoutes, type RouteFact, subjects } from '@switchboard/contract';
import { projectRoot } from '@switchboard/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { projectFiles } from '../scripts/check/project-files.ts';
import { startSettings } from '../scripts/start/settings.ts';
import { type Stage, stage } from '../services/gateway/test/fixture.ts';

const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');
const pages = projectFiles(projectRoot).filter(({ path }) => path.endsWith('.md'));
const written = pages.filter(({ path }) => !path.startsWith('docs/reference/'));

/** The headings of one level: `## read-file` → `read-file`. */
function headings(text: string, level: number): string[] {
  return Array.from(text.matchAll(new RegExp(`^#{${level}} (.+)$`, 'gm')), ([, heading = '']) => heading);
}

/** Between a heading and the next of its level. */
function part(text: string, heading: string): string {
  const from = text.indexOf(`\n## ${heading}\n`);
  const to = text.indexOf('\n## ', from + 1);
  return text.slice(from, to < 0 ? undefined : to);
}

/** `file` “name”, “name”; `file`: what a page names as the proof of a promise. */
function proofs(text: string): { file: string; names: string[] }[] {
  const found = text.matchAll(/`([\w/.-]+\.test\.ts)`((?:,? “[^”]+”)*)/g);
  return Array.from(found, ([, file = '', names = '']) => ({
    file,
    names: Array.from(names.matchAll(/“([^”]+)”/g), ([, name = '']) => name),
  }));
}

describe('every proof that a page names is a test that there is', () => {
  test.each(['docs/SECURITY.md', 'docs/GUARANTEES.md'])('%s', (page) => {
    const named = proofs(read(page));
    expect(named.length).toBeGreaterThan(5);
    for (const { file, names } of named) {
      const source = existsSync(join(projectRoot, file)) ? read(file) : undefined;
      expect(source, `${page} names ${file}`).toBeDefined();
      for (const name of names) expect(source, `${page} names a test of ${file}`).toContain(name);
    }
  });

  test('each line of the tables of promises has one', () => {
    const rows = Array.from(
      read('docs/SECURITY.md').matchAll(/^\| (?!Promise|Who|-)(.+) \| (.+) \|$/gm),
      ([row]) => row,
    );
    const promises = rows.filter((row) => row.split(' | ').length === 2);
    expect(promises.length).toBeGreaterThan(20);
    expect(promises.filter((row) => proofs(row).length === 0)).toEqual([]);
  });
});

describe('the reference names what is in the code, and nothing else', () => {
  test('subjects', () => {
    const found = headings(read('docs/reference/subjects.md'), 2);
    expect(found).toEqual([...Object.keys(subjects), 'Shapes', 'Streams', 'Users']);
  });

  test('errors, each with the anchor that its problem type names', () => {
    expect(headings(read('docs/reference/errors.md'), 2)).toEqual(errorCodes);
  });

  test('calls of the HTTP API', () => {
    expect(headings(part(read('docs/reference/http.md'), 'Calls'), 3)).toEqual(Object.keys(httpRoutes));
  });

  test('skills', () => {
    const folders = globSync('skills/*/*/contract.ts', { cwd: projectRoot });
    const found = headings(read('docs/reference/skills.md'), 2);
    expect(found.length).toBeGreaterThan(0);
    expect(found.toSorted()).toEqual(folders.map((path) => path.split('/').at(-2)).toSorted());
  });

  test('settings, of every service that has any', async () => {
    const page = read('docs/reference/settings.md');
    const named = (text: string): string[] => Array.from(text.matchAll(/^\| `(\w+)` \|/gm), ([, name = '']) => name);
    const declared = [...Object.keys(startSettings.shape)];
    for (const path of globSync('services/*/src/config.ts', { cwd: projectRoot })) {
      const config = z.record(z.string(), z.unknown()).parse(await import(join(projectRoot, path)));
      const schemas = Object.values(config).filter((value) => value instanceof z.ZodObject);
      expect(schemas, path).toHaveLength(1);
      for (const schema of schemas) declared.push(...Object.keys(schema.shape));
    }
    expect(named(page).toSorted()).toEqual(declared.toSorted());
    const settable = Array.from(read('deploy/env.example').matchAll(/^#(\w+)=/gm), ([, name = '']) => name);
    expect(settable).toEqual(named(page));
  });
});

describe('the gateway', () => {
  let gateway: Stage;
  beforeAll(async () => {
    gateway = await stage();
  });
  afterAll(() => gateway.close());

  test('serves the very OpenAPI document that is committed', async () => {
    const served = await gateway.call('GET', '/openapi.json');
    expect(served.headers.get('content-type')).toContain('application/json');
    expect(await served.text()).toBe(JSON.stringify(JSON.parse(read('docs/reference/openapi.json'))));
  });

  test.each(Object.entries<RouteFact>(httpRoutes))('answers the call %s, and asks for a key', async (_, fact) => {
    const path = fact.path.replace(/:\w+/, '0198c0de-0000-7000-8000-000000000000');
    const response = await fetch(`${gateway.url}${path}`, { method: fact.method });
    await response.body?.cancel();
    expect(response.status).toBe(fact.scopes === 'open' ? 200 : 401);
  });
});

/** As GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  const made = Array.from(text.matchAll(/^#{1,6} (.+)$/gm), ([, heading = '']) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
  return new Set(made);
}

/** Prose without its code blocks, which hold text that only looks like links. */
const prose = (text: string): string => text.replace(/^```.*?^```/gms, '');

/** A relative link that leads nowhere, with the reason. */
function brokenLink(from: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : posix.join(posix.dirname(from), decodeURIComponent(path));
  if (!existsSync(join(projectRoot, target))) return `${link}: there is no ${target}`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return anchorsOf(read(target)).has(anchor) ? undefined : `${link}: ${target} has no heading for it`;
}

test.each(pages.map(({ path, text }) => [path, text]))('every link in %s leads somewhere', (path, text) => {
  const links = Array.from(prose(text).matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link);
  const relative = links.filter((link) => !/^[a-z]+:/.test(link));
  expect(relative.flatMap((link) => brokenLink(path, link) ?? [])).toEqual([]);
});

test.each(written.map(({ path, text }) => [path, text]))('what %s names is there', (_, text) => {
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')));
  const commands = Array.from(text.matchAll(/\bnpm (?:run (?:--silent )?([a-z][\w-]*)|(start|test)\b)/g), (match) => {
    return match[1] ?? match[2] ?? '';
  });
  expect(commands.filter((name) => !(name in scripts))).toEqual([]);
  const files = Array.from(
    text.matchAll(/`((?:libs|services|skills|scripts|deploy|docs|test|examples)\/[\w./-]+)`/g),
    ([, file = '']) => file,
  );
  expect(files.filter((file) => !existsSync(join(projectRoot, file)))).toEqual([]);
});

test('every script of package.json has its program', () => {
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')));
  const targets = Object.values(scripts).map((line) => /^node scripts\/run\.mjs ([a-z-]+)/.exec(line)?.[1] ?? line);
  expect(targets.filter((target) => !existsSync(join(projectRoot, 'scripts', `${target}.ts`)))).toEqual([]);
});
