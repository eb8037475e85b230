// What a handler gets for one call: what every handler gets, and what its effects grant.
import {
  type Artifact,
  type CapabilityEffect,
  type JsonValue,
  type SkillContext,
  type SkillContextBase,
  SkillError,
} from '@switchboard/contract';
import { type CallScope, type CapabilityAdapters, grant } from './adapters.ts';
import type { Artifacts } from './artifacts.ts';
import type { ReadContent } from './content.ts';

/** A reply names at most so many. */
const artifactsMax = 20;
const progressCharactersMax = 2000;
/** A handler that says more than this is not heard any more. */
const progressMax = 1000;

export interface CallContext {
  readonly ctx: SkillContext<readonly CapabilityEffect[]>;
  /** What the call has stored so far. */
  readonly artifacts: readonly Artifact[];
}

export interface CallContextOptions {
  readonly scope: CallScope;
  readonly effects: readonly CapabilityEffect[];
  readonly adapters: CapabilityAdapters;
  readonly artifacts: Artifacts;
  readonly content: ReadContent;
  readonly note: (data: JsonValue) => Promise<void>;
  readonly progress: (text: string) => void;
}

/** Once the signal is aborted, nothing of it begins anything any more. */
export function createCallContext(options: CallContextOptions): CallContext {
  const { scope, effects, adapters } = options;
  const { invocationId, signal, deadline } = scope;
  const artifacts: Artifact[] = [];
  let stored = 0;
  let said = 0;
  const base: SkillContextBase = {
    invocationId,
    signal,
    deadline,
    progress(text) {
      if (!signal.aborted && said++ < progressMax) options.progress(String(text).slice(0, progressCharactersMax));
    },
    async note(data) {
      signal.throwIfAborted();
      await options.note(data);
      signal.throwIfAborted();
    },
    async artifact(source) {
      signal.throwIfAborted();
      if (++stored > artifactsMax) throw new SkillError('too-large', `More than ${artifactsMax} artifacts`);
      const artifact = await options.artifacts.store(source, signal);
      artifacts.push(artifact);
      return artifact;
    },
    content: (artifact) => options.content(artifact, signal),
  };
  // The type says what the effects grant, and grant() throws when it cannot hand that out.
  const ctx = Object.freeze({ ...base, ...grant(effects, adapters, scope) }) as CallContext['ctx'];
  return { ctx, artifacts };
}
