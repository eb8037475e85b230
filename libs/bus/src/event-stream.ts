// The gateway's way into the stream of events, and how it learns that the stream is not the one it knew.
import { type Event, type Seal, subject } from '@switchboard/contract';
import { ErrorCode, NatsError } from 'nats';
import { type Bus, createBus } from './bus.ts';
import { type BusOptions, openLink } from './connect.ts';
import { BusError, toBusError } from './errors.ts';
import { eventHeaders, writeSeal } from './headers.ts';

export interface StreamState {
  /** When the stream was made: another value means another stream. */
  readonly created: string;
  readonly lastSequence: number;
}

export interface EventStream {
  /**
   * With its place in the audit chain. Waits for the acknowledgement, which comes after fsync. Throws BusError: then it counts as not published. After the
   * bus was away, `state` has to be asked first: a broker that lost its disk would take this event before all the others.
   */
  publish(event: Event, seal: Seal, timeoutMs: number): Promise<number>;
  /** Undefined when there is no stream yet. Throws BusError when the broker is away. */
  state(): Promise<StreamState | undefined>;
}

/** The gateway's connection: the bus, and the stream over the same connection. */
export async function connectGatewayBus(options: BusOptions): Promise<{ bus: Bus; events: EventStream }> {
  let looked = true;
  const link = await openLink({
    ...options,
    // What it publishes, the relay tells its own listeners.
    noEcho: true,
    onState(connected) {
      if (!connected) looked = false;
      options.onState?.(connected);
    },
  });
  const js = link.nc.jetstream();
  // The gateway may ask about this one stream only, so the client must not probe the account first.
  const manager = await link.nc.jetstreamManager({ checkAPI: false, timeout: 5_000 });
  const events: EventStream = {
    async publish(event, seal, timeout) {
      const to = subject('event', { session: event.session, type: event.type });
      if (!looked) throw new BusError('disconnected', `${to}: the bus was away, and may hold another stream`);
      const headers = eventHeaders('gateway', event.type, event.id, new Date(event.time));
      writeSeal(headers, seal);
      try {
        const acknowledged = await js.publish(to, JSON.stringify(event), { msgID: event.id, timeout, headers });
        return acknowledged.seq;
      } catch (error) {
        throw toBusError(error, to);
      }
    },
    async state() {
      try {
        const info = await manager.streams.info('SB_EVENTS');
        looked = true;
        return { created: info.created, lastSequence: info.state.last_seq };
      } catch (error) {
        if (error instanceof NatsError && error.code === ErrorCode.JetStream404NoMessages) return undefined;
        if (error instanceof NatsError && error.api_error?.code === 404) return undefined;
        throw toBusError(error, 'SB_EVENTS');
      }
    },
  };
  return { bus: createBus(link, options.user), events };
}
