// Which file asks for what: imports and exports in a source file, dependencies in a package.json.
import { posix } from 'node:path';
import { z } from 'zod';
import { lineOf, type ProjectFile } from './project-files.ts';

export interface Import {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
  /** What it means: a file of the project, a package of ours (its folder), or a package of others. */
  readonly target:
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'ours'; readonly folder: string }
    | { readonly kind: 'others'; readonly name: string }
    | { readonly kind: 'node' };
}

/** Package name → its folder: `@switchboard/bus` → `libs/bus`. */
export type Packages = ReadonlyMap<string, string>;

// Statements begin at the start of a line: the formatter sees to it. `import(…)` may stand anywhere.
const statements = /^(?:import|export)\s+(?:[\w$*{},\s]+\sfrom\s+)?'([^'\n]+)'/gm;
const calls = /\bimport\(\s*'([^'\n]+)'\s*\)/g;

export function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function targetOf(file: string, specifier: string, packages: Packages): Import['target'] {
  if (specifier.startsWith('node:')) return { kind: 'node' };
  if (specifier.startsWith('.')) return { kind: 'file', path: posix.join(posix.dirname(file), specifier) };
  const name = packageName(specifier);
  const folder = packages.get(name);
  return folder === undefined ? { kind: 'others', name } : { kind: 'ours', folder };
}

export function importsOf({ path, text }: ProjectFile, packages: Packages): Import[] {
  return [...text.matchAll(statements), ...text.matchAll(calls)].map((match) => {
    const specifier = match[1] ?? '';
    return { file: path, line: lineOf(text, match.index), specifier, target: targetOf(path, specifier, packages) };
  });
}

const manifestSchema = z.object({ name: z.string(), dependencies: z.record(z.string(), z.string()).default({}) });

const manifestOf = (file: ProjectFile): z.infer<typeof manifestSchema> => manifestSchema.parse(JSON.parse(file.text));

/** What a package may be given when it runs; what only its tests need is not counted. */
export function dependenciesOf(file: ProjectFile, packages: Packages): Import[] {
  return Object.keys(manifestOf(file).dependencies).map((specifier) => ({
    file: file.path,
    line: lineOf(file.text, file.text.indexOf(`"${specifier}"`)),
    specifier,
    target: targetOf(file.path, specifier, packages),
  }));
}

/** Reads the names of our packages out of their manifests. */
export function packagesIn(files: readonly ProjectFile[]): Packages {
  const manifests = files.filter(({ path }) => path.endsWith('/package.json'));
  return new Map(manifests.map((file) => [manifestOf(file).name, posix.dirname(file.path)]));
}
