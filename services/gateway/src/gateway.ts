// The gateway, put together: store and bus, directory, coordinator, relay and HTTP; and taken apart in order.
import { randomUUID } from 'node:crypto';
import { type Bus, connectGatewayBus, createSigner } from '@switchboard/bus';
import { createMetrics, type Life, type Log } from '@switchboard/service';
import { type Audit, openStore, type Store } from '@switchboard/store';
import { answerContent } from './answer-content.ts';
import { answerMemory } from './answer-memory.ts';
import { createAskRouter } from './ask-router.ts';
import { answerInbound } from './channels/answer-inbound.ts';
import { startDeliveries } from './channels/deliver.ts';
import { createContractCheck } from './check-contract.ts';
import type { GatewayConfig } from './config.ts';
import { startCoordinator } from './coordinator/coordinator.ts';
import { createLimiter } from './coordinator/limiter.ts';
import type { CoordinatorSettings } from './coordinator/run.ts';
import { createDirectory } from './directory.ts';
import { createFeed, type Feed } from './feed.ts';
import { createAdmission } from './http/admission.ts';
import { buildApp } from './http/app.ts';
import { createGate } from './identity/gate.ts';
import { requirePrivate } from './identity/require-private.ts';
import { answerBudget } from './models/answer-budget.ts';
import { watchModels } from './models/models-here.ts';
import { type KeepPolicyOptions, keepPolicy } from './policy/keep-policy.ts';
import { recordReports } from './record-reports.ts';
import { startRelay } from './relay.ts';

export interface Gateway {
  readonly url: string;
}

/** What the gateway says of itself: to the operators, who may miss it, and in the audit chain. */
function tellOfItself(bus: Bus, audit: Audit, log: Log): KeepPolicyOptions['tell'] {
  return (kind, data) => {
    const subject = { service: 'gateway', kind };
    if (bus.connected()) bus.publish('audit', subject, { v: 1, ...subject, time: new Date().toISOString(), data });
    audit.append({ actor: 'gateway', action: kind, data }).catch((error: unknown) => {
      log.error({ err: error, kind }, 'an act did not reach the audit');
    });
  };
}

/** What agents say of how it goes, to whoever follows the session. */
function passOnProgress(bus: Bus, feed: Feed): void {
  bus.listen('progress', ({ message: { id, kind, text }, parameters: { turn } }) => {
    if (id.startsWith(turn)) feed.tellDelta({ turn, invocation: id, kind, text });
  });
}

function settingsOfWork(config: GatewayConfig, owner: string): CoordinatorSettings {
  return {
    owner,
    leaseMs: config.LEASE_MS,
    inFlightMax: config.TURNS_IN_FLIGHT_MAX,
    questionMs: config.QUESTION_SECONDS * 1_000,
    stepsMax: config.TURN_STEPS_MAX,
    effectsMax: config.TURN_EFFECTS_MAX,
    thinkingMax: config.TURNS_THINKING_MAX,
    contextTokensMax: config.CONTEXT_TOKENS,
    leadAgent: config.LEAD_AGENT,
  };
}

/** Throws when the database does not answer, or HOST is one that others reach and there is no key. */
async function openDatabase(config: GatewayConfig, life: Life): Promise<Store> {
  const store = openStore({
    url: config.DATABASE_URL,
    workUrl: config.WORK_DATABASE_URL,
    connectionsMax: 12,
    onUnsettled: (what) => life.die(`the database did not settle: ${what}`),
  });
  life.onStop(() => store.close());
  await store.ping();
  await requirePrivate(config, store.keys);
  return store;
}

/** `onState` is told when the bus goes and when it is back: what was said while it was away was not heard. */
async function openBus(config: GatewayConfig, { log, onStop }: Life, onState: (connected: boolean) => void) {
  const connection = await connectGatewayBus({
    url: config.NATS_URL,
    user: 'gateway',
    seed: config.BUS_SEED,
    onState(connected) {
      log.info({ connected }, 'bus');
      onState(connected);
    },
    onRefused: (what) => log.error({ what }, 'the broker refused'),
  });
  onStop(() => connection.bus.drain());
  return connection;
}

export async function startGateway(config: GatewayConfig, life: Life): Promise<Gateway> {
  const { log, stopping } = life;
  const owner = randomUUID();
  const metrics = createMetrics('gateway');
  const store = await openDatabase(config, life);
  const { bus, events } = await openBus(config, life, (connected) => {
    models.onBus(connected);
    if (connected) directory.askAgain();
  });
  // Before it is asked who is here.
  const models = watchModels(bus);

  const policy = keepPolicy({ file: config.POLICY_FILE, log, tell: tellOfItself(bus, store.audit, log) });
  recordReports({ bus, audit: store.audit, log });
  life.onStop(() => policy.stop());

  const directory = createDirectory({ store: store.work, bus, log });
  await directory.start();
  const feed = createFeed();
  passOnProgress(bus, feed);

  const book = answerBudget({ bus, calls: store.work.modelCalls, directory, config, log, metrics });
  life.onStop(() => book.stop());
  const askRouter = createAskRouter(bus, directory);
  const relay = startRelay({ store, bus, stream: events, feed, owner, log, metrics });
  life.onStop(() => relay.stop());
  const signer = createSigner(config.SIGNING_KEY);
  const working = { bus, signer, directory, check: createContractCheck(), feed, published: relay.wake, log };
  const coordinator = startCoordinator({
    ...working,
    store: store.work,
    policy,
    askRouter,
    models,
    limiter: createLimiter(),
    settings: settingsOfWork(config, owner),
  });
  life.onStop(() => coordinator.stop());
  const deliveries = startDeliveries(
    { ...working, deliveries: store.work.deliveries, deliveryMs: config.DELIVERY_SECONDS * 1_000 },
    { owner, leaseMs: config.LEASE_MS },
  );
  life.onStop(() => deliveries.stop());
  // Published by other gateways: of what this one publishes, the relay tells.
  bus.listen('event', ({ message }) => {
    feed.tell([message]);
    if (message.type === 'turn-accepted') coordinator.wake(message.session);
  });

  answerContent(bus, store.work.artifacts, log);
  answerMemory(bus, store.work.facts, log);
  const admit = createAdmission(store.work, config.TURNS_OPEN_MAX);
  answerInbound({ bus, store, config, feed, coordinator, relay, deliveries, admit, log, stopping });
  const app = await buildApp({
    ...createGate(store, config, log),
    database: { ping: store.ping, audit: store.audit, deliveries: store.work.deliveries, usage: store.work.usage },
    bus,
    directory,
    policy,
    models,
    askRouter,
    coordinator,
    relay,
    feed,
    admit,
    config,
    log,
    metrics,
    stopping,
  });
  life.onStop(() => app.close());
  const url = await app.listen({ host: config.HOST, port: config.PORT });
  log.info({ url }, 'listening');
  return { url };
}
