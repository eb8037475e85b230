// The steps of `npm run check`, the longest first.
import { StartError } from '@switchboard/embedded';
import { type Drift, findDrift, findLeftovers } from '../generate/drift.ts';
import { boundaryViolations, unlistedSkillFiles } from './boundaries.ts';
import { houseViolations } from './house-rules.ts';
import { dependenciesOf, importsOf, packagesIn } from './imports.ts';
import { program } from './program.ts';
import { projectFiles } from './project-files.ts';
import type { Outcome, Step } from './run-steps.ts';
import { report, type Violation } from './violation.ts';

function outcomeOf(violations: readonly Violation[]): Outcome {
  return violations.length === 0 ? { state: 'passed' } : { state: 'failed', output: report(violations) };
}

async function boundaries(root: string): Promise<Outcome> {
  const files = projectFiles(root);
  const packages = packagesIn(files);
  const imports = files.flatMap((file) => {
    if (file.path.endsWith('/package.json')) return dependenciesOf(file, packages);
    return file.path.endsWith('.ts') ? importsOf(file, packages) : [];
  });
  return outcomeOf([...boundaryViolations(imports), ...unlistedSkillFiles(files.map(({ path }) => path))]);
}

function driftOutcome(drift: readonly Drift[]): Outcome {
  if (drift.length === 0) return { state: 'passed' };
  const lines = drift.map(({ path, what }) => `${path}:1  ${what}: run npm run generate, and commit what it writes`);
  return { state: 'failed', output: lines.join('\n') };
}

/** Loaded in the step: code that cannot be loaded fails this step, and the others still say what they have to. */
async function reference(root: string): Promise<Outcome> {
  const { generateReference } = await import('../generate/reference.ts');
  const generated = await generateReference();
  return driftOutcome([...findDrift(root, generated), ...findLeftovers(root, generated)]);
}

async function schema(root: string): Promise<Outcome> {
  const { schemaDump, schemaFile } = await import('../generate/schema.ts');
  try {
    return driftOutcome(findDrift(root, new Map([[schemaFile, await schemaDump()]])));
  } catch (error) {
    // A machine that PostgreSQL is not packaged for cannot look; every other failure is one.
    if (error instanceof StartError && error.reason === 'not-found') return { state: 'skipped', output: error.message };
    throw error;
  }
}

export function checkSteps(root: string): Step[] {
  return [
    program('types', root, [
      'tsc',
      '--noEmit',
      '-p',
      '.',
      '--incremental',
      '--tsBuildInfoFile',
      '.cache/check.tsbuildinfo',
    ]),
    { name: 'schema', run: () => schema(root) },
    program('promises', root, ['oxlint', '--type-aware', '--deny-warnings', '--format=unix']),
    program('dead code', root, ['knip', '--no-progress', '--no-config-hints']),
    program('lint', root, ['biome', 'ci', '--error-on-warnings', '--reporter=concise', '--colors=off']),
    { name: 'reference', run: () => reference(root) },
    { name: 'boundaries', run: () => boundaries(root) },
    { name: 'house rules', run: async () => outcomeOf(houseViolations(projectFiles(root))) },
  ];
}
