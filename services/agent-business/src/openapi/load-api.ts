// One file of the operator as skills: the document is read, reduced to what is chosen, checked, and put into contracts.
import { readFile } from 'node:fs/promises';
import { dirname, resolve as resolvePath } from 'node:path';
import { nameSchema, type Skill } from '@switchboard/contract';
import type { ApiServer } from './api-adapter.ts';
import { ApiProblem } from './api-problem.ts';
import { chooseOperations, nameOperations } from './choose-operations.ts';
import { createCollector } from './collect-schema.ts';
import type { Json } from './json.ts';
import { createChecks } from './json-object.ts';
import { listOperations, placeOf } from './list-operations.ts';
import { operationSkill, type Workshop } from './operation-skill.ts';
import { type Overlay, readOverlay } from './overlay.ts';
import { parseText } from './parse-text.ts';
import { checkVersion, readDocument, reduceDocument } from './read-document.ts';
import { serverOf } from './server-of.ts';

export interface LoadedApi {
  readonly server: ApiServer;
  readonly skills: readonly Skill[];
  /** Operations that cannot be called from here, one line each. */
  readonly leftOut: readonly string[];
}

export interface LoadOptions {
  /** Names of skills that are taken. */
  readonly reserved: ReadonlySet<string>;
  /** Throws ApiProblem when there are too many: before the work of making skills of them. */
  readonly checkCount?: (operations: number) => void;
}

const nameCharactersMax = 30;
const documentBytesMax = 64 * 1024 * 1024;

async function textOf(file: string, what: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ApiProblem(`${what} cannot be read`, { cause });
  });
  if (text.length > documentBytesMax) throw new ApiProblem(`${what} is larger than ${documentBytesMax} bytes`);
  return text;
}

async function documentOf({ document }: Overlay, folder: string): Promise<Json> {
  if (typeof document !== 'string') return checkVersion(document);
  if (/^https?:/i.test(document)) {
    throw new ApiProblem(`document: ${document} is an address: download it, and name the file`);
  }
  const text = await textOf(resolvePath(folder, document), `document: ${document}`);
  return checkVersion(parseText(text, document));
}

/**
 * The name of the file is the API's. Throws ApiProblem for whatever keeps the API as a whole from being offered; single
 * operations that cannot be called are left out, unless the operator asked for them by name.
 */
export async function loadApi(name: string, file: string, { reserved, checkCount }: LoadOptions): Promise<LoadedApi> {
  if (!nameSchema.safeParse(name).success || name.length > nameCharactersMax) {
    const rule = `lower-case words joined by hyphens, at most ${nameCharactersMax} characters`;
    throw new ApiProblem(`the name of the file must be ${rule}`);
  }
  const folder = dirname(file);
  const overlay = readOverlay(await textOf(file, 'the file'), 'the file');
  const raw = await documentOf(overlay, folder);
  const choices = chooseOperations(listOperations(raw), overlay);
  checkCount?.(choices.length);
  const names = nameOperations(name, choices, reserved);
  const { base, title, named } = serverOf(name, raw, overlay);
  const { auth } = overlay;
  if (auth !== undefined && !named) {
    throw new ApiProblem('auth: give `server` too: no document of somebody else decides where a secret goes');
  }
  const signing = auth && { ...auth, file: resolvePath(folder, auth.file) };

  const document = await readDocument(
    reduceDocument(
      raw,
      choices.map(({ listed }) => listed),
    ),
  );
  const workshop: Workshop = {
    api: { name, title, server: base },
    overlay,
    document,
    collectors: { input: createCollector(document, 'input'), output: createCollector(document, 'output') },
    check: createChecks(),
  };
  const chosen = new Map(choices.map((choice) => [placeOf(choice.listed), choice]));
  const skills: Skill[] = [];
  const leftOut: string[] = [];
  // The document has been brought to 3.1 meanwhile: its operations are others, in the same places.
  for (const listed of listOperations(document)) {
    const place = placeOf(listed);
    const choice = chosen.get(place);
    try {
      skills.push(operationSkill(workshop, names.get(place) ?? '', listed, choice?.own));
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      const line = `${place}: ${error.message}`;
      if (choice?.asked) throw new ApiProblem(line, { cause: error });
      leftOut.push(line);
    }
  }
  return { server: { name, base, named, auth: signing }, skills, leftOut };
}
