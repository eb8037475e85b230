// Makes the streams as the subject map declares them. Run by whoever starts the broker, as the provisioner user.
import { type StreamFact, type StreamName, streams } from '@switchboard/contract';
import { DiscardPolicy, type JetStreamManager, nanos, RetentionPolicy, StorageType, type StreamConfig } from 'nats';
import { type BusOptions, openLink } from './connect.ts';

const dayMs = 24 * 60 * 60 * 1000;
const togetherMsMax = 30_000;
const pauseMs = 500;

function settings(name: StreamName, fact: StreamFact, replicas: number): Partial<StreamConfig> & { name: string } {
  return {
    name,
    subjects: [...fact.subjects],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    num_replicas: replicas,
    max_age: nanos(fact.maxAgeDays * dayMs),
    max_bytes: fact.bytesMax,
    max_msg_size: fact.messageBytesMax,
    duplicate_window: nanos(fact.duplicateWindowMinutes * 60_000),
    deny_delete: true,
    deny_purge: true,
    no_ack: fact.noAck,
  };
}

async function ensure(
  manager: JetStreamManager,
  wanted: ReturnType<typeof settings>,
  known: Set<string>,
): Promise<void> {
  if (known.has(wanted.name)) await manager.streams.update(wanted.name, wanted);
  else await manager.streams.add(wanted);
}

async function provision(manager: JetStreamManager, replicas: number): Promise<void> {
  const known = new Set<string>();
  for await (const name of manager.streams.names()) known.add(name);
  for (const name of Object.keys(streams) as StreamName[]) {
    await ensure(manager, settings(name, streams[name], replicas), known);
  }
}

export interface ProvisionOptions extends Omit<BusOptions, 'user'> {
  /** How many servers of a cluster keep each stream: 1 (default), 3 or 5. */
  readonly replicas?: number;
}

/**
 * May be called again at any time: streams that are there are brought up to date, never emptied. Several servers that
 * have just been started need a moment until they are one; then it is tried again for so long.
 */
export async function provisionStreams({ replicas = 1, ...options }: ProvisionOptions): Promise<void> {
  const until = Date.now() + (replicas > 1 ? togetherMsMax : 0);
  const { nc } = await openLink({ ...options, user: 'provisioner' });
  try {
    for (;;) {
      try {
        return await provision(await nc.jetstreamManager({ timeout: 10_000 }), replicas);
      } catch (error) {
        if (Date.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  } finally {
    await nc.close();
  }
}
