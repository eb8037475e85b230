// Answers requests as an agent's user does, and does nothing else: the raw cost of a request over the bus.
import { connectBus } from '@switchboard/bus';

const { NATS_URL = '', BUS_SEED = '' } = process.env;
const bus = await connectBus({ url: NATS_URL, user: 'workstation', seed: BUS_SEED });
bus.respond('status', async ({ message: { id } }) => ({ v: 1, id, state: 'running' }) as const, {
  parameters: { agent: 'workstation' },
});
await bus.flush();
process.send?.('ready');
process.on('disconnect', () => process.exit(0));
