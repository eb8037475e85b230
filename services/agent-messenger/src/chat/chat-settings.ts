// The settings of the chat account: all of it, or none.
import { z } from 'zod';

export const chatSettings = {
  XMPP_SERVICE: z
    .string()
    .regex(/^xmpps?:\/\/[^/\s]+$/, 'must be such as xmpp://example.org:5222 or xmpps://example.org:5223')
    .optional()
    .describe(
      'the XMPP server of the agent: xmpp://example.org:5222 (STARTTLS) or xmpps://example.org:5223; one without TLS only on this machine, and a certificate authority of one’s own in NODE_EXTRA_CA_CERTS',
    ),
  XMPP_JID: z
    .string()
    .min(3)
    .max(320)
    .optional()
    .describe('the XMPP address of the agent, such as `agent@example.org`'),
  XMPP_PASSWORD: z.string().min(1).optional().describe('its password; better given as XMPP_PASSWORD_FILE'),
  XMPP_ALLOW: z
    .string()
    .max(10_000)
    .default('')
    .describe('whose messages are taken: addresses and domains, with commas; everybody’s when empty'),
};
export type ChatSettings = z.output<z.ZodObject<typeof chatSettings>>;
