// How a program of this folder is called, and how it ends: what goes wrong is one line on stderr.
import { parseArgs } from 'node:util';
import { inOneLine } from './home.ts';

/** Of sysexits.h: the command was used wrongly. */
const wrongUse = 64;

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Command {
  /** Shown for --help and for a wrong use. */
  readonly usage: string;
  /** Names of options without a value; `json` and `help` are always known. */
  readonly flags?: readonly string[];
  /** Names of options with one. */
  readonly options?: readonly string[];
  /** Throws UsageError when the words do not fit. Answers the exit code, 0 if it says nothing. */
  run(words: readonly string[], given: Given): Promise<number | undefined>;
}

export interface Given {
  has(flag: string): boolean;
  option(name: string): string | undefined;
}

function read({ flags = [], options = [] }: Command, args: readonly string[]): { words: string[]; given: Given } {
  const flag = (name: string) => [name, { type: 'boolean' }] as const;
  const text = (name: string) => [name, { type: 'string' }] as const;
  try {
    const parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: Object.fromEntries([...['json', 'help', ...flags].map(flag), ...options.map(text)]),
    });
    const values = new Map<string, unknown>(Object.entries(parsed.values));
    return {
      words: parsed.positionals,
      given: {
        has: (name) => values.get(name) === true,
        option(name) {
          const value = values.get(name);
          return typeof value === 'string' ? value : undefined;
        },
      },
    };
  } catch (error) {
    throw new UsageError(inOneLine(error));
  }
}

/** The program itself: sets the exit code of this process. */
export async function runCommand(command: Command, args: readonly string[]): Promise<void> {
  try {
    const { words, given } = read(command, args);
    if (given.has('help')) return console.log(command.usage);
    process.exitCode = (await command.run(words, given)) ?? 0;
  } catch (error) {
    console.error(`switchboard: ${inOneLine(error)}`);
    if (error instanceof UsageError) console.error(command.usage);
    process.exitCode = error instanceof UsageError ? wrongUse : 1;
  }
}
