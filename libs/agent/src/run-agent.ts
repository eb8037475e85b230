// The life of an agent: alone, connected, announced, and ended in an order that leaves nothing half done.
import { randomUUIDv7 } from 'node:crypto';
import { type Bus, connectBus, type Verifier } from '@switchboard/bus';
import type { Skill } from '@switchboard/contract';
import type { Life } from '@switchboard/service';
import type { CapabilityAdapters } from './adapters.ts';
import { announce } from './announce.ts';
import { askGateway } from './ask-gateway.ts';
import { createAudit } from './audit.ts';
import { settlesIn } from './call.ts';
import { type Channel, openChannels } from './channels.ts';
import { contentReader } from './content.ts';
import { FolderTakenError } from './folder-lock.ts';
import { Host } from './host.ts';
import { hostSkills, type Unavailable } from './hosted-skills.ts';
import { listen } from './listen.ts';
import { createMemoryAdapter } from './memory-adapter.ts';
import { createThinker } from './next/answer-next.ts';
import type { Workshop } from './run-skill.ts';
import { watchForOthers } from './sole-instance.ts';
import { openVolume, type Volume } from './volume.ts';

/** What runs when the process is asked to end may go on for so long. */
const graceMs = 20_000;
/** They wait for the model, and cost next to nothing here: its service has limits of its own. */
const questionsMaxUsual = 256;
/** The bus has so long for each thing it is asked at the end: it may be away. */
const goodbyeMsMax = 1_000;

export interface AgentOptions {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly bus: { readonly url: string; readonly seed: string; readonly ca?: string | undefined };
  /** Of the gateway's signature, on everything that makes a handler run. */
  readonly verifier: Verifier;
  readonly skills: readonly Skill[];
  readonly adapters: CapabilityAdapters;
  /** Skills that cannot be offered here, and why: a sandbox that does not hold, a secret that is missing. */
  readonly unavailable?: readonly Unavailable[];
  /** By which messages come in; started when the agent is alone, ended first. */
  readonly channels?: readonly Channel[];
  /** The agent's own volume: its ledger and its artifacts. */
  readonly dataDir: string;
  /** How many invocations run at a time: 1 to 64. */
  readonly concurrency: number;
  /** How many questions to a model are under way at a time: 256 when it is not said. */
  readonly questionsMax?: number;
  readonly life: Life;
}

async function takeVolume(folder: string, id: string, life: Life): Promise<Volume> {
  try {
    return await openVolume(folder, id, life);
  } catch (error) {
    if (error instanceof FolderTakenError) life.die(error.message);
    throw error;
  }
}

/** The bus as this agent's user; `onState` is told when it goes and comes. */
function connect({ bus, name, life }: AgentOptions, onState: (connected: boolean) => void): Promise<Bus> {
  return connectBus({
    ...bus,
    user: name,
    onState(connected) {
      life.log.info({ connected }, 'bus');
      onState(connected);
    },
    onRefused: (what) => life.log.error({ what }, 'the broker does not let this agent do that'),
  });
}

/** Resolves when the agent takes invocations. Ends the process when there is another instance of it. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { name, description, version, concurrency, questionsMax = questionsMaxUsual, life, verifier } = options;
  const { log } = life;
  const id = randomUUIDv7();
  const memory = createMemoryAdapter((message, signal) => askGateway(bus, 'memory', { agent: name }, message, signal));
  const adapters: CapabilityAdapters = { ...options.adapters, memory };
  const skills = hostSkills(options.skills, adapters, options.unavailable);
  const volume = await takeVolume(options.dataDir, id, life);
  const { ledger, artifacts } = volume;

  let reconnected = (): void => undefined;
  const bus = await connect(options, (connected) => connected && reconnected());
  const audit = createAudit(bus, name, log);

  const others = watchForOthers(bus, name, id);
  const beAlone = async (): Promise<void> => {
    const other = await others.other();
    if (other !== undefined) life.die(`another instance of ${name} is alive: ${other}`);
  };
  await beAlone();

  const progress: Workshop['progress'] = (turn, message) =>
    bus.connected() && bus.publish('progress', { agent: name, turn }, message);
  const thinker = createThinker({ bus, role: { name, description }, questionsMax, progress, now: Date.now });
  const host = new Host({
    agent: name,
    skills: skills.byName,
    adapters,
    ledger,
    artifacts,
    content: (invocation) => contentReader(bus, name, invocation),
    concurrency,
    log,
    now: Date.now,
    progress,
    onRefused: audit.invocationRefused,
    onStuck(stuck) {
      log.error({ id: stuck }, 'a call does not end although it was cut off: draining');
      void leave().finally(() => life.die(`${stuck} does not end`));
    },
  });
  const onRefused = audit.messageRefused;
  const working = listen({ bus, agent: name, host, thinker, skills: skills.byName, artifacts, verifier, onRefused });
  const presence = { name, description, version, id, concurrency, skills, running: () => host.running };
  const announcer = announce(bus, presence);
  bus.listen('who', () => announcer.hello(), { onRefused });
  reconnected = () => {
    announcer.hello();
    beAlone().catch((error: unknown) => log.warn({ err: error }, 'could not ask for other instances'));
  };
  await bus.flush();
  const closeChannels = openChannels(options.channels ?? [], bus, name, life);

  async function leave(): Promise<void> {
    announcer.draining();
    await settlesIn(closeChannels(), goodbyeMsMax);
    thinker.stop();
    await settlesIn(Promise.all(working.map((subscription) => subscription.drain())), goodbyeMsMax);
    await host.drain(graceMs);
    announcer.stop();
    if (!(await settlesIn(bus.drain(), goodbyeMsMax))) await bus.close();
    await volume.close();
  }
  life.onStop(leave);
  life.ready();
}
