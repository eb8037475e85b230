// The settings of the database part.
import { z } from 'zod';

export const databaseSettings = {
  QUERY_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe(
      'a PostgreSQL database that may be asked, with a role that can only read: postgres://reader:…@host/shop; better given as QUERY_DATABASE_URL_FILE',
    ),
};

export type DatabaseConfig = z.output<z.ZodObject<typeof databaseSettings>>;
