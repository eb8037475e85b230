// The settings of the ERP part.
import { z } from 'zod';

export const erpSettings = {
  ERP_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('a Tryton server with its database: https://erp.example.org/production'),
  ERP_USER: z
    .string()
    .min(1)
    .optional()
    .describe('who the agent is in the ERP: a user with no more rights than it needs'),
  ERP_PASSWORD: z.string().min(1).optional().describe('of ERP_USER; better given as ERP_PASSWORD_FILE'),
};

export type ErpConfig = z.output<z.ZodObject<typeof erpSettings>>;
