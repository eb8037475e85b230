// Connects a host to the bus: what is asked of an agent, who answers it, and what is refused unread.
import type { Bus, Subscription, Verifier } from '@switchboard/bus';
import type { ErrorInfo } from '@switchboard/contract';
import type { Artifacts } from './artifacts.ts';
import { describeInput } from './describe.ts';
import type { Host } from './host.ts';
import type { HostedSkill } from './hosted-skills.ts';
import type { Thinker } from './next/answer-next.ts';

export interface ListenTo {
  readonly bus: Bus;
  readonly agent: string;
  readonly host: Host;
  readonly thinker: Thinker;
  readonly skills: ReadonlyMap<string, HostedSkill>;
  readonly artifacts: Artifacts;
  /** Of the gateway's signature, on everything that makes a handler run, or a model think. */
  readonly verifier: Verifier;
  readonly onRefused: (info: ErrorInfo, subject: string) => void;
}

/**
 * Answers everything that an agent is asked. Returns what makes work, to be ended first: the rest tells of them
 * and ends them, and is needed until the last one has ended.
 */
export function listen({
  bus,
  agent,
  host,
  thinker,
  skills,
  artifacts,
  verifier,
  onRefused,
}: ListenTo): Subscription[] {
  const parameters = { agent };
  const own = { parameters, onRefused };
  const signed = { ...own, verifier };
  bus.respond('status', ({ message }) => host.status(message.id), own);
  bus.respond('cancel', ({ message }) => host.cancel(message.id), own);
  bus.listen('drop', ({ message }) => thinker.drop(message.id), own);
  bus.respond('describe', async ({ message }) => describeInput(skills, message), own);
  bus.respond(
    'artifact',
    async ({ message: { id, offset } }) => {
      const piece = await artifacts.read(id, offset);
      return { v: 1 as const, id, offset, data: Buffer.from(piece).toString('base64') };
    },
    own,
  );
  return [
    bus.respond('invoke', (heard) => host.invoke(heard.message, heard.parameters.skill), signed),
    bus.respond('next', (heard) => thinker.answer(heard), signed),
    bus.respond('reconcile', ({ message }) => host.reconcile(message), signed),
  ];
}
