// Brings the large outputs of a step from the agent that made them into the store, whole and checked.
import type { Bus } from '@switchboard/bus';
import { type Artifact, sha256 } from '@switchboard/contract';
import type { Work } from '@switchboard/store';

const pieceMsMax = 5_000;

/** Throws BusError when the agent goes away, Error when the bytes are not those that were promised. */
async function fetchArtifact(bus: Bus, agent: string, artifact: Artifact, signal: AbortSignal): Promise<Uint8Array> {
  const content = Buffer.alloc(artifact.bytes);
  for (let offset = 0; offset < artifact.bytes; ) {
    signal.throwIfAborted();
    const piece = await bus.request(
      'artifact',
      { agent },
      { v: 1, id: artifact.id, offset },
      { replier: agent, timeoutMs: pieceMsMax },
    );
    const copied = Buffer.from(piece.data, 'base64').copy(content, offset);
    if (copied === 0) throw new Error(`artifact ${artifact.id} ends at ${offset} of ${artifact.bytes} bytes`);
    offset += copied;
  }
  if (sha256(content) !== artifact.sha256) throw new Error(`artifact ${artifact.id} is not what was promised`);
  return content;
}

export interface ArtifactOwner {
  readonly turnId: string;
  readonly invocationId: string;
  readonly agent: string;
}

/** May be called again: what is stored already is not fetched. */
export async function fetchArtifacts(
  parts: { bus: Bus; store: Work },
  owner: ArtifactOwner,
  artifacts: readonly Artifact[],
  signal: AbortSignal,
): Promise<void> {
  for (const artifact of artifacts) {
    if (await parts.store.artifacts.has(artifact.id)) continue;
    const content = await fetchArtifact(parts.bus, owner.agent, artifact, signal);
    await parts.store.artifacts.save(owner.turnId, owner.invocationId, artifact, content);
  }
}
