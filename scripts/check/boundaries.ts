// The rules about who may import whom, each a pure function of one import.
import type { Import } from './imports.ts';
import { drivers, floors, forDevelopment, skillFiles, skillless, skillPackages, storeUsers } from './layers.ts';
import type { Violation } from './violation.ts';

/** What is wrong with an import, and what to do; undefined when it keeps the rule. */
type Rule = (one: Import) => string | undefined;

/** `libs/bus/src/bus.ts` → `libs/bus`; `skills/files/read-file/handler.ts` → `skills`; `scripts/start.ts` → `scripts`. */
export function partOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'libs' || top === 'services' ? `${top}/${second}` : top;
}

export function isTest(path: string): boolean {
  return /(^|\/)test\/|\.test\.ts$/.test(path) || skillFiles.forTests.includes(path);
}

/** The part of ours that an import leads to. */
function targetPart({ target }: Import): string | undefined {
  if (target.kind === 'ours') return target.folder;
  return target.kind === 'file' ? partOf(target.path) : undefined;
}

const isService = (part: string | undefined): boolean => part?.startsWith('services/') === true;
const floorOf = (part: string): number => floors.findIndex((floor) => floor.includes(part));

const floor: Rule = (one) => {
  const [from, to] = [partOf(one.file), targetPart(one)];
  if (to === undefined || from === to || floorOf(from) < 0 || isTest(one.file)) return undefined;
  if (floorOf(to) >= 0 && floorOf(to) < floorOf(from)) return undefined;
  return `${from} leans on ${to}, which is not on a floor beneath it: move what both need to a lower library`;
};

const services: Rule = (one) => {
  const [from, to] = [partOf(one.file), targetPart(one)];
  if (!isService(from) || !isService(to) || from === to) return undefined;
  return `a service never imports another (${to}): talk to it over the bus, or share it in libs/`;
};

const noSkills: Rule = (one) =>
  skillless.includes(partOf(one.file)) && targetPart(one) === 'skills'
    ? `${partOf(one.file)} never holds a skill's code: it learns contracts from what agents announce`
    : undefined;

const store: Rule = (one) =>
  targetPart(one) === 'libs/store' && partOf(one.file) !== 'libs/store' && !storeUsers.includes(partOf(one.file))
    ? 'only the gateway keeps things in the database: ask it over the bus'
    : undefined;

const development: Rule = (one) => {
  const [from, to] = [partOf(one.file), targetPart(one) ?? ''];
  const allowed = from === to || isTest(one.file) || from === 'scripts' || from === 'test' || from === 'libs/testkit';
  return forDevelopment.includes(to) && !allowed ? `${to} is for tests and scripts, not for the product` : undefined;
};

const driver: Rule = ({ file, target }) => {
  if (target.kind !== 'others') return undefined;
  const { name } = target;
  const [, owner] =
    Object.entries(drivers).find(([key]) => key === name || (key.endsWith('/') && name.startsWith(key))) ?? [];
  const owners = [owner ?? []].flat();
  if (owners.length === 0 || owners.includes(partOf(file))) return undefined;
  return `${name} belongs to ${owners.join(' and ')}: use what that offers, or add to it what is missing`;
};

/** Tests may reach into the testkit, so that one helper does not load all of it. */
const ownFolder: Rule = (one) => {
  const from = partOf(one.file);
  if (one.target.kind !== 'file' || from === 'scripts' || from === 'test' || !one.file.includes('/')) return undefined;
  const to = partOf(one.target.path);
  if (from === to || (isTest(one.file) && to === 'libs/testkit')) return undefined;
  return `a relative import never leaves its package (${one.target.path}): import the package by its name`;
};

/** `skills/files/read-file/handler.ts` → `skills/files/read-file`. */
function skillOf(path: string): string | undefined {
  return /^skills\/[^/]+\/[^/]+(?=\/)/.exec(path)?.[0];
}

const skill: Rule = ({ file, specifier, target }) => {
  if (
    partOf(file) !== 'skills' ||
    file.endsWith('package.json') ||
    isTest(file) ||
    skillFiles.manifests.includes(file)
  ) {
    return undefined;
  }
  const own = skillOf(file);
  // Said once, for the file: see unlistedSkillFiles.
  if (own === undefined && !skillFiles.shared.includes(file)) return undefined;
  if (target.kind === 'file') {
    if (skillFiles.shared.includes(target.path) || (own !== undefined && skillOf(target.path) === own))
      return undefined;
    return `a skill never imports ${specifier}: only its own folder and the shared files that scripts/check/layers.ts lists`;
  }
  const name = target.kind === 'ours' ? target.folder : target.kind === 'others' ? target.name : specifier;
  if (skillPackages.includes(name)) return undefined;
  return `a skill never imports ${specifier}: it acts through ctx, and knows @switchboard/contract and zod only`;
};

const contract: Rule = ({ file, specifier }) =>
  file.endsWith('/contract.ts') && specifier.endsWith('/handler.ts')
    ? 'a contract never imports its handler: the router and the reference read contracts without running them'
    : undefined;

export const boundaryRules = { floor, services, noSkills, store, development, driver, ownFolder, skill, contract };

export function boundaryViolations(imports: readonly Import[]): Violation[] {
  return imports.flatMap((one) =>
    Object.values(boundaryRules).flatMap((rule) => {
      const message = rule(one);
      return message === undefined ? [] : [{ file: one.file, line: one.line, message }];
    }),
  );
}

/** A file of skills/ that is neither a skill's nor in a list could do anything unseen. */
export function unlistedSkillFiles(paths: readonly string[]): Violation[] {
  const listed = [...skillFiles.manifests, ...skillFiles.shared, ...skillFiles.forTests];
  return paths
    .filter((path) => /^skills\/.*\.ts$/.test(path) && skillOf(path) === undefined)
    .filter((path) => !path.endsWith('.test.ts') && !listed.includes(path))
    .map((file) => ({
      file,
      line: 1,
      message: 'is neither in a skill’s folder nor in a list of scripts/check/layers.ts: put it where it belongs',
    }));
}
