// What the process that holds the wires is told.
import { z } from 'zod';

/** cut: reset, and nothing new gets through. silent: connected, but nothing moves. slow: everything comes late. */
export const linkModeSchema = z.enum(['open', 'cut', 'silent', 'slow']);
export type LinkMode = z.infer<typeof linkModeSchema>;

export const linkOrderSchema = z.union([
  z.strictObject({ name: z.string(), port: z.int(), address: z.ipv4() }),
  z.strictObject({ name: z.string(), mode: linkModeSchema }),
]);
