// The broker: the operator's, or an embedded nats-server with the generated users; its streams are made either way.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { provisionStreams } from '@switchboard/bus';
import { locateNatsServer, type Nats, renderNatsConf, startNats } from '@switchboard/embedded';
import type { Home } from './home.ts';
import { projectRoot, SettingError, type StartSettings } from './settings.ts';

export interface Broker {
  readonly url: string;
  /** Undefined for the operator's own. */
  readonly server: Nats | undefined;
}

/** For a broker of the operator's: what it must be told about our users. */
function writeConf(home: Home): string {
  const file = join(home.folder('nats'), 'nats.conf');
  const conf = renderNatsConf({ port: 4222, storeDir: join(home.path, 'nats'), users: home.users });
  writeFileSync(file, conf, { mode: 0o600 });
  return file;
}

export async function openBroker(home: Home, settings: StartSettings): Promise<Broker> {
  const { natsUrl } = settings;
  if (natsUrl === undefined) {
    const server = await startEmbedded(home, settings);
    return { url: server.url, server };
  }
  try {
    await provisionStreams({ url: natsUrl, seed: home.seed('provisioner') });
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new SettingError(`NATS_URL: ${natsUrl}: ${why}. It must know the users of ${writeConf(home)}`);
  }
  return { url: natsUrl, server: undefined };
}

export async function startEmbedded(home: Home, settings: StartSettings, port?: number): Promise<Nats> {
  const binary = await locateNatsServer({
    cacheDir: join(projectRoot, '.cache'),
    ...(settings.natsServer === undefined ? {} : { configured: settings.natsServer }),
  });
  const server = await startNats({
    binary,
    dir: home.folder('nats'),
    users: home.users,
    ...(port === undefined ? {} : { port }),
  });
  await provisionStreams({ url: server.url, seed: home.seed('provisioner') });
  return server;
}
