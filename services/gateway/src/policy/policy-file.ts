// policy.yaml as data: strict, so that a word that means nothing is an error and not a rule that never holds.
import { effectClassSchema, nameSchema, sha256, trustSchema, verdictSchema } from '@switchboard/contract';
import { parse, YAMLError } from 'yaml';
import { z } from 'zod';
import { builtInRules } from './built-in-rules.ts';

const listMax = 100;

const oneOrMore = <Schema extends z.ZodType<string>>(one: Schema) =>
  z.union([one.transform((value) => [value]), z.array(one).min(1).max(listMax)]).optional();

/** All that is given has to be so. */
const conditions = {
  effect: oneOrMore(effectClassSchema),
  /** The capability that the effect is on. */
  on: oneOrMore(z.string().min(1).max(63)),
  agent: oneOrMore(nameSchema),
  skill: oneOrMore(nameSchema),
  /** The name of whoever the turn belongs to. */
  principal: oneOrMore(z.string().min(1).max(200)),
  trust: oneOrMore(trustSchema),
};
const conditionsSchema = z.strictObject(conditions);
export type Conditions = z.output<typeof conditionsSchema>;

const reserved: ReadonlySet<string> = new Set(Object.values(builtInRules));
const ruleSchema = z.strictObject({
  rule: nameSchema.refine((name) => !reserved.has(name), 'is the name of a built-in rule'),
  decide: verdictSchema,
  ...conditions,
  /** It does not hold where all of this is so. */
  except: conditionsSchema.refine((given) => Object.keys(given).length > 0, 'must name something').optional(),
});
export type PolicyRule = z.output<typeof ruleSchema>;

const policySchema = z.strictObject({
  version: z.literal(1),
  rules: z
    .array(ruleSchema)
    .max(500)
    .refine((rules) => new Set(rules.map(({ rule }) => rule)).size === rules.length, 'two rules have one name'),
});

export interface Policy {
  readonly rules: readonly PolicyRule[];
  /** SHA-256 of the text that it was read from. */
  readonly revision: string;
}

/** The message is for the operator, and names the place. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/** Throws PolicyError. */
export function parsePolicy(text: string): Policy {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0, logLevel: 'error' });
  } catch (error) {
    if (error instanceof YAMLError || error instanceof ReferenceError) throw new PolicyError(error.message);
    throw error;
  }
  const parsed = policySchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
    throw new PolicyError(problems.slice(0, 5).join('; '));
  }
  return { rules: parsed.data.rules, revision: sha256(text) };
}
