// Large outputs, whole, beside the turn that made them.
import type { Artifact } from '@switchboard/contract';
import type { Guard, Sql } from './sql.ts';

export interface Artifacts {
  /** May be called again for the same artifact. */
  save(turnId: string, invocationId: string, artifact: Artifact, content: Uint8Array): Promise<void>;
  has(id: string): Promise<boolean>;
  /** Undefined when there is none, or it is another principal's. */
  read(id: string, principalId: string): Promise<(Artifact & { content: Uint8Array }) | undefined>;
}

export function createArtifacts(sql: Sql, guard: Guard): Artifacts {
  return {
    async save(turnId, invocationId, artifact, content) {
      await guard(
        'artifact',
        sql`
        INSERT INTO artifacts (id, turn_id, invocation_id, name, media_type, bytes, sha256, content)
        VALUES (${artifact.id}, ${turnId}, ${invocationId}, ${artifact.name}, ${artifact.mediaType}, ${artifact.bytes},
          ${artifact.sha256}, ${Buffer.from(content)})
        ON CONFLICT (id) DO NOTHING`,
      );
    },
    async has(id) {
      const rows = await guard('artifact', sql`SELECT 1 FROM artifacts WHERE id = ${id}`);
      return rows.length > 0;
    },
    async read(id, principalId) {
      const [row] = await guard(
        'artifact',
        sql<(Artifact & { content: Uint8Array })[]>`
        SELECT a.id, a.name, a.media_type, a.bytes, a.sha256, a.content
        FROM artifacts a JOIN turns t ON t.id = a.turn_id
        WHERE a.id = ${id} AND t.principal_id = ${principalId}`,
      );
      return row;
    },
  };
}
