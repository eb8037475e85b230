// Runs the tests that need a Docker engine; arguments go to vitest. The last line it prints is `N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process';
import { runSuite } from './test/run-suite.ts';

const answerMs = 20_000;

function engineAnswers(): boolean {
  return spawnSync('docker', ['version'], { stdio: 'ignore', timeout: answerMs }).status === 0;
}

if (engineAnswers()) await runSuite(['--config', 'test/docker/vitest.config.ts', ...process.argv.slice(2)]);
else console.log('No Docker engine answers here, so nothing ran in containers.\n0 passed, 0 failed, 1 skipped');
