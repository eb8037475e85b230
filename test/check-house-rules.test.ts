// How a file looks: each rule can fail, says where, and lets through what it should.
import { expect, test } from 'vitest';
import { houseRules, houseViolations } from '../scripts/check/house-rules.ts';

const lines = (count: number): string => `// One sentence.\n${'const a = 1;\n'.repeat(count - 1)}`;
const good = { path: 'libs/bus/src/a-file.ts', text: '// One sentence.\nexport const a = 1;\n' };
// Put together, because this file is held to the same rules.
const undone = ['TO', 'DO'].join('');
const machine = ['/wo', 'rk/main/a'].join('');
const home = ['/ho', 'me/anna/a.txt'].join('');
const resolved = ['"resolved": ', '"http://localhost/a"'].join('');
const registry = ['registry', 'example', 'org'].join('.');

test('a good file breaks no rule', () => {
  expect(houseViolations([good])).toEqual([]);
});

test.each<[keyof typeof houseRules, string, string, number]>([
  ['firstLine', good.path, 'export const a = 1;\n', 1],
  ['firstLine', good.path, '// no sentence\n', 1],
  ['firstLine', 'scripts/a.mjs', '\n// One sentence.\n', 1],
  ['length', good.path, lines(301), 301],
  ['mainLength', 'services/router/src/main.ts', lines(31), 31],
  ['leftUndone', good.path, `// One sentence.\n// ${undone}: more\n`, 2],
  ['leftUndone', 'README.md', `a\nb\n${undone}\n`, 3],
  ['kebabCase', 'libs/bus/src/aFile.ts', good.text, 1],
  ['kebabCase', 'libs/bus/src/A/b.ts', good.text, 1],
  ['tellingName', 'libs/bus/src/utils.ts', good.text, 1],
  ['tellingName', 'libs/bus/src/string-helper.ts', good.text, 1],
  ['tellingName', 'libs/bus/src/common.test.ts', good.text, 1],
  ['tellingName', 'libs/bus/src/session-manager.ts', good.text, 1],
  ['machinePath', 'README.md', `a\nsee ${machine}\n`, 2],
  ['machinePath', good.path, `// One sentence.\nconst a = '${home}';\n`, 2],
  ['registryHost', 'package-lock.json', `{\n"a": "https://${registry}/a"\n}`, 2],
  ['registryHost', 'package-lock.json', `{\n${resolved}\n}`, 2],
])('%s: %s', (rule, path, text, line) => {
  const found = houseRules[rule]({ path, text });
  expect(found.map((violation) => [violation.file, violation.line])).toEqual([[path, line]]);
  expect(found[0]?.message).toMatch(/\S{2,} \S+/);
});

test.each<[keyof typeof houseRules, string, string]>([
  ['firstLine', 'scripts/a.mjs', '#!/usr/bin/env node\n// One sentence.\n'],
  ['length', good.path, lines(300)],
  ['length', 'docs/reference/http.md', lines(1000)],
  ['mainLength', 'services/router/src/main.ts', lines(30)],
  ['leftUndone', good.path, '// Reads notes/todo.txt.\n'],
  ['kebabCase', 'docs/ARCHITECTURE.md', ''],
  ['tellingName', 'libs/bus/src/helpful.ts', good.text],
  ['machinePath', good.path, "'../work/a' '/proc/1/root/etc' '/home/me/files' 'a/root/b'"],
  ['registryHost', good.path, 'registry.metrics()'],
])('%s lets through: %s', (rule, path, text) => {
  expect(houseRules[rule]({ path, text })).toEqual([]);
});
