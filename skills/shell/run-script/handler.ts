// Has the script's interpreter run it.
import { defineHandler, type FilesRead, SkillError } from '@switchboard/contract';
import { keptBytesMax, toOutput } from '../command-result.ts';
import { timeLimitMs } from '../time-limit.ts';
import { contract, type languages } from './contract.ts';

type Language = (typeof languages)[number];

const endings: Readonly<Record<string, Language>> = {
  sh: 'bash',
  bash: 'bash',
  py: 'python',
  js: 'node',
  mjs: 'node',
  cjs: 'node',
  ts: 'node',
  mts: 'node',
};

/** With a text, `$0` of a shell is its own name, as it is for a script that is typed. */
const withText: Record<Language, (script: string) => string[]> = {
  bash: (script) => ['bash', '-c', script, 'bash'],
  sh: (script) => ['sh', '-c', script, 'sh'],
  python: (script) => ['python3', '-c', script],
  node: (script) => ['node', '-e', script, '--'],
};
const programs: Record<Language, string> = { bash: 'bash', sh: 'sh', python: 'python3', node: 'node' };

async function fileCommand(files: FilesRead, file: string, named: Language | undefined): Promise<string[]> {
  const { path, kind } = await files.info(file);
  if (kind !== 'file') throw new SkillError('not-a-file', `${path} is not a file.`);
  const language = named ?? endings[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''];
  if (language === undefined) {
    throw new SkillError('unknown-language', `Is ${path} a bash, sh, python or node script? Its name does not tell.`);
  }
  // A name that begins with a hyphen is no option.
  return [programs[language], `./${path}`];
}

export const handler = defineHandler(contract, {
  async run(ctx, { script, file, language, arguments: given, stdin, timeoutSeconds }) {
    const command =
      file === undefined ? withText[language ?? 'bash'](script ?? '') : await fileCommand(ctx.files, file, language);
    const result = await ctx.shell.run([...command, ...given], {
      folder: '.',
      ...(stdin === undefined ? {} : { stdin }),
      timeoutMs: timeLimitMs(timeoutSeconds, ctx.deadline),
      outputBytesMax: keptBytesMax,
    });
    return await toOutput(ctx, result);
  },
});
