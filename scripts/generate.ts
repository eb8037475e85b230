// `npm run generate`: writes every file that is made from the code, and says which of them changed.
import { fileURLToPath } from 'node:url';
import { StartError } from '@switchboard/embedded';
import { type Drift, findDrift, findLeftovers, repairDrift } from './generate/drift.ts';
import type { Generated } from './generate/generated.ts';
import { generateReference } from './generate/reference.ts';
import { schemaDump, schemaFile } from './generate/schema.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function write(generated: Generated, drift: readonly Drift[]): void {
  repairDrift(root, generated, drift);
  for (const { path } of drift) console.log(`${path}: ${generated.has(path) ? 'written' : 'removed'}`);
}

const reference = await generateReference();
write(reference, [...findDrift(root, reference), ...findLeftovers(root, reference)]);
try {
  const schema = new Map([[schemaFile, await schemaDump()]]);
  write(schema, findDrift(root, schema));
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(`${schemaFile} is left as it was: ${error.message}`);
  process.exitCode = 1;
}
