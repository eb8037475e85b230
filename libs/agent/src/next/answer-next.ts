// Answers what the gateway asks about a turn: each question once at a time, so many together, within its deadline.
import type { Bus, Heard } from '@switchboard/bus';
import { type ModelReply, type ModelRequest, type Next, type NextReply, SwitchboardError } from '@switchboard/contract';
import { createSchemaCheck } from '@switchboard/service';
import { ask } from '../ask.ts';
import { type Call, createCall } from '../call.ts';
import type { Workshop } from '../run-skill.ts';
import type { Role } from './rules.ts';
import { think } from './think.ts';
import type { Writing } from './writing.ts';

/**
 * A model may think for so long without a word; then the same is asked again. It joins what is under way and costs
 * nothing; a model service that has died meanwhile is noticed by it.
 */
const tryMsMax = 10_000;
/** A model service that starts again is there again in less. */
const awayMsMax = 15_000;
/** All rounds of a question, whatever its deadline: the gateway waits for a minute more. */
const questionMsMax = 240_000;

export interface NextOptions {
  readonly bus: Bus;
  /** The agent: its name on the bus, and what it is. */
  readonly role: Role;
  /** Questions that are under way at a time. */
  readonly questionsMax: number;
  readonly progress: Workshop['progress'];
  readonly now: () => number;
}

export interface Thinker {
  /**
   * The same question while it is under way is answered with it. Throws SwitchboardError: `invalid-request` for what is
   * not for this agent, `overloaded`, `deadline-exceeded`, `unavailable` when there is no model service, `agent-unavailable`
   * when the agent ends, `model-failed`, `too-large`, and what the model service refuses with.
   */
  answer(heard: Pick<Heard<'next'>, 'message' | 'traceparent'>): Promise<NextReply>;
  /** Nobody waits for this question any more; the model service is told so too. */
  drop(id: string): void;
  /** Takes nothing new, and leaves what is under way: it can be asked again, and is paid for once. */
  stop(): void;
}

interface Current {
  /** Of the question that began it. */
  readonly id: string;
  readonly call: Call;
  readonly reply: Promise<NextReply>;
}

export function createThinker({ bus, role, questionsMax, progress, now }: NextOptions): Thinker {
  const check = createSchemaCheck();
  const current = new Map<string, Current>();
  let stopped = false;

  function askModel(signal: AbortSignal, traceparent: string | undefined) {
    return (request: ModelRequest, { piece, takeBack }: Writing): Promise<ModelReply> => {
      const dropped = (): void => {
        const { reason } = signal;
        if (!(reason instanceof SwitchboardError && reason.code === 'canceled') || !bus.connected()) return;
        bus.publish('modelDrop', { service: role.name }, { v: 1, id: request.id });
      };
      signal.addEventListener('abort', dropped, { once: true });
      return ask(bus, 'model', { service: role.name }, request, {
        replier: 'model',
        tryMsMax,
        awayMsMax,
        // It has tried all that there is.
        isFinal: ({ code }) => code !== 'overloaded' && code !== 'rate-limited',
        signal,
        ...(traceparent === undefined ? {} : { traceparent }),
        ...(request.stream ? { onPiece: piece, onRetry: takeBack } : {}),
      }).finally(() => signal.removeEventListener('abort', dropped));
    };
  }

  function refusal({ agent, id, turn, thought, deadline }: Next): SwitchboardError | undefined {
    if (agent !== role.name || !id.startsWith(`${turn}-${thought}-`)) {
      return new SwitchboardError('invalid-request', `This is for ${agent}, about ${turn}-${thought}`);
    }
    if (stopped) return ending();
    if (now() >= Date.parse(deadline)) return new SwitchboardError('deadline-exceeded', 'It came too late');
    const busy = current.size >= questionsMax;
    return busy ? new SwitchboardError('overloaded', `${questionsMax} questions are under way`) : undefined;
  }

  function begin(question: Next, key: string, traceparent: string | undefined): Current {
    const call = createCall(() => undefined);
    const end = Math.min(Date.parse(question.deadline), now() + questionMsMax);
    call.endIn(end - now());
    const thinking = {
      role,
      check,
      askModel: askModel(call.signal, traceparent),
      tell: (message: Parameters<typeof progress>[1]) => progress(question.turn, message),
    };
    const reply = think({ ...question, deadline: new Date(end).toISOString() }, thinking).finally(() => {
      current.delete(key);
      call.settle();
    });
    const begun = { id: question.id, call, reply };
    current.set(key, begun);
    return begun;
  }

  return {
    async answer({ message, traceparent }) {
      // Another attempt at the same question would ask the model the very same.
      const key = `${message.turn}-${message.thought}-${message.purpose}`;
      const refused = current.has(key) && message.agent === role.name ? undefined : refusal(message);
      if (refused !== undefined) throw refused;
      const { reply } = current.get(key) ?? begin(message, key, traceparent);
      return { ...(await reply), id: message.id };
    },
    drop(id) {
      for (const { id: asked, call } of current.values()) {
        if (asked === id) call.cutOff('canceled', 'Nobody waits for it any more');
      }
    },
    stop() {
      stopped = true;
      for (const { call } of current.values()) call.cutOff('agent-unavailable', ending().message);
    },
  };
}

function ending(): SwitchboardError {
  return new SwitchboardError('agent-unavailable', 'The agent is ending');
}
