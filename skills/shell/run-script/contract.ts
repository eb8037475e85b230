// What run-script promises: a script, given as text or as a file of the workspace, run in the sandbox.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { commandReasons, resultFields, sayResult } from '../command-result.ts';
import { shownExactly } from '../output-text.ts';
import { callMs, timeoutField } from '../time-limit.ts';

const textMax = 100_000;
const withoutNul = (text: string): boolean => !text.includes('\0');

export const languages = ['bash', 'sh', 'python', 'node'] as const;

export const contract = defineContract({
  name: 'run-script',
  version: '1.0.0',
  title: 'Run a script',
  description:
    'Runs a bash, sh, Python or JavaScript (node) script in the workspace, given as text or as a file, and shows its output. It has no network, sees only the workspace, and is stopped at limits of time, memory, processes and output.',
  tags: ['shell', 'script', 'run', 'execute', 'python', 'javascript', 'bash'],
  input: z
    .strictObject({
      script: z.string().min(1).max(textMax).refine(withoutNul).optional().describe('the text of the script'),
      file: z.string().min(1).max(1024).optional().describe('path of the script file, relative to the workspace'),
      language: z
        .enum(languages)
        .optional()
        .describe('what it is written in: for a file its ending tells, and a text is bash, when absent'),
      arguments: z
        .array(z.string().max(4096).refine(withoutNul))
        .max(64)
        .default([])
        .describe('what it is called with'),
      stdin: z
        .string()
        .max(textMax)
        .optional()
        .describe('what it can read from its standard input; nothing when absent'),
      timeoutSeconds: timeoutField,
    })
    .refine(({ script, file }) => (script === undefined) !== (file === undefined), {
      error: 'give either script or file',
      path: ['script'],
    }),
  output: z.strictObject(resultFields),
  errors: {
    ...commandReasons,
    'not-folder': 'The path leads through a file where a folder is needed.',
    'bad-name': 'The path is too long or too deep, or holds characters that a name may not have.',
    'not-a-file': 'The path is not a file.',
    'unknown-language': 'The ending of the file does not tell its language: it must be named.',
  },
  effects: [
    { class: 'read', on: 'files' },
    { class: 'execute', on: 'shell' },
  ],
  repeat: 'once',
  // A program prints what it likes, such as a file that somebody else wrote.
  ingests: 'untrusted',
  timeoutMs: callMs,
  utterances: [
    'run [the] script {file}',
    'execute [the] script {file}',
    'start [the] script {file}',
    'run [the] {language} script {file}',
    'run [the] file {file} (with|as|in) {language}',
    'execute [the] file {file} (with|as|in) {language}',
    'run this script: {script}',
    'run this {language} (script|code|program): {script}',
    'execute this {language} (script|code|program): {script}',
    'run [the] [following] {language} code {script}',
    'evaluate [the] {language} code {script}',
    'run my python script report.py',
    'execute the program in clean-up.sh',
  ],
  examples: [
    {
      says: 'run the script hello.sh',
      files: { 'hello.sh': 'echo "hello from $0"\n' },
      input: { file: 'hello.sh' },
      output: result({ stdout: 'hello from ./hello.sh\n', stdoutBytes: 22 }),
    },
    {
      says: 'run this node code: console.log(6 * 7)',
      input: { language: 'node', script: 'console.log(6 * 7)' },
      output: result({ stdout: '42\n', stdoutBytes: 3 }),
    },
    {
      says: 'run this script: echo "$2"; exit 4',
      input: { script: 'echo "$2"; exit 4', arguments: ['one', 'two'] },
      output: result({ exitCode: 4, stdout: 'two\n', stdoutBytes: 4 }),
    },
  ],
  redact: ['stdin', 'stdout', 'stderr'],
  say: sayResult,
  ask({ script, file, language, arguments: given, stdin, timeoutSeconds }) {
    const what = file === undefined ? 'this script' : `the script ${shownExactly(file)}`;
    const how = language === undefined ? '' : ` as ${language}`;
    const rest = [
      ['', script],
      ['It is called with', given.length === 0 ? undefined : given.join('\n')],
      ['It is given this input:', stdin],
    ].flatMap(([heading, text]) => (text === undefined ? [] : [heading, shownExactly(text)]));
    const limits = `It has no network and nothing outside the workspace, and at most ${timeoutSeconds} s.`;
    return [`Run ${what}${how} in the workspace.`, ...rest, limits].filter((text) => text !== '').join('\n\n');
  },
  requires: { binaries: ['bash', 'sh', 'python3', 'node'] },
});

function result(differs: object) {
  const nothing = { stdout: '', stderr: '', stdoutTruncated: false, stderrTruncated: false, lossy: false };
  return { exitCode: 0, ...nothing, stdoutBytes: 0, stderrBytes: 0, seconds: 0, ...differs };
}
