// Secrets never reach the log.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('what is named like a secret is taken out', () => {
  const index = fileURLToPath(new URL('../src/index.ts', import.meta.url));
  const program = `import { createLog } from ${JSON.stringify(index)};
    createLog('test').info({ seed: 'SU-canary', config: { password: 'canary', url: 'here' } }, 'hello');`;
  const text = execFileSync('sh', [
    '-c',
    'exec "$0" --input-type=module -e "$1" 2>&1',
    process.execPath,
    program,
  ]).toString();
  expect(text).toContain('hello');
  expect(text).toContain('here');
  expect(text).not.toContain('canary');
});
