// What a skill may do to the world: a class of effect on a capability.
import { z } from 'zod';

/**
 * read: looks only. write: reversible, inside our walls. external: leaves (a message sent, an API posted).
 * destructive: irreversible. execute: runs code. spend: costs money.
 */
export const effectClasses = ['read', 'write', 'external', 'destructive', 'execute', 'spend'] as const;
export const effectClassSchema = z.enum(effectClasses);
export type EffectClass = z.infer<typeof effectClassSchema>;

export const effectSchema = z.strictObject({ class: effectClassSchema, on: z.string().min(1).max(63) });
export type Effect = z.infer<typeof effectSchema>;

/**
 * What may be done when it is not known whether a skill ran. safe: it has no effect. idempotent: the same input again
 * ends in the same state. reconcilable: it can look and find out. once: nobody can know, so a person decides.
 */
export const repeats = ['safe', 'idempotent', 'reconcilable', 'once'] as const;
export const repeatSchema = z.enum(repeats);
export type Repeat = z.infer<typeof repeatSchema>;
