// The bytes of an artifact that an invocation's input names: fetched from the gateway, piece by piece, and checked.
import { createHash } from 'node:crypto';
import type { Bus } from '@switchboard/bus';
import { type Artifact, SwitchboardError } from '@switchboard/contract';
import { askGateway } from './ask-gateway.ts';

/** Of one invocation. */
export type ReadContent = (artifact: Artifact, signal: AbortSignal) => AsyncIterable<Uint8Array>;

/**
 * Throws `not-found` for an artifact that the invocation's input does not name, `internal` when the bytes are not those
 * that it promises: then after they were handed out, and nothing may be made of them. And the signal's reason.
 */
export function contentReader(bus: Bus, agent: string, invocation: string): ReadContent {
  return async function* (artifact, signal) {
    const hash = createHash('sha256');
    for (let offset = 0; offset < artifact.bytes; ) {
      const asked = { v: 1, invocation, id: artifact.id, offset } as const;
      const { data } = await askGateway(bus, 'content', { agent }, asked, signal);
      const piece = Buffer.from(data, 'base64').subarray(0, artifact.bytes - offset);
      if (piece.length === 0) break;
      hash.update(piece);
      offset += piece.length;
      yield piece;
    }
    if (hash.digest('hex') !== artifact.sha256) {
      throw new SwitchboardError('internal', `${artifact.name} is not what was promised`);
    }
  };
}
