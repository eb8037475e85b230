// The settings of where notifications go.
import { z } from 'zod';

const webUrl = z.url({ protocol: /^https?$/ });

export const notifySettings = {
  NTFY_URL: webUrl.optional().describe('the ntfy server that notifications go to, such as `https://ntfy.sh`'),
  NTFY_TOPIC: z
    .string()
    .regex(/^[-_A-Za-z0-9]{1,64}$/, 'must be 1 to 64 letters, digits, - or _')
    .optional()
    .describe('the topic on it; whoever knows the name of an open topic can read it'),
  NTFY_TOKEN: z.string().min(1).max(500).optional().describe('its access token; better given as NTFY_TOKEN_FILE'),
  WEBHOOK_URL: webUrl
    .optional()
    .describe('where notifications are posted to as Standard Webhooks; redirects are not followed'),
  WEBHOOK_SECRET: z
    .string()
    .optional()
    .describe('what they are signed with: `whsec_` and 24 to 64 bytes in base64; better given as WEBHOOK_SECRET_FILE'),
};
export type NotifySettings = z.output<z.ZodObject<typeof notifySettings>>;
