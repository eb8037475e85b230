// What each agent last announced.
import type { Hello } from '@switchboard/contract';
import { json } from './emit.ts';
import type { Run } from './run.ts';

export interface Agents {
  list(): Promise<{ hello: unknown; seenAt: Date }[]>;
  save(hello: Hello): Promise<void>;
}

export function createAgents(run: Run): Agents {
  return {
    list: () =>
      run('agents', (sql) => sql<{ hello: unknown; seenAt: Date }[]>`SELECT hello, seen_at FROM agents ORDER BY name`),
    async save(hello) {
      await run(
        'agents',
        (sql) => sql`
        INSERT INTO agents (name, hello) VALUES (${hello.name}, ${json(sql, hello)})
        ON CONFLICT (name) DO UPDATE SET hello = excluded.hello, seen_at = now()`,
      );
    },
  };
}
