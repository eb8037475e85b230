// The settings of the database part.
import { z } from 'zod';

export const databaseSettings = {
  QUERY_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe(
      'a PostgreSQL database that may be asked, with a role that can only read: postgres://reader:…@host/shop; better given as QUERY_DATABASE_URL_FILE',
    ),
  QUERY_DATABASE_NAME: z
    .string()
    .min(1)
    .max(63)
    .optional()
    .describe('what people call that database; without it, by its own name'),
};

export type DatabaseConfig = z.output<z.ZodObject<typeof databaseSettings>>;
