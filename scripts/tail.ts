// `npm run tail`: what happens on the bus, one line each, with the operator's credentials: it can listen and nothing else.
import { connectBus } from '@switchboard/bus';
import type { Event } from '@switchboard/contract';
import { inOneLine, type LocalHome, openLocalHome } from './client/home.ts';
import { plainText } from './client/plain-text.ts';

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
}).catch((error: unknown) => {
  console.error(`switchboard: nothing answers at ${natsUrl}: start it with npm start (${inOneLine(error)})`);
  process.exit(1);
});
const print = (message: object, text: string): void => console.log(json ? JSON.stringify(message) : plainText(text));
bus.listen('event', ({ message }) => print(message, line(message)));
// The broker vouches for the subject: what a service calls itself in the message is its own affair.
bus.listen('audit', ({ message: { time, data, ...rest }, parameters: { service, kind } }) =>
  print({ ...rest, time, data, service, kind }, `${time} ${service} ${kind} ${JSON.stringify(data)}`),
);
await bus.flush();
console.error(`listening to sb.event.> and sb.audit.> at ${natsUrl}; Ctrl-C ends`);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void bus.close().then(() => process.exit(0)));
