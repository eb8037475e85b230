// `npm start`: everything that Switchboard needs, as processes on this machine, until it is told to stop.
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { StartError } from '@switchboard/embedded';
import { connect } from './client/client.ts';
import { openBroker, startEmbedded as startNats } from './start/broker.ts';
import { openDatabase, startEmbedded as startPostgres } from './start/database.ts';
import { agents, openHome } from './start/home.ts';
import { keepServer } from './start/keep-server.ts';
import { lockHome } from './start/lock-home.ts';
import { findModels } from './start/models.ts';
import { requireFreePort } from './start/port.ts';
import { converse } from './start/prompt.ts';
import { serviceSpecs } from './start/services.ts';
import { projectRoot, readStartSettings, SettingError, withSettingsFile } from './start/settings.ts';
import { supervise } from './start/supervise.ts';
import { welcome } from './start/welcome.ts';

const readyMsMax = 60_000;
const short = (path: string): string => relative(process.cwd(), path) || '.';
const say = (line: string): void => console.log(line);

/** One line a part: its name, and how long it took. */
async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  say(`  ✓ ${name.padEnd(12)} ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

const stops: (() => Promise<unknown>)[] = [];
let stopping: Promise<never> | undefined;

/** Last started, first stopped. */
function stop(code: number): Promise<never> {
  stopping ??= (async () => {
    for (const end of stops.reverse()) await end();
    process.exit(code);
  })();
  return stopping;
}

async function main(): Promise<void> {
  const env = withSettingsFile(process.env);
  const settings = readStartSettings(env);
  const home = openHome(settings.home);
  await lockHome(home.path);
  await requireFreePort(settings.port);
  say('Starting Switchboard');

  const [database, broker, models] = await Promise.all([
    step('database', () => openDatabase(home, settings.databaseUrl)),
    step('broker', () => openBroker(home, settings)),
    findModels(home, settings, env),
  ]);
  if (models?.found) say(`  ✓ ${'model'.padEnd(12)} ${models.found}`);
  if (database.server) {
    const { server } = database;
    const kept = keepServer('database', server, () => startPostgres(home, server.port), say);
    stops.push(() => kept.stop());
  }
  if (broker.server) {
    const { server } = broker;
    const kept = keepServer('broker', server, () => startNats(home, settings, server.port), say);
    stops.push(() => kept.stop());
  }

  const logs = home.folder('logs');
  const specs = serviceSpecs(home, settings, env, { database: database.urls, natsUrl: broker.url, models });
  const services = specs.map((spec) => supervise(spec, { logFile: join(logs, `${spec.name}.log`), say }));
  stops.push(() => Promise.all(services.map((service) => service.stop())));
  await Promise.all(services.map((service) => step(service.name, () => service.ready)));

  const url = `http://127.0.0.1:${settings.port}`;
  const client = connect(url, home.adminKey);
  await client.waitUntilReady(agents, readyMsMax);
  const session = await client.homeSession();
  writeFileSync(home.runFile, JSON.stringify({ url, natsUrl: broker.url, session }, null, 2));
  say(
    welcome({
      url,
      session,
      keyFile: short(home.adminKeyFile),
      workspace: short(settings.workspace),
      logs: short(logs),
      policy: short(env['POLICY_FILE'] || home.policyFile),
      settings: short(home.settingsFile),
    }),
  );
  if (process.stdin.isTTY && process.stdout.isTTY) {
    await converse(client, { url, key: home.adminKey, session });
    await stop(0);
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!stopping) say('\nStopping');
    void stop(0);
  });
}
process.chdir(projectRoot);
main().catch((error: unknown) => {
  const known = error instanceof SettingError || error instanceof StartError;
  console.error(`switchboard: ${known ? error.message : error instanceof Error ? error.stack : error}`);
  void stop(error instanceof SettingError ? 78 : 1);
});
