// One model of the operator's file: strict, so that a word that means nothing is an error.
import { nameSchema } from '@switchboard/contract';
import { z } from 'zod';
import { isPrivate } from './private-address.ts';

export const modelApis = ['openai', 'anthropic'] as const;

const home = {
  openai: { baseUrl: 'https://api.openai.com/v1', key: 'OPENAI_API_KEY' },
  anthropic: { baseUrl: 'https://api.anthropic.com', key: 'ANTHROPIC_API_KEY' },
} as const;

/** What was given is said back to nobody: it may be the key itself. */
const keySchema = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{2,62}$/, 'must be the name of a setting such as OPENAI_API_KEY, never the key itself');

const urlSchema = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' }).refine((text) => {
  const { username, password, search, hash } = new URL(text);
  return `${username}${password}${search}${hash}` === '';
}, 'must be an address alone: no user, password or query');

const dollars = z.number().min(0).max(100_000);
const seconds = z.int().min(1).max(300);

const entrySchema = z.strictObject({
  name: nameSchema,
  api: z.enum(modelApis),
  baseUrl: urlSchema.optional(),
  /** As the provider calls it. */
  model: z.string().min(1).max(200),
  key: keySchema.optional(),
  contextTokens: z.int().min(1_024).max(100_000_000),
  /** US dollars for a million tokens, which is millionths of a dollar for one. */
  price: z.strictObject({ input: dollars, output: dollars }).optional(),
  free: z.literal(true).optional(),
  /** To the first byte. */
  timeoutSeconds: seconds.default(60),
  /** From one piece to the next. */
  idleSeconds: seconds.default(30),
  outputTokensMax: z.int().min(16).max(1_000_000).optional(),
  /** Calls at a time, and those that wait behind them. */
  concurrency: z.int().min(1).max(1_000).default(64),
  waitingMax: z.int().min(0).max(10_000).default(256),
});

export const modelSpecSchema = entrySchema
  .transform((entry) => {
    const url = new URL(entry.baseUrl ?? home[entry.api].baseUrl);
    // Where nothing is said of the address, the key is that of the provider itself.
    const key = entry.key ?? (entry.baseUrl === undefined ? home[entry.api].key : undefined);
    return { ...entry, baseUrl: url.href.replace(/\/+$/, ''), key, isHosted: entry.baseUrl === undefined, url };
  })
  .superRefine(({ url, price, free, key }, context) => {
    if (isPrivate(url)) return;
    if (price === undefined && free === undefined) {
      const message = 'is missing: what a provider bills could not be held to a budget (or say free: true)';
      context.addIssue({ code: 'custom', path: ['price'], message });
    }
    if (url.protocol !== 'https:' && key !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['baseUrl'],
        message: 'must be https:// where a key leaves the network',
      });
    }
  })
  .transform(({ url, price, free, ...spec }) => ({
    ...spec,
    price: price ?? { input: 0, output: 0 },
    /** Who it is asked of, for the operator: no secret, no path. */
    provider: (spec.isHosted ? spec.api : `${spec.api} at ${url.host}`).slice(0, 63),
  }));

export type ModelSpec = z.output<typeof modelSpecSchema>;
