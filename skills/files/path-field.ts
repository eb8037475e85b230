// A path in a skill's input, and its one spelling in what the skill answers.
import { z } from 'zod';

/** `what` completes "path of …". Whether it lies in the workspace is for the agent to say, not for a pattern here. */
export function pathField(what: string): z.ZodString {
  return z.string().min(1).max(1024).describe(`path of ${what}, relative to the workspace`);
}

/** `./notes//a/` → `notes/a`; the workspace itself is `.`. A path that leads out stays one that does. */
export function tidy(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return (path.startsWith('/') ? '/' : '') + parts.join('/') || '.';
}

/** The last name of a tidy path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
