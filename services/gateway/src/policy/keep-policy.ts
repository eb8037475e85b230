// The policy in force: read at the start, read again when its file changes, and never replaced by one that is wrong.
import { readFileSync, statSync } from 'node:fs';
import type { Log } from '@switchboard/service';
import { SettingError } from '@switchboard/service';
import { defaultPolicy } from './default-policy.ts';
import { type Policy, PolicyError, parsePolicy } from './policy-file.ts';

/** Its text is read so often, by name: an editor or a mount may put another file in its place, and no change is missed. */
const lookMs = 1_000;
const bytesMax = 256 * 1024;

export interface KeptPolicy {
  /** Another one after each good change. */
  current(): Policy;
  /** Why the file as it is now is not in force; undefined when it is. */
  problem(): string | undefined;
  stop(): void;
}

export interface KeepPolicyOptions {
  /** Undefined: the default is in force, for good. */
  readonly file: string | undefined;
  readonly log: Log;
  /** For the operators: what is in force from now on, or why the last one stays. Must not throw. */
  readonly tell: (kind: 'policy-in-force' | 'policy-changed' | 'policy-refused', data: Record<string, unknown>) => void;
  readonly everyMs?: number;
}

/** Undefined when there is none. Throws PolicyError for what cannot be one. */
function readText(file: string): string | undefined {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    if (!found.isFile()) throw new PolicyError('it is not a file');
    if (found.size > bytesMax) throw new PolicyError(`it is larger than ${bytesMax} bytes`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof PolicyError) throw error;
    throw new PolicyError(error instanceof Error ? error.message : String(error));
  }
}

/** Undefined when there is none. Throws SettingError. */
export function readPolicyFile(file: string): Policy | undefined {
  try {
    const text = readText(file);
    return text === undefined ? undefined : parsePolicy(text);
  } catch (error) {
    if (error instanceof PolicyError) throw new SettingError(`POLICY_FILE: ${file}: ${error.message}`);
    throw error;
  }
}

/** All of it: a decision names the revision, and the file may be another one by the time somebody asks. */
function shown({ revision, rules }: Policy): Record<string, unknown> {
  return { revision, rules };
}

/**
 * A file that is not there at the start means the default. Throws SettingError for one that is wrong at the start:
 * nothing is known then that would be safe to go on with.
 */
export function keepPolicy({ file, log, tell, everyMs = lookMs }: KeepPolicyOptions): KeptPolicy {
  const first = file === undefined ? undefined : readPolicyFile(file);
  tell('policy-in-force', shown(first ?? defaultPolicy));
  if (file === undefined) return { current: () => defaultPolicy, problem: () => undefined, stop: () => {} };
  if (first === undefined) log.warn({ file }, 'there is no policy file: the default is in force');
  let policy = first ?? defaultPolicy;
  let known = first !== undefined;
  let seen: string | undefined;
  let problem: string | undefined;

  function adopt(text: string): void {
    const next = parsePolicy(text);
    problem = undefined;
    known = true;
    if (next.revision === policy.revision) return;
    policy = next;
    log.info({ file, revision: next.revision }, 'another policy is in force');
    tell('policy-changed', shown(next));
  }

  function look(path: string): void {
    try {
      const text = readText(path);
      if (text !== undefined && text === seen && problem === undefined) return;
      seen = text;
      if (text !== undefined) adopt(text);
      else if (known) throw new PolicyError('it is gone');
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (why === problem) return;
      problem = why;
      log.error({ file, why }, 'the policy file is wrong: the last good one stays in force');
      tell('policy-refused', { why, revision: policy.revision });
    }
  }
  const timer = setInterval(look, everyMs, file).unref();
  return { current: () => policy, problem: () => problem, stop: () => clearInterval(timer) };
}
