// Large output travels as an artifact: stored by the agent, fetched by the gateway, linked from the answer.
import { z } from 'zod';
import { idSchema } from './names.ts';

/** The most one artifact may hold: 16 MiB. */
export const artifactBytesMax = 16 * 1024 * 1024;
/** The most one message may hold beside its envelope; more travels as an artifact. */
export const inlineBytesMax = 128 * 1024;

export const artifactSchema = z.strictObject({
  id: idSchema,
  name: z.string().min(1).max(255),
  mediaType: z.string().min(3).max(127),
  bytes: z.int().min(0).max(artifactBytesMax),
  sha256: z.string().length(64),
});
export type Artifact = z.infer<typeof artifactSchema>;
