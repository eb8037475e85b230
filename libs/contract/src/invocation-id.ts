// The name of one attempt of one step, everywhere.
import { z } from 'zod';

/** `<turn>-<step>-<attempt>`: the idempotency key of one attempt of one step, everywhere; a delivery’s is `<delivery>-1-<attempt>`. */
export const invocationIdSchema = z.string().regex(/^[0-9a-f-]{36}-\d{1,3}-\d{1,4}$/);

export function invocationId(turn: string, step: number, attempt: number): string {
  return `${turn}-${step}-${attempt}`;
}
