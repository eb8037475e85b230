// The model service as a process.
import { connectBus } from '@switchboard/bus';
import { runService } from '@switchboard/service';
import { readModelConfig } from './config.ts';
import { readKeys, requireModels } from './models-file.ts';
import { type Served, serveModels } from './serve.ts';

await runService('model', async ({ log, onStop, ready }) => {
  const config = readModelConfig(process.env);
  const models = requireModels(config.MODELS_FILE);
  const keys = readKeys(models, process.env);
  let served: Served | undefined;
  const bus = await connectBus({
    url: config.NATS_URL,
    user: 'model',
    seed: config.BUS_SEED,
    onState(connected) {
      log.info({ connected }, 'bus');
      if (connected) served?.connected();
    },
    onRefused: (what) => log.error({ what }, 'the broker refused'),
  });
  onStop(() => bus.drain());
  served = await serveModels({ bus, models, keys, log });
  onStop(() => served?.drain());
  ready();
});
