// Reads the kept events back, from the first to the last: for whoever may use JetStream, to check the copy.
import { type Event, eventSchema } from '@switchboard/contract';
import { type BusOptions, openLink } from './connect.ts';

/** In the order of the stream, repeats included. Ends with what was the last one at the beginning. Throws ZodError. */
export async function* readEvents(options: BusOptions): AsyncGenerator<Event> {
  const { nc } = await openLink(options);
  try {
    const manager = await nc.jetstreamManager({ timeout: 10_000 });
    const { state } = await manager.streams.info('SB_EVENTS');
    if (state.messages === 0) return;
    const consumer = await nc.jetstream().consumers.get('SB_EVENTS');
    for await (const message of await consumer.consume()) {
      yield eventSchema.parse(message.json());
      if (message.seq >= state.last_seq) return;
    }
  } finally {
    await nc.close();
  }
}
