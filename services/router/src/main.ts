// The router as a process.
import { connectBus } from '@switchboard/bus';
import { runService } from '@switchboard/service';
import { readRouterConfig } from './config.ts';
import { serveRoutes } from './serve.ts';

await runService('router', async ({ log, onStop, ready }) => {
  const config = readRouterConfig(process.env);
  const bus = await connectBus({
    url: config.NATS_URL,
    user: 'router',
    seed: config.BUS_SEED,
    onState: (connected) => log.info({ connected }, 'bus'),
    onRefused: (what) => log.error({ what }, 'the broker refused'),
  });
  onStop(() => bus.drain());
  await serveRoutes(bus, log);
  ready();
});
