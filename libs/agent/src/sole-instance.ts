// One instance of an agent at a time: each asks whether there is another, and an answer ends the one that asked.
import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, BusError } from '@switchboard/bus';

/** Whoever is there answers at once; this is for a busy machine. */
const answerMsMax = 500;

export interface SoleInstance {
  /** The id of another instance, if one is alive. Throws BusError when the bus does not let us ask. */
  other(): Promise<string | undefined>;
}

/**
 * Answers for this instance from now on. Of two that start at the same moment the one with the smaller id, which is the
 * older one, stays: whichever hears the other's question first knows.
 */
export function watchForOthers(bus: Bus, agent: string, id: string): SoleInstance {
  let established = false;
  let elder: string | undefined;
  bus.respond(
    'whoami',
    async ({ message }) => {
      if (!established && message.id < id) elder = message.id;
      // Everybody hears their own question too, and an answer after its time is nobody's.
      if (message.id === id || elder === message.id) await delay(2 * answerMsMax);
      return { v: 1 as const, id };
    },
    { parameters: { agent } },
  );
  return {
    async other() {
      try {
        const timing = { timeoutMs: answerMsMax, replier: agent };
        return (await bus.request('whoami', { agent }, { v: 1, id }, timing)).id;
      } catch (error) {
        if (!(error instanceof BusError && error.kind === 'timeout')) throw error;
        established = elder === undefined;
        return elder;
      }
    },
  };
}
