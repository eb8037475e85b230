// The walls between the parts: each rule lets through what it should, and refuses what it should.
import { expect, test } from 'vitest';
import { boundaryRules, boundaryViolations, unlistedSkillFiles } from '../scripts/check/boundaries.ts';
import { dependenciesOf, importsOf, type Packages, packagesIn } from '../scripts/check/imports.ts';

const parts = [
  'libs/contract',
  'libs/bus',
  'libs/store',
  'libs/service',
  'libs/agent',
  'libs/embedded',
  'libs/testkit',
];
const packages: Packages = new Map([
  ...parts.map((folder) => [folder.replace('libs/', '@switchboard/'), folder] as const),
  ['@switchboard/gateway', 'services/gateway'],
  ['@switchboard/router', 'services/router'],
  ['@switchboard/agent-workstation', 'services/agent-workstation'],
  ['@switchboard/skills', 'skills'],
]);

/** The names of the rules that a file breaks when it imports this. */
function broken(path: string, specifier: string): string[] {
  const imports = importsOf({ path, text: `import { one } from '${specifier}';\n` }, packages);
  expect(imports).toHaveLength(1);
  return Object.entries(boundaryRules).flatMap(([name, rule]) => imports.flatMap((one) => (rule(one) ? [name] : [])));
}

const readFile = 'skills/files/read-file/handler.ts';

test.each([
  ['floor', 'libs/contract/src/a.ts', '@switchboard/bus'],
  ['floor', 'libs/bus/src/a.ts', '@switchboard/service'],
  ['floor', 'libs/service/src/a.ts', '@switchboard/agent'],
  ['floor', 'libs/agent/src/a.ts', '@switchboard/gateway/config'],
  ['services', 'services/gateway/src/a.ts', '@switchboard/router'],
  ['services', 'services/router/test/a.test.ts', '@switchboard/gateway'],
  ['noSkills', 'services/gateway/src/a.ts', '@switchboard/skills/workstation'],
  ['noSkills', 'services/router/src/a.ts', '@switchboard/skills/workstation'],
  ['store', 'services/router/src/a.ts', '@switchboard/store'],
  ['store', 'services/agent-workstation/test/a.test.ts', '@switchboard/store'],
  ['development', 'services/gateway/src/a.ts', '@switchboard/testkit'],
  ['development', 'libs/agent/src/a.ts', '@switchboard/embedded'],
  ['driver', 'services/gateway/src/a.ts', 'nats'],
  ['driver', 'services/gateway/src/a.ts', 'postgres'],
  ['driver', 'libs/bus/src/a.ts', 'pino'],
  ['driver', 'libs/bus/src/a.ts', 'prom-client'],
  ['driver', 'services/router/src/a.ts', 'fastify'],
  ['driver', 'services/router/src/a.ts', '@fastify/helmet'],
  ['driver', 'scripts/a.ts', '@scalar/fastify-api-reference'],
  ['driver', 'services/gateway/src/a.ts', 'minisearch'],
  ['ownFolder', 'services/gateway/src/a.ts', '../../../libs/bus/src/bus.ts'],
  ['ownFolder', 'services/gateway/test/a.test.ts', '../../../libs/bus/src/bus.ts'],
  ['skill', readFile, 'node:fs'],
  ['skill', readFile, 'uuid'],
  ['skill', readFile, '@switchboard/agent-workstation/files'],
  ['skill', readFile, '../write-file/handler.ts'],
  ['skill', readFile, '../files-skills.ts'],
  ['skill', 'skills/files/phrases.ts', 'node:fs'],
  ['contract', 'skills/files/read-file/contract.ts', './handler.ts'],
])('%s: %s must not import %s', (rule, path, specifier) => {
  expect(broken(path, specifier)).toContain(rule);
});

test.each([
  ['libs/agent/src/a.ts', '@switchboard/service'],
  ['libs/agent/src/a.ts', './b.ts'],
  ['libs/bus/src/a.ts', 'nats'],
  ['libs/testkit/src/a.ts', '@switchboard/embedded'],
  ['services/gateway/src/a.ts', '@switchboard/store'],
  ['services/gateway/src/http/a.ts', '@fastify/helmet'],
  ['services/gateway/test/a.test.ts', '@switchboard/testkit'],
  ['services/agent-workstation/src/a.ts', '@switchboard/skills/workstation'],
  ['services/agent-workstation/test/a.test.ts', '../../../libs/testkit/src/small-disk.ts'],
  ['scripts/generate/a.ts', '../../services/gateway/src/policy.ts'],
  ['scripts/a.ts', '@switchboard/store'],
  [readFile, '@switchboard/contract'],
  [readFile, 'zod'],
  [readFile, './contract.ts'],
  [readFile, '../phrases.ts'],
  ['skills/files/read-file/skill.test.ts', 'node:fs'],
  ['skills/workstation.ts', './files/files-skills.ts'],
  ['skills/files/files-skills.ts', './read-file/handler.ts'],
])('%s may import %s', (path, specifier) => {
  expect(broken(path, specifier)).toEqual([]);
});

test('every form of import is seen, and nothing else', () => {
  const text = [
    "import 'a';",
    "import b from 'b';",
    "import type { c } from 'c';",
    'import {',
    '  type d,',
    '  e,',
    "} from 'd';",
    "export * from 'e';",
    "export { f } from 'f';",
    "const g = await import('g');",
    "export const h = 'no';",
    "export function i(): string { return 'no'; }",
    "// import j from 'no';",
  ].join('\n');
  const found = importsOf({ path: 'libs/bus/src/a.ts', text }, packages);
  expect(found.map(({ specifier, line }) => [specifier, line])).toEqual([
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['d', 4],
    ['e', 8],
    ['f', 9],
    ['g', 10],
  ]);
});

test('a package.json is held to the same rules, but for what only its tests need', () => {
  const manifest = {
    name: '@switchboard/router',
    dependencies: { '@switchboard/bus': '0.1.0', '@switchboard/store': '0.1.0' },
    devDependencies: { '@switchboard/testkit': '0.1.0' },
  };
  const file = { path: 'services/router/package.json', text: JSON.stringify(manifest, null, 2) };
  expect(packagesIn([file])).toEqual(new Map([['@switchboard/router', 'services/router']]));
  expect(boundaryViolations(dependenciesOf(file, packages))).toEqual([
    {
      file: 'services/router/package.json',
      line: 5,
      message: 'only the gateway keeps things in the database: ask it over the bus',
    },
  ]);
});

test('a file of skills/ that is in no list is found', () => {
  const paths = [
    'skills/workstation.ts',
    'skills/files/phrases.ts',
    readFile,
    'skills/files/a.test.ts',
    'skills/files/new.ts',
  ];
  expect(unlistedSkillFiles(paths).map(({ file }) => file)).toEqual(['skills/files/new.ts']);
});
