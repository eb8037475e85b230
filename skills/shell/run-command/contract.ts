// What run-command promises: one command line in the sandbox, what it wrote, and how it ended.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { commandReasons, resultFields, sayResult } from '../command-result.ts';
import { shownExactly } from '../output-text.ts';
import { callMs, timeoutField } from '../time-limit.ts';

const textMax = 100_000;
const withoutNul = (text: string): boolean => !text.includes('\0');

export const contract = defineContract({
  name: 'run-command',
  version: '1.0.0',
  title: 'Run a command',
  description:
    'Runs one shell command line (bash) in the workspace and shows its output. It has no network, sees only the workspace, and is stopped at limits of time, memory, processes and output.',
  tags: ['shell', 'command', 'run', 'execute', 'terminal', 'bash'],
  input: z.strictObject({
    command: z.string().min(1).max(textMax).refine(withoutNul).describe('the command line, as one would type it'),
    folder: z
      .string()
      .min(1)
      .max(1024)
      .default('.')
      .describe('path of the folder to run in, relative to the workspace'),
    stdin: z.string().max(textMax).optional().describe('what it can read from its standard input; nothing when absent'),
    timeoutSeconds: timeoutField,
  }),
  output: z.strictObject(resultFields),
  errors: commandReasons,
  effects: [{ class: 'execute', on: 'shell' }],
  repeat: 'once',
  // A program prints what it likes, such as a file that somebody else wrote.
  ingests: 'untrusted',
  timeoutMs: callMs,
  utterances: [
    'run {command}',
    'run [the] [shell] command {command}',
    'execute {command}',
    'execute [the] [shell] command {command}',
    '$ {command}',
    'run {command} in the folder {folder}',
    'in the folder {folder} run {command}',
    'run {command} (on the command line|in a shell|in a terminal|in bash)',
    '(on the command line|in a shell|in a terminal|in bash)[,] run {command}',
    'what does [the] command {command} (say|print|show)',
    'run the tests with npm test',
    'compile it with make',
    'run git status in a terminal',
    'use df to see how much disk space is left',
  ],
  examples: [
    {
      says: 'run sort names.txt',
      files: { 'names.txt': 'Zoe\nAda\n' },
      input: { command: 'sort names.txt' },
      output: result({ stdout: 'Ada\nZoe\n', stdoutBytes: 8 }),
    },
    {
      says: 'run ls in the folder notes',
      files: { 'notes/todo.txt': 'buy milk' },
      input: { command: 'ls', folder: 'notes' },
      output: result({ stdout: 'todo.txt\n', stdoutBytes: 9 }),
    },
    {
      says: '$ cat; echo oops >&2; exit 3',
      input: { command: 'cat; echo oops >&2; exit 3', stdin: 'in' },
      output: result({ exitCode: 3, stdout: 'in', stdoutBytes: 2, stderr: 'oops\n', stderrBytes: 5 }),
    },
  ],
  redact: ['stdin', 'stdout', 'stderr'],
  say: sayResult,
  ask({ command, folder, stdin, timeoutSeconds }) {
    const where = folder === '.' ? 'the workspace' : `the folder ${shownExactly(folder)}`;
    const input = stdin === undefined ? '' : `\n\nIt is given this input:\n\n${shownExactly(stdin)}`;
    const limits = `It has no network and nothing outside the workspace, and at most ${timeoutSeconds} s.`;
    return `Run this command in ${where}:\n\n${shownExactly(command)}${input}\n\n${limits}`;
  },
  requires: { binaries: ['bash'] },
});

function result(differs: object) {
  const nothing = { stdout: '', stderr: '', stdoutTruncated: false, stderrTruncated: false, lossy: false };
  return { exitCode: 0, ...nothing, stdoutBytes: 0, stderrBytes: 0, seconds: 0, ...differs };
}
