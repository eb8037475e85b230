// The gateway as a process.
import { runService } from '@switchboard/service';
import { readGatewayConfig } from './config.ts';
import { startGateway } from './gateway.ts';

await runService('gateway', async (life) => {
  await startGateway(readGatewayConfig(process.env), life);
  life.ready();
});
