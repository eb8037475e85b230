// The one rule for everything that has a name, and the shape of ids.
import { z } from 'zod';

/**
 * A name of a skill, an agent, a service or a channel: at once a legal NATS token, DNS label, MCP tool name,
 * A2A skill id, Agent-Skills folder and function name for models.
 */
export const nameSchema = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by single hyphens');

/** An opaque, random, sortable id (UUID version 7, RFC 9562). It is also a single NATS token. */
export const idSchema = z.uuid();

/** Semantic version, numbers only: a contract has no pre-releases. */
export const versionSchema = z.string().regex(/^\d+\.\d+\.\d+$/, 'must be a version such as 1.0.0');
