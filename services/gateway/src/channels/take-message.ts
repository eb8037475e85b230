// A message from a linked address becomes the answer to what was asked in its thread, or else a turn: once, on disk.
import { allowedSkills, hashJson, inputCharactersMax, type MessageOf, SwitchboardError } from '@switchboard/contract';
import { crashPoint } from '@switchboard/service';
import type { InboundMessage, InboundOutcome, NewTurn, Own, Sender, Taken, ThreadPlace } from '@switchboard/store';
import { v7 as uuid } from 'uuid';
import { effectOf } from '../coordinator/questions.ts';
import { retryOf } from '../coordinator/retry.ts';
import { traceOf } from '../trace.ts';
import type { InboundDeps } from './deps.ts';
import { isTooLong, notices } from './words.ts';

/** Messages from one address; what comes beyond is refused, and the first of that is told so. */
const perMinuteMax = 20;
/** How often a conversation may have moved on between looking and taking. */
const looksMax = 5;
const titleCharactersMax = 200;

export interface Incoming {
  readonly place: ThreadPlace;
  readonly sender: Sender;
  readonly message: MessageOf<'inbound'>;
}

/** One message being taken. */
interface Taking extends Incoming {
  readonly deps: InboundDeps;
  readonly own: Own;
  readonly inbound: InboundMessage;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** What a person can have typed. */
function plain(text: string): string {
  return text.toWellFormed().replaceAll('\r\n', '\n').replace(controls, '').trim();
}

const fromOf = ({ place: { agent, channel, address } }: Incoming) => ({ agent, channel, address });

type TurnParts = Pick<NewTurn, 'idempotencyKey' | 'requestHash' | 'request' | 'address'>;

function newTurn(taking: Taking, parts: TurnParts): Omit<NewTurn, 'sessionId'> {
  const { config } = taking.deps;
  const { principal, identityId } = taking.sender;
  return {
    ...parts,
    id: uuid(),
    identityId,
    deadlineMs: config.TURN_DEADLINE_SECONDS * 1_000,
    queuedMax: config.TURNS_QUEUED_MAX,
    traceparent: traceOf(undefined),
    event: { type: 'turn-accepted', data: { principal, input: parts.request.input, from: fromOf(taking) } },
  };
}

async function accept(taking: Taking, text: string): Promise<Taken> {
  const { deps, own, inbound, sender, place } = taking;
  await deps.admit();
  const title =
    plain(place.subject ?? '')
      .slice(0, titleCharactersMax)
      .toWellFormed() || undefined;
  const turn = newTurn(taking, {
    idempotencyKey: `inbound:${inbound.id}`,
    requestHash: hashJson({ inbound: inbound.id }),
    request: { input: text, dryRun: false },
    address: { text },
  });
  const data = { principal: sender.principal, ...(title && { title }), from: fromOf(taking) };
  return own.inbound.accept(inbound, turn, { sessionId: uuid(), title, event: { type: 'session-created', data } });
}

async function refuse({ own, inbound }: Taking, notice: string): Promise<InboundOutcome> {
  await own.inbound.refuse(inbound, 'refused', notice);
  return { outcome: 'refused', turnId: null };
}

/** Undefined when it is no answer, and need not be one. */
async function answer(taking: Taking, asked: { id: string; turnId: string }, text: string) {
  const { own, inbound, sender, deps } = taking;
  const view = await own.turns.view(asked.turnId);
  const question = view?.question;
  if (!view || question?.id !== asked.id) return { outcome: 'moved' } as const;
  if (question.kind === 'approval' && !sender.scopes.includes('approve')) return refuse(taking, notices.mayNotApprove);
  if (isTooLong(question)) return refuse(taking, notices.longQuestion);
  const deadlineMs = deps.config.TURN_DEADLINE_SECONDS * 1_000;
  let effect: ReturnType<typeof effectOf>;
  try {
    effect = effectOf(view.turn, question, { text }, { deadlineMs, by: { ...sender, from: fromOf(taking) } });
  } catch (error) {
    if (!(error instanceof SwitchboardError && error.code === 'invalid-request')) throw error;
    // An unknown outcome holds up nothing: what is no answer to it is something new.
    return question.kind === 'outcome' ? undefined : refuse(taking, notices.unclear(question));
  }
  const again = question.kind === 'outcome' && effect.answer['choice'] === 'retry';
  const then = again ? newTurn(taking, retryOf(view, question.id)) : undefined;
  return own.inbound.answer(inbound, effect, then && { ...then, sessionId: view.turn.sessionId });
}

async function take(taking: Taking): Promise<Taken | InboundOutcome> {
  const { own, inbound, message } = taking;
  const { known, question, recent } = await own.inbound.look(inbound);
  if (known) return known;
  if (recent.all >= perMinuteMax) {
    await own.inbound.refuse(inbound, 'limited', recent.limited === 0 ? notices.tooMany : undefined);
    return { outcome: 'limited', turnId: null };
  }
  const text = plain(message.text);
  if (text === '') return refuse(taking, notices.empty);
  if (text.length > inputCharactersMax) return refuse(taking, notices.tooLong);
  const answered = question && (await answer(taking, question, text));
  return answered ?? accept(taking, text);
}

/**
 * What came of the message, now or when it was brought before. Throws SwitchboardError `overloaded` or `unavailable`
 * when it is to be brought again later, `conflict` when it was another principal's when it was brought before.
 */
export async function takeMessage(deps: InboundDeps, incoming: Incoming): Promise<InboundOutcome['outcome']> {
  const { sender, place, message } = incoming;
  const { keyId, principalId, identityId, scopes } = sender;
  const own = deps.store.of(principalId, { keyId, allowedSkills: allowedSkills(scopes) });
  const id = hashJson([place.agent, place.channel, place.address, message.messageId]);
  const inbound = { id, place, identityId, receivedAt: new Date(message.receivedAt) };
  crashPoint('C1');
  for (let looks = 0; looks < looksMax; looks++) {
    const taken = await take({ ...incoming, deps, own, inbound });
    switch (taken.outcome) {
      case 'moved':
        break;
      case 'queue-full':
        throw new SwitchboardError('overloaded', 'Its conversation has as many turns waiting as it may');
      case 'mismatch':
        throw new SwitchboardError('conflict', 'It was somebody else’s when it was brought before');
      case 'known':
        return taken.known.outcome;
      case 'taken': {
        crashPoint('C2');
        deps.feed.tell(taken.events);
        deps.deliveries.expect(taken.sessionId);
        deps.coordinator.wake(taken.sessionId);
        deps.relay.wake();
        return taken.events.some(({ type }) => type === 'question-answered') ? 'answered' : 'accepted';
      }
      default:
        return taken.outcome;
    }
  }
  throw new SwitchboardError('overloaded', 'Its conversation is moving; bring it again');
}
