// An address of the chat network in a skill's input, and why a chat skill may refuse, in one wording for all of them.
import { z } from 'zod';

/** Whether it is one of the network's is for the agent to say; it looks like an e-mail address. */
export const addressField = z
  .string()
  .min(3)
  .max(320)
  .meta({ format: 'email', description: 'chat address of whom to write to, such as anna@example.org' });

export const sendReasons = {
  'no-address': 'This is no address of the chat network; nothing was sent.',
  'bad-text': 'The text holds characters that a chat message cannot carry; nothing was sent.',
  'not-delivered': 'The message came back: the address takes none.',
} as const;
