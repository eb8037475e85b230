// Large outputs, whole, beside the turn that made them.
import { type Artifact, idSchema } from '@switchboard/contract';
import { storable } from './emit.ts';
import type { Run } from './run.ts';

export interface OwnArtifacts {
  /** Undefined when there is none, or it is another principal's. */
  read(id: string): Promise<(Artifact & { content: Uint8Array }) | undefined>;
}

interface Range {
  readonly offset: number;
  readonly bytesMax: number;
}

export interface WorkArtifacts {
  /** May be called again for the same artifact. */
  save(turnId: string, invocationId: string, artifact: Artifact, content: Uint8Array): Promise<void>;
  has(id: string): Promise<boolean>;
  /**
   * At most `bytesMax` bytes from an offset, none past the end. Undefined unless the invocation (of a step, or of a
   * delivery) is that agent's, is under way and names the artifact in its input, and the artifact is its principal's.
   */
  readNamed(of: { agent: string; invocationId: string; id: string }, from: Range): Promise<Uint8Array | undefined>;
}

export function createOwnArtifacts(run: Run, principalId: string): OwnArtifacts {
  return {
    async read(id) {
      const [row] = await run(
        'artifact',
        (sql) => sql<(Artifact & { content: Uint8Array })[]>`
        SELECT a.id, a.name, a.media_type, a.bytes, a.sha256, a.content
        FROM artifacts a JOIN turns t ON t.id = a.turn_id
        WHERE a.id = ${id} AND t.principal_id = ${principalId}`,
      );
      return row;
    },
  };
}

export function createWorkArtifacts(run: Run): WorkArtifacts {
  return {
    async save(turnId, invocationId, artifact, content) {
      await run(
        'artifact',
        (sql) => sql`
        INSERT INTO artifacts (id, turn_id, invocation_id, name, media_type, bytes, sha256, content)
        VALUES (${artifact.id}, ${turnId}, ${invocationId}, ${storable(artifact.name)}, ${storable(artifact.mediaType)},
          ${artifact.bytes}, ${artifact.sha256}, ${Buffer.from(content)})
        ON CONFLICT (id) DO NOTHING`,
      );
    },
    async has(id) {
      const rows = await run('artifact', (sql) => sql`SELECT 1 FROM artifacts WHERE id = ${id}`);
      return rows.length > 0;
    },
    async readNamed({ agent, invocationId, id }, { offset, bytesMax }) {
      const delivery = idSchema.safeParse(invocationId.slice(0, 36)).data ?? null;
      const [row] = await run(
        'artifact',
        (sql) => sql<{ piece: Uint8Array }[]>`
        SELECT substring(a.content FROM ${offset + 1} FOR ${bytesMax}) AS piece
        FROM (
          SELECT asking.principal_id, i.input FROM invocations i JOIN turns asking ON asking.id = i.turn_id
          WHERE i.id = ${invocationId} AND i.agent = ${agent} AND i.state = 'started'
          UNION ALL
          SELECT d.principal_id, d.invocation->'invoke'->'input' FROM deliveries d
          WHERE d.id = ${delivery} AND d.invocation->'invoke'->>'id' = ${invocationId} AND d.agent = ${agent}
            AND d.state = 'sending'
          ) asking
          JOIN artifacts a ON a.id = ${id} JOIN turns made ON made.id = a.turn_id
        WHERE made.principal_id = asking.principal_id
          AND jsonb_path_exists(asking.input, '$.**.id ? (@ == $id)', ${sql.json({ id })})`,
      );
      return row?.piece;
    },
  };
}
