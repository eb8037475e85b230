// `npm run tail`: what happens on the bus, one line each, with the operator's credentials: it can listen and nothing else.
import { connectBus } from '@switchboard/bus';
import type { Event } from '@switchboard/contract';
import { inOneLine, type LocalHome, openLocalHome } from './client/home.ts';

function line(event: Event): string {
  const turn = event.turn === null ? '' : event.turn.slice(-8);
  const where = `${event.session.slice(-8)} ${String(event.seq).padStart(4)} ${turn.padEnd(8)}`;
  return `${event.time} ${where} ${event.type.padEnd(17)} ${JSON.stringify(event.data)}`;
}

function home(): LocalHome {
  try {
    return openLocalHome(process.env);
  } catch (error) {
    console.error(`switchboard: ${inOneLine(error)}`);
    process.exit(1);
  }
}

const { natsUrl, operatorSeed } = home();
const json = process.argv.includes('--json');
const bus = await connectBus({
  url: natsUrl,
  user: 'operator',
  seed: operatorSeed,
  onState: (connected) => console.error(connected ? 'the bus is back' : 'the bus is away; waiting'),
});
bus.listen('event', ({ message }) => console.log(json ? JSON.stringify(message) : line(message)));
bus.listen('audit', ({ message }) =>
  console.log(
    json
      ? JSON.stringify(message)
      : `${message.time} ${message.service} ${message.kind} ${JSON.stringify(message.data)}`,
  ),
);
await bus.flush();
console.error(`listening to sb.event.> and sb.audit.> at ${natsUrl}; Ctrl-C ends`);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void bus.close().then(() => process.exit(0)));
