// Makes the streams as the subject map declares them. Run by whoever starts the broker, as the provisioner user.
import { type StreamFact, type StreamName, streams } from '@switchboard/contract';
import { DiscardPolicy, type JetStreamManager, nanos, RetentionPolicy, StorageType, type StreamConfig } from 'nats';
import { type BusOptions, openLink } from './connect.ts';

const dayMs = 24 * 60 * 60 * 1000;

function settings(name: StreamName, fact: StreamFact): Partial<StreamConfig> & { name: string } {
  return {
    name,
    subjects: [...fact.subjects],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    num_replicas: 1,
    max_age: nanos(fact.maxAgeDays * dayMs),
    max_bytes: fact.bytesMax,
    max_msg_size: fact.messageBytesMax,
    duplicate_window: nanos(fact.duplicateWindowMinutes * 60_000),
    deny_delete: true,
    deny_purge: true,
    no_ack: fact.noAck,
  };
}

async function ensure(manager: JetStreamManager, name: StreamName, known: Set<string>): Promise<void> {
  const wanted = settings(name, streams[name]);
  if (known.has(name)) await manager.streams.update(name, wanted);
  else await manager.streams.add(wanted);
}

/** May be called again at any time: streams that are there are brought up to date, never emptied. */
export async function provisionStreams(options: Omit<BusOptions, 'user'>): Promise<void> {
  const { nc } = await openLink({ ...options, user: 'provisioner' });
  try {
    const manager = await nc.jetstreamManager({ timeout: 10_000 });
    const known = new Set<string>();
    for await (const name of manager.streams.names()) known.add(name);
    for (const name of Object.keys(streams) as StreamName[]) await ensure(manager, name, known);
  } finally {
    await nc.close();
  }
}
