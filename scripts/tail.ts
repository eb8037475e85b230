// `npm run tail`: what happens on the bus, one line each, with the operator's credentials: it can listen and nothing else.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { connectBus } from '@switchboard/bus';
import type { Event } from '@switchboard/contract';
import { z } from 'zod';
import { projectRoot } from './start/settings.ts';

const home = resolve(projectRoot, process.env['SWITCHBOARD_HOME'] || '.switchboard');
const runSchema = z.object({ natsUrl: z.string() });

function read(file: string): string {
  try {
    return readFileSync(join(home, file), 'utf8').trim();
  } catch {
    console.error(
      `switchboard: ${join(home, file)} is not there. Is Switchboard running (npm start)? See SWITCHBOARD_HOME`,
    );
    process.exit(1);
  }
}

function line(event: Event): string {
  const turn = event.turn === null ? '' : event.turn.slice(-8);
  const where = `${event.session.slice(-8)} ${String(event.seq).padStart(4)} ${turn.padEnd(8)}`;
  return `${event.time} ${where} ${event.type.padEnd(17)} ${JSON.stringify(event.data)}`;
}

const { natsUrl } = runSchema.parse(JSON.parse(read('run.json')));
const json = process.argv.includes('--json');
const bus = await connectBus({
  url: process.env['NATS_URL'] || natsUrl,
  user: 'operator',
  seed: read('secrets/operator.seed'),
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
