// An agent with a channel, as a test needs it: what it brings in is the test's, and what it sends is a line in a file.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import {
  type Artifact,
  artifactSchema,
  type CapabilityEffect,
  defineContract,
  type Skill,
  type SkillContract,
  type SkillHandler,
  SwitchboardError,
} from '@switchboard/contract';
import { z } from 'zod';

/** What the world has got. */
const sentSchema = z.strictObject({
  invocation: z.string(),
  address: z.string(),
  thread: z.string(),
  subject: z.string().optional(),
  text: z.string(),
  /** Name → what it held. */
  files: z.record(z.string(), z.string()),
});
export type Sent = z.infer<typeof sentSchema>;

export interface Outbox {
  send(sent: Sent): void;
  sent(): Sent[];
}

/** A file, so that it outlives the process that wrote into it. */
export function outboxAt(path: string): Outbox {
  return {
    send: (sent) => appendFileSync(path, `${JSON.stringify(sent)}\n`),
    sent() {
      const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
      return lines.map((line) => sentSchema.parse(JSON.parse(line)));
    },
  };
}

type Handler = SkillHandler<z.ZodObject, z.ZodObject, readonly CapabilityEffect[]>;
type Contract = SkillContract<z.ZodObject, z.ZodObject, readonly CapabilityEffect[]>;

const textOnly = z.strictObject({ text: z.string().max(10_000) });

function skill(name: string, handler: Handler, more: Partial<Contract> = {}): Skill {
  const contract = defineContract({
    name,
    version: '1.0.0',
    title: name,
    description: `Does ${name}.`,
    tags: [],
    input: textOnly,
    output: textOnly,
    errors: {},
    effects: [],
    repeat: 'once',
    ingests: 'trusted',
    timeoutMs: 10_000,
    utterances: Array.from({ length: more.audience ? 0 : 8 }, (_, index) => `${name} ${index}`),
    examples: [],
    say: (output) => String(output['text']),
    ...more,
  });
  return { contract, handler };
}

const replySchema = z.strictObject({
  address: z.string(),
  thread: z.string(),
  subject: z.string().optional(),
  text: z.string().max(100_000),
  attachments: z.array(artifactSchema).max(10),
});

async function contentOf(ctx: Parameters<Handler['run']>[0], attachments: readonly Artifact[]) {
  const files: Record<string, string> = {};
  for (const artifact of attachments) {
    const pieces: Uint8Array[] = [];
    for await (const piece of ctx.content(artifact)) pieces.push(piece);
    files[artifact.name] = Buffer.concat(pieces).toString();
  }
  return files;
}

export interface Interference {
  /** Before anything is sent. What it throws is the skill's answer. */
  before?(sent: Sent): Promise<void> | void;
  /** When its note is on the disk. */
  noted?(sent: Sent): Promise<void> | void;
  /** After it was sent, before the agent knows. */
  after?(sent: Sent): Promise<void> | void;
}

/** Sends as a real channel does: a note on the disk right before, and found again afterwards by its invocation. */
export function replySkill(channel: string, outbox: Outbox, interfere: Interference = {}): Skill {
  const found = (invocation: string): boolean => outbox.sent().some((sent) => sent.invocation === invocation);
  return skill(
    `reply-${channel}`,
    {
      async run(ctx, input) {
        const { attachments, ...place } = replySchema.parse(input);
        const sent = { ...place, invocation: ctx.invocationId, files: await contentOf(ctx, attachments) };
        await interfere.before?.(sent);
        await ctx.note({ leaving: true });
        await interfere.noted?.(sent);
        outbox.send(sent);
        await interfere.after?.(sent);
        return { text: 'sent' };
      },
      async reconcile(ctx, _, noted) {
        if (noted === undefined) return { outcome: 'not-done' };
        return found(ctx.invocationId) ? { outcome: 'done', output: { text: 'sent' } } : { outcome: 'unknown' };
      },
    },
    {
      audience: 'gateway',
      input: replySchema,
      repeat: 'reconcilable',
      errors: { refused: 'Nobody takes it.' },
    },
  );
}

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

/** What was lost once in this process. */
const lost = new Set<string>();

/** Says what it was told; makes files; and once for each text does not know whether it did anything. */
export const plainSkills: readonly Skill[] = [
  skill('repeat-it', { run: async (_, { text }) => ({ text: `You said: ${String(text)}` }) }, { repeat: 'safe' }),
  skill('note-it', { run: async (_, { text }) => ({ text: `Noted: ${String(text)}` }) }),
  skill('lose-it', {
    async run(_, { text }) {
      if (lost.has(String(text))) return { text: `Found: ${String(text)}` };
      lost.add(String(text));
      throw new SwitchboardError('outcome-unknown', 'Nobody can tell');
    },
  }),
  skill('burn', { run: async (_, { text }) => ({ text: `Burnt: ${String(text)}` }) }),
  skill('make-files', {
    async run(ctx, { text }) {
      for (const name of String(text).split(' ')) {
        const large = name.startsWith('large');
        const content = bytesOf(large ? 'x'.repeat(11_000_000) : `content of ${name}`);
        await ctx.artifact({ name, mediaType: 'text/plain', content });
      }
      return { text: 'Made.' };
    },
  }),
];
