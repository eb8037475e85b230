// Hosts skills: decides whether an invocation runs, runs it at most once, and tells what became of it. Knows no bus.
import {
  type ErrorInfo,
  hashJson,
  type Invoke,
  type InvokeReply,
  type MessageOf,
  type ReconcileReply,
  type ReplyOf,
  type StatusReply,
  SwitchboardError,
  toErrorInfo,
} from '@switchboard/contract';
import { crashPoint } from '@switchboard/service';
import { z } from 'zod';
import { type Call, createCall, settlesIn } from './call.ts';
import type { HostedSkill } from './hosted-skills.ts';
import { type Done, type Failed, failedReply } from './outcome.ts';
import { whyNotPermitted } from './permitted.ts';
import { type Job, reconcileSkill, runSkill, type Workshop } from './run-skill.ts';
import { createSlots, type Slots } from './slots.ts';

/** Calls that wait for a slot; the gateway keeps the same limit on what runs, so more than this is a mistake. */
const waitingMax = 64;
/** A cancel is answered within so long, whether the call has ended or not. */
const cancelMsMax = 900;
/** A call that was cut off because the agent has to end has so long to put things in order. */
const forcedMsMax = 2_000;

export interface HostOptions extends Workshop {
  readonly agent: string;
  readonly skills: ReadonlyMap<string, HostedSkill>;
  /** How many calls run at a time. */
  readonly concurrency: number;
  /** An invocation was refused; for the audit. Must not throw. */
  readonly onRefused: (message: Invoke, info: ErrorInfo) => void;
  /** A handler does not end although it was cut off: the process should. */
  readonly onStuck: (id: string) => void;
}

interface Current<Reply> {
  readonly call: Call;
  readonly reply: Promise<Reply>;
}

/** All methods may be called again with the same message, at any time, and at the same time. */
export class Host {
  readonly #options: HostOptions;
  readonly #slots: Slots;
  readonly #invoking = new Map<string, Current<InvokeReply>>();
  readonly #reconciling = new Map<string, Current<ReconcileReply>>();
  #draining: SwitchboardError | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#slots = createSlots(options.concurrency, waitingMax);
  }

  /** How many invocations it has taken and not answered. */
  get running(): number {
    return this.#invoking.size;
  }

  /**
   * Runs a skill once under the message's id; an id that has ended is answered from the ledger. `addressed` is the skill
   * that the subject named. Throws SwitchboardError `invalid-request` for a message that is not for this agent and
   * skill, and `outcome-unknown` when the effect may be half done: ask `status` then.
   */
  async invoke(message: Invoke, addressed: string): Promise<InvokeReply> {
    this.#checkEnvelope(message, addressed);
    const { ledger } = this.#options;
    const { id } = message;
    const current = this.#invoking.get(id);
    if (current !== undefined) return current.reply;
    const known = ledger.look(id);
    if (known.state === 'ended') return ledger.reply(id);
    if (known.state === 'fenced') return this.#refused(message, { code: 'conflict', message: 'It was given up' });
    if (known.state === 'running' || known.state === 'interrupted') throw unknownOutcome();
    return this.#track(this.#invoking, id, (call) => this.#take(message, call));
  }

  /** Throws `unavailable` when the fence cannot be written: then nothing is promised. */
  async status(id: string): Promise<StatusReply> {
    if (this.#invoking.has(id)) return { v: 1, id, state: 'running' };
    const { ledger } = this.#options;
    const known = ledger.look(id);
    if (known.state === 'ended') return ledger.reply(id);
    // What is forgotten may have run: only the world, or a person, can tell.
    if (known.state === 'forgotten') return { v: 1, id, state: 'interrupted' };
    if (known.state === 'running' || known.state === 'interrupted') return { v: 1, id, state: known.state };
    await ledger.fence(id);
    return { v: 1, id, state: 'not-seen' };
  }

  /** Answers in a second. Throws `unavailable` as status does. */
  async cancel(id: string): Promise<ReplyOf<'cancel'>> {
    const current = this.#invoking.get(id);
    if (current !== undefined) {
      current.call.cutOff('canceled', 'It was canceled');
      return { v: 1, id, ended: await settlesIn(current.reply, cancelMsMax) };
    }
    const { state } = this.#options.ledger.look(id);
    if (state === 'unseen' || state === 'fenced') await this.#options.ledger.fence(id);
    return { v: 1, id, ended: true };
  }

  /**
   * Looks whether an interrupted invocation had its effect; `done` is remembered. Throws SwitchboardError
   * `invalid-request` for a message that is not for this agent or not the one that was interrupted, and `conflict` for
   * an invocation that runs.
   */
  async reconcile(message: MessageOf<'reconcile'>): Promise<ReconcileReply> {
    this.#checkEnvelope(message, message.skill);
    const { ledger } = this.#options;
    const { id } = message;
    const current = this.#reconciling.get(id);
    if (current !== undefined) return current.reply;
    const known = ledger.look(id);
    if (this.#invoking.has(id) || known.state === 'running') throw new SwitchboardError('conflict', 'It is running');
    if (known.state === 'ended') return ledger.reply(id);
    if (known.state === 'interrupted' && (known.skill !== message.skill || known.inputHash !== message.inputHash)) {
      throw new SwitchboardError('invalid-request', 'This is not what was interrupted');
    }
    if (known.state === 'unseen' || known.state === 'fenced') {
      await ledger.fence(id);
      return { v: 1, id, state: 'not-done' };
    }
    // Its note is forgotten with it, and without one a handler would say that nothing was done.
    if (known.state === 'forgotten') return { v: 1, id, state: 'unknown' };
    return this.#track(this.#reconciling, id, (call) => this.#lookIntoIt(message, call));
  }

  /**
   * Takes nothing new, gives those that run `graceMs` to end, and cuts off the rest: they are interrupted, unless they
   * end in the two seconds after that.
   */
  async drain(graceMs: number): Promise<void> {
    this.#draining = new SwitchboardError('agent-unavailable', 'The agent is ending');
    this.#slots.close(this.#draining);
    const all = [...this.#invoking.values(), ...this.#reconciling.values()];
    const ended = Promise.allSettled(all.map(({ reply }) => reply));
    if (await settlesIn(ended, graceMs)) return;
    for (const { call } of all) call.cutOff('unavailable', 'The agent had to end');
    await settlesIn(ended, forcedMsMax);
  }

  #checkEnvelope(message: Invoke, addressed: string): void {
    const wrong =
      message.agent !== this.#options.agent || message.skill !== addressed
        ? `This is for ${message.agent} ${message.skill}`
        : hashJson(message.input) !== message.inputHash && 'The input is not the one that was hashed';
    if (wrong) throw new SwitchboardError('invalid-request', wrong);
  }

  /** From here to the first wait nothing comes between: whoever asks for the id next finds it. */
  #track<Reply>(list: Map<string, Current<Reply>>, id: string, work: (call: Call) => Promise<Reply>): Promise<Reply> {
    const call = createCall(() => this.#options.onStuck(id));
    const reply = work(call).finally(() => {
      list.delete(id);
      call.settle();
    });
    list.set(id, { call, reply });
    return reply;
  }

  #late(message: Invoke): boolean {
    return this.#options.now() >= Date.parse(message.deadline);
  }

  /** Everything that must hold before an invocation gets a slot. */
  async #take(message: Invoke, call: Call): Promise<InvokeReply> {
    const { skills, now } = this.#options;
    const skill = skills.get(message.skill);
    if (this.#draining !== undefined) return this.#refuse(message, this.#draining);
    if (skill === undefined || skill.document.contractHash !== message.contractHash) {
      return this.#refuse(message, new SwitchboardError('contract-mismatch', 'This contract is not offered here'));
    }
    const forbidden = whyNotPermitted(message, skill);
    if (forbidden !== undefined) return this.#refuse(message, new SwitchboardError('policy-denied', forbidden));
    if (this.#late(message)) return this.#refuse(message, tooLate());
    const input = skill.contract.input.safeParse(message.input);
    if (!input.success)
      return this.#refuse(message, new SwitchboardError('invalid-input', z.prettifyError(input.error)));
    call.endIn(Date.parse(message.deadline) - now());
    let release: () => void;
    try {
      release = await this.#slots.take(call.signal);
    } catch (error) {
      return this.#refuse(message, error);
    }
    try {
      return await this.#run({ message, skill, input: input.data, call });
    } finally {
      release();
    }
  }

  /** The order is the promise: the start is on the disk before the effect, and the end before the answer. */
  async #run(job: Job): Promise<InvokeReply> {
    const { message, skill, call } = job;
    const { ledger, log } = this.#options;
    const { id } = message;
    const recorded = skill.contract.repeat !== 'safe';
    // The process may have been stopped since the last look, here and below.
    if (this.#late(message)) return this.#refuse(message, tooLate());
    crashPoint('A1');
    if (recorded) {
      try {
        await ledger.start(id, message.skill, message.inputHash, message.deadline);
      } catch (error) {
        return this.#refuse(message, error);
      }
    }
    crashPoint('A2');
    if (this.#late(message)) call.cutOff('deadline-exceeded', 'It was not done in time');
    if (call.signal.aborted) return this.#end(failedReply(id, call.signal.reason), recorded);
    let reply: Done | Failed;
    try {
      reply = await runSkill(job, this.#options);
    } catch (error) {
      log.warn({ err: error, id, skill: message.skill }, 'interrupted');
      ledger.interrupt(id);
      throw unknownOutcome();
    }
    crashPoint('A4');
    return this.#end(reply, recorded);
  }

  async #end(reply: Done | Failed, recorded: boolean): Promise<InvokeReply> {
    const { ledger, log } = this.#options;
    try {
      if (recorded) await ledger.end(reply);
    } catch (error) {
      // It is done all the same: whoever asked is told, and this process remembers it.
      log.error({ err: error, id: reply.id }, 'the end of an invocation is not on the disk');
    }
    crashPoint('A5');
    return reply;
  }

  /** What is refused never runs under this id, although the message may come again. */
  async #refuse(message: Invoke, error: unknown): Promise<InvokeReply> {
    const { ledger, log, skills } = this.#options;
    if (skills.get(message.skill)?.contract.repeat !== 'safe') {
      // Not written, the fence holds for as long as this process lives.
      await ledger.fence(message.id).catch((cause: unknown) => log.error({ err: cause }, 'a fence is not on the disk'));
    }
    return this.#refused(message, toErrorInfo(error));
  }

  #refused(message: Invoke, error: ErrorInfo): InvokeReply {
    this.#options.onRefused(message, error);
    return { v: 1, id: message.id, state: 'refused', error };
  }

  async #lookIntoIt(message: MessageOf<'reconcile'>, call: Call): Promise<ReconcileReply> {
    const { skills, now } = this.#options;
    const { id } = message;
    const unknown = { v: 1, id, state: 'unknown' } as const;
    const skill = skills.get(message.skill);
    const input = skill?.contract.input.safeParse(message.input).data;
    if (skill?.document.contractHash !== message.contractHash || input === undefined) return unknown;
    if (this.#late(message)) return unknown;
    call.endIn(Date.parse(message.deadline) - now());
    let release: () => void;
    try {
      release = await this.#slots.take(call.signal);
    } catch {
      return unknown;
    }
    try {
      const reply = await reconcileSkill({ message, skill, input, call }, this.#options);
      return reply.state === 'done' ? await this.#end(reply, true) : reply;
    } finally {
      release();
    }
  }
}

function tooLate(): SwitchboardError {
  return new SwitchboardError('deadline-exceeded', 'It came too late, and was not done');
}

function unknownOutcome(): SwitchboardError {
  return new SwitchboardError('outcome-unknown', 'It began, and nobody here can tell whether it was done');
}
