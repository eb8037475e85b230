// The rules about how a file looks, each a pure function of it.
import { lineOf, type ProjectFile } from './project-files.ts';
import type { Violation } from './violation.ts';

type Rule = (file: ProjectFile) => Violation[];

const linesMax = 300;
const mainLinesMax = 30;

const isCode = (path: string): boolean => /\.(ts|mjs)$/.test(path);
const isGenerated = (path: string): boolean =>
  /^(docs\/reference|deploy\/nats)\//.test(path) || path === 'package-lock.json';
const lineCount = (text: string): number => text.replace(/\n$/, '').split('\n').length;

function everywhere({ path, text }: ProjectFile, pattern: RegExp, message: (found: string) => string): Violation[] {
  return Array.from(text.matchAll(pattern), (match) => ({
    file: path,
    line: lineOf(text, match.index),
    message: message(match[0].trim()),
  }));
}

const firstLine: Rule = ({ path, text }) => {
  // A program may name its interpreter before that.
  const line = text.replace(/^#!.*\n/, '').split('\n', 1)[0] ?? '';
  if (!isCode(path) || /^\/\/ \S.*([.!?](?=\s|$)|:$)/.test(line)) return [];
  return [{ file: path, line: 1, message: 'the first line is one sentence in a // comment: what the file is for' }];
};

const length: Rule = ({ path, text }) => {
  const lines = lineCount(text);
  if (!isCode(path) || lines <= linesMax) return [];
  const message = `has ${lines} lines, and ${linesMax} is the most: look for the second thing it does, and move it out`;
  return [{ file: path, line: linesMax + 1, message }];
};

const mainLength: Rule = ({ path, text }) => {
  const lines = lineCount(text);
  if (!path.endsWith('/main.ts') || lines <= mainLinesMax) return [];
  const message = `has ${lines} lines, and a main.ts has at most ${mainLinesMax}: settings, connections, run; no logic`;
  return [{ file: path, line: mainLinesMax + 1, message }];
};

const leftUndone: Rule = (file) =>
  isGenerated(file.path)
    ? []
    : everywhere(file, /\b(?:TO[D]O|FIX[M]E|XX[X])\b/g, (found) => `${found}: finish it, or write an issue for it`);

const kebabCase: Rule = ({ path }) => {
  const bad = path.split('/').find((part) => !/^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(part));
  if (!isCode(path) || bad === undefined) return [];
  return [{ file: path, line: 1, message: `${bad}: names are lower-case words joined by hyphens` }];
};

const tellingName: Rule = ({ path }) => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const vague = /(?:^|[-.])(utils?|helpers?|common|managers?|misc)(?=[-.])/.exec(name)?.[1];
  if (!isCode(path) || vague === undefined) return [];
  return [{ file: path, line: 1, message: `“${vague}” says nothing: name the file after what it offers` }];
};

/** Where it was written says nothing to those who read it. `/home/me` and `/home/user` stand for anybody's. */
const machinePath: Rule = (file) =>
  everywhere(
    file,
    /(?<![\w.}/-])\/(?:work|root|home\/(?!me\b|user\b)[\w-]+|Users\/[\w-]+)(?=\/)[\w./-]*/g,
    (found) => `${found} is a path of one machine: say it relative to the project`,
  );

const registryHost: Rule = (file) =>
  everywhere(
    file,
    /"resolve[d]": "http|\bregistry\.(?!get\b|add\b)[a-z0-9-]+\.[a-z]{2,}\b/g,
    (found) => `${found} names a registry: which one is the user's own npm setting`,
  );

export const houseRules = {
  firstLine,
  length,
  mainLength,
  leftUndone,
  kebabCase,
  tellingName,
  machinePath,
  registryHost,
};

export function houseViolations(files: readonly ProjectFile[]): Violation[] {
  return files.flatMap((file) => Object.values(houseRules).flatMap((rule) => rule(file)));
}
