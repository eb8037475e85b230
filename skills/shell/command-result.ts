// What a finished command looks like in a skill's output, whole or as artifacts, and how it reads to a person.
import {
  type Artifact,
  artifactBytesMax,
  artifactSchema,
  type CommandResult,
  type SkillContextBase,
} from '@switchboard/contract';
import { z } from 'zod';
import { decodeOutput, fitJson, shown } from './output-text.ts';

/** Two of these, escaped as JSON, fit into one answer with room to spare. */
const inlineJsonBytesMax = 48 * 1024;
/** What a person reads at once, of stdout and of stderr. */
const saidCharactersMax = { stdout: 12_000, stderr: 4000 } as const;

export const resultFields = {
  exitCode: z.int().min(0).max(255).optional().describe('0 is success; absent when it was ended by a signal'),
  signal: z.string().optional().describe('the signal that ended it'),
  stopped: z
    .enum(['time', 'output', 'processes', 'memory', 'disk'])
    .optional()
    .describe('the limit at which it was stopped'),
  stdout: z.string().describe('what it wrote to its output, or the beginning when truncated'),
  stderr: z.string().describe('what it wrote to its error output, or the beginning when truncated'),
  stdoutTruncated: z.boolean().describe('whether stdout is only the beginning'),
  stderrTruncated: z.boolean().describe('whether stderr is only the beginning'),
  lossy: z.boolean().describe('whether some bytes are not text and show as U+FFFD'),
  stdoutBytes: z.int().min(0).describe('all that it wrote to its output'),
  stderrBytes: z.int().min(0).describe('all that it wrote to its error output'),
  stdoutArtifact: artifactSchema
    .optional()
    .describe('its output as it was written, where stdout does not show it whole'),
  stderrArtifact: artifactSchema.optional().describe('its error output, likewise'),
  seconds: z.int().min(0).describe('how long it ran, in whole seconds'),
};
const resultSchema = z.strictObject(resultFields);
export type ResultOutput = z.output<typeof resultSchema>;

/** Why a command may not run at all, in one wording for both skills. */
export const commandReasons = {
  'not-found': 'There is no such program or file.',
  'not-folder': 'There is no such folder in the workspace.',
  'path-escapes': 'The path leads out of the workspace.',
  'not-allowed': 'It is not a program that can be started.',
  'too-large': 'The command is longer than the system takes.',
} as const;

/** Kept of each output by the agent: as much as can be attached. */
export const keptBytesMax = artifactBytesMax;

interface Part {
  readonly text: string;
  readonly truncated: boolean;
  readonly lossy: boolean;
  readonly artifact: Artifact | undefined;
}

/** Attaches what is not shown whole: an answer never passes a part off as all. */
async function part(
  artifact: SkillContextBase['artifact'],
  name: 'stdout' | 'stderr',
  bytes: Uint8Array,
  total: number,
): Promise<Part> {
  const decoded = decodeOutput(bytes, { whole: bytes.length === total });
  const text = fitJson(decoded.text, inlineJsonBytesMax);
  const truncated = text.length < decoded.text.length || bytes.length < total;
  const whole = !truncated && !decoded.lossy && text.length <= saidCharactersMax[name];
  if (whole) return { text, truncated, lossy: false, artifact: undefined };
  const mediaType = decoded.lossy ? 'application/octet-stream' : 'text/plain; charset=utf-8';
  const stored = await artifact({ name: `${name}.txt`, mediaType, content: inOnePiece(bytes) });
  return { text, truncated, lossy: decoded.lossy, artifact: stored };
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

export async function toOutput(ctx: SkillContextBase, result: CommandResult): Promise<ResultOutput> {
  const stdout = await part(ctx.artifact, 'stdout', result.stdout, result.stdoutBytes);
  const stderr = await part(ctx.artifact, 'stderr', result.stderr, result.stderrBytes);
  return {
    ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
    ...(result.signal === undefined ? {} : { signal: result.signal }),
    ...(result.stopped === undefined ? {} : { stopped: result.stopped }),
    stdout: stdout.text,
    stderr: stderr.text,
    stdoutTruncated: stdout.truncated,
    stderrTruncated: stderr.truncated,
    lossy: stdout.lossy || stderr.lossy,
    stdoutBytes: result.stdoutBytes,
    stderrBytes: result.stderrBytes,
    ...(stdout.artifact === undefined ? {} : { stdoutArtifact: stdout.artifact }),
    ...(stderr.artifact === undefined ? {} : { stderrArtifact: stderr.artifact }),
    seconds: Math.floor(result.durationMs / 1000),
  };
}

const limits: Record<NonNullable<ResultOutput['stopped']>, string> = {
  time: 'its time was over',
  output: 'it wrote more output than it may',
  processes: 'it started more processes than it may',
  memory: 'it took more memory than it may',
  disk: 'it left too little space on the disk',
};

function ending({ exitCode, signal, stopped, seconds }: ResultOutput): string {
  const after = seconds > 0 ? ` after ${seconds} s` : '';
  if (stopped !== undefined) return `It was stopped${after}, because ${limits[stopped]}.`;
  if (signal !== undefined) return `It was ended${after} by ${signal}.`;
  return exitCode === 0 ? '' : `It failed${after} with exit code ${exitCode}.`;
}

function said(text: string, truncated: boolean, bytes: number, artifact: Artifact | undefined, max: number): string {
  const readable = shown(text).trimEnd();
  const cut = readable.length > max;
  if (!cut && !truncated) return readable;
  const attached =
    artifact === undefined || artifact.bytes < bytes ? 'the first 16 MB are attached' : 'it is attached whole';
  return `${readable.slice(0, max).toWellFormed()}\n… This is only the beginning of ${bytes} bytes: ${attached}.`;
}

/** How it ended where it did not just succeed, then what it wrote. */
export function sayResult(output: ResultOutput): string {
  const { stdout, stderr, stdoutBytes, stderrBytes, stdoutArtifact, stderrArtifact } = output;
  const out = said(stdout, output.stdoutTruncated, stdoutBytes, stdoutArtifact, saidCharactersMax.stdout);
  const err = said(stderr, output.stderrTruncated, stderrBytes, stderrArtifact, saidCharactersMax.stderr);
  const lossy = output.lossy ? 'Some of what it wrote is not text; the attachment has it as it was.' : '';
  const parts = [ending(output), out, err === '' ? '' : `Error output:\n${err}`, lossy].filter((text) => text !== '');
  return parts.length === 0 ? 'Done; it had nothing to say.' : parts.join('\n\n');
}
