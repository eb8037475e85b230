// A delivery as the input of its channel's skill: the text, where it goes, and what goes with it.
import type { Artifact, SkillDocument } from '@switchboard/contract';
import type { ClaimedDelivery } from '@switchboard/store';
import { z } from 'zod';
import { deliveryText } from './words.ts';

const filesMax = 10;
const bytesMax = 10_000_000;

const fieldsSchema = z.record(z.string(), z.unknown());

/** In their order; what is too much is left out, and what comes after it may still fit. */
function choose(artifacts: readonly Artifact[]): { attachments: Artifact[]; leftOut: string[] } {
  const attachments: Artifact[] = [];
  const leftOut: string[] = [];
  let room = bytesMax;
  for (const artifact of artifacts) {
    if (attachments.length < filesMax && artifact.bytes <= room) {
      attachments.push(artifact);
      room -= artifact.bytes;
    } else leftOut.push(artifact.name);
  }
  return { attachments, leftOut };
}

/** Of all that could be said, what the contract takes: a chat has no subject, and perhaps no attachments. */
export function replyInput(delivery: ClaimedDelivery, { input }: SkillDocument): Record<string, unknown> {
  const fields = fieldsSchema.safeParse(input['properties']).data ?? {};
  const { artifacts, place } = delivery;
  const { attachments, leftOut } =
    'attachments' in fields ? choose(artifacts) : { attachments: [], leftOut: artifacts.map(({ name }) => name) };
  const whole = {
    deliveryId: delivery.id,
    address: place.address,
    thread: place.thread,
    ...(place.subject !== undefined && { subject: place.subject }),
    text: deliveryText(delivery, leftOut),
    attachments,
  };
  return Object.fromEntries(Object.entries(whole).filter(([name]) => name in fields));
}
