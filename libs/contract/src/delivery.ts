// Deliveries: what a person is to read over a channel, as the HTTP API shows it to operators. Without what it says.
import { z } from 'zod';
import { errorInfoSchema } from './errors.ts';
import { idSchema, nameSchema } from './names.ts';

const timeSchema = z.iso.datetime();

/** sending: its outcome is not known yet. unknown: nobody can tell whether it was sent; it never is again. */
export const deliveryStateSchema = z.enum(['queued', 'sending', 'sent', 'unknown', 'failed']);
export type DeliveryState = z.infer<typeof deliveryStateSchema>;

export const deliverySchema = z.strictObject({
  id: idSchema,
  principalId: idSchema,
  principal: z.string(),
  agent: nameSchema,
  channel: nameSchema,
  address: z.string(),
  /** The turn that it is about; none where a message was answered that is no turn. */
  sessionId: idSchema.optional(),
  turnId: idSchema.optional(),
  state: deliveryStateSchema,
  attempts: z.int(),
  /** Why it was not sent, or not yet. */
  error: errorInfoSchema.optional(),
  createdAt: timeSchema,
  finishedAt: timeSchema.optional(),
});
export type Delivery = z.infer<typeof deliverySchema>;
