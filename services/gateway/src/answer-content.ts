// Hands an agent what the input of its invocation names: an artifact that another agent, or an earlier turn, has made.
import type { Bus, Subscription } from '@switchboard/bus';
import { inlineBytesMax, SwitchboardError } from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import type { WorkArtifacts } from '@switchboard/store';

/** Piece by piece, and only while the invocation is under way. */
export function answerContent(bus: Bus, artifacts: Pick<WorkArtifacts, 'readNamed'>, log: Log): Subscription {
  return bus.respond(
    'content',
    async ({ message: { invocation, id, offset }, parameters: { agent } }) => {
      const piece = await artifacts.readNamed(
        { agent, invocationId: invocation, id },
        { offset, bytesMax: inlineBytesMax },
      );
      if (piece === undefined) throw new SwitchboardError('not-found', 'No artifact of that id is in this input');
      return { v: 1 as const, id, offset, data: Buffer.from(piece).toString('base64') };
    },
    { onRefused: ({ code }, subject) => log.warn({ subject, code }, 'an agent was not given an artifact') },
  );
}
