// What a handler gets for one call in a test: the capabilities its effects name, and a record of what it did with the rest.
import { createHash, randomUUID } from 'node:crypto';
import { type CapabilityAdapters, grant } from '@switchboard/agent';
import {
  type Artifact,
  artifactBytesMax,
  type CapabilityEffect,
  invocationId,
  type JsonValue,
  type SkillContext,
  type SkillContextBase,
  type SkillContract,
  SkillError,
  SwitchboardError,
} from '@switchboard/contract';

export interface SkillCallOptions {
  readonly workspace: string;
  /** The capabilities of an agent over this workspace folder. */
  readonly adapters: (workspace: string) => CapabilityAdapters;
  /** What the artifacts of the input hold, by their id. */
  readonly contents?: Readonly<Record<string, Uint8Array>>;
  readonly invocationId?: string;
  /** A new one when not given. */
  readonly session?: string;
  readonly signal?: AbortSignal;
  /** Sees each note when it is kept. What it throws ends the run there, as the agent's death would. */
  readonly onNote?: (data: JsonValue) => void;
}

/** Of the examples, so that their outputs can name what derives from it. */
export const exampleInvocationId: string = invocationId('00000000-0000-7000-8000-000000000000', 1, 1);

export interface SkillCall {
  readonly ctx: SkillContext<readonly CapabilityEffect[]>;
  readonly artifacts: readonly (Artifact & { readonly content: Uint8Array })[];
  readonly notes: readonly JsonValue[];
}

export function createSkillCall(
  { effects, timeoutMs }: Pick<SkillContract, 'effects' | 'timeoutMs'>,
  options: SkillCallOptions,
): SkillCall {
  const artifacts: (Artifact & { content: Uint8Array })[] = [];
  const notes: JsonValue[] = [];
  const scope = {
    invocationId: options.invocationId ?? invocationId(randomUUID(), 1, 1),
    session: options.session ?? randomUUID(),
    signal: options.signal ?? new AbortController().signal,
    deadline: new Date(Date.now() + timeoutMs),
  };
  const base: SkillContextBase = {
    ...scope,
    progress: () => {},
    note: async (data) => {
      notes.push(data);
      options.onNote?.(data);
    },
    artifact: async ({ name, mediaType, content }) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of content) pieces.push(piece);
      const whole = Buffer.concat(pieces);
      if (whole.length > artifactBytesMax) throw new SkillError('too-large', `${name} is too large for an artifact`);
      const sha256 = createHash('sha256').update(whole).digest('hex');
      const artifact = { id: exampleArtifactId(artifacts.length + 1), name, mediaType, bytes: whole.length, sha256 };
      artifacts.push({ ...artifact, content: whole });
      return artifact;
    },
    async *content({ id, name }) {
      const bytes = options.contents?.[id] ?? artifacts.find((artifact) => artifact.id === id)?.content;
      if (bytes === undefined) throw new SwitchboardError('not-found', `There is no artifact ${name}`);
      yield bytes;
    },
  };
  const granted = grant(effects, options.adapters(options.workspace), scope);
  // grant has put in what each of the effects names, or thrown: that is what the type says.
  const ctx = { ...base, ...granted } as SkillContext<readonly CapabilityEffect[]>;
  return { ctx, artifacts, notes };
}

/** Artifacts are numbered, so that an example's output can name them. */
function exampleArtifactId(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}
