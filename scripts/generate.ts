// `npm run generate`: writes every file that is made from the code, and says which of them changed.
import { fileURLToPath } from 'node:url';
import { findDrift, findLeftovers, repairDrift } from './generate/drift.ts';
import { generateReference } from './generate/reference.ts';
import { schemaDump, schemaFile } from './generate/schema.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const reference = await generateReference();
const generated = new Map([...reference, [schemaFile, await schemaDump()]]);
const drift = [...findDrift(root, generated), ...findLeftovers(root, reference)];
repairDrift(root, generated, drift);
for (const { path, what } of drift)
  console.log(`${path}: ${what === 'is not generated any more' ? 'removed' : 'written'}`);
if (drift.length === 0) console.log('everything that is generated is up to date');
