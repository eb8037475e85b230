// The last container: says that all is ready, and shows the owner's key, once. What it writes is kept in no log.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from '../client/client.ts';
import { agents } from '../start/home.ts';
import { addresses } from './make-secrets.ts';
import { runOnce } from './program.ts';

const msMax = 90_000;
const readyMsMax = 60_000;
const home = '/operator';
const shown = `${home}/key-shown`;

function aboutTheKey(key: string): string {
  if (existsSync(shown)) return '  key            docker compose run --rm operator key';
  writeFileSync(shown, `${new Date().toISOString()}\n`, { mode: 0o600 });
  return `  key            ${key}\n                 shown this once; again: docker compose run --rm operator key`;
}

await runOnce(async () => {
  const key = readFileSync(`${home}/admin.key`, 'utf8').trim();
  const client = connect(addresses.gateway, key);
  await client.waitUntilReady(agents, readyMsMax);
  const session = await client.homeSession();
  const url = `http://127.0.0.1:${process.env['PUBLISHED_PORT'] || '8420'}`;
  console.log(`
Switchboard is ready at ${url}
  API reference  ${url}/docs
${aboutTheKey(key)}
  talk to it     docker compose run --rm operator talk
  watch it       docker compose run --rm operator tail
  look it over   docker compose run --rm operator doctor

or from another program, with the key in KEY
  curl -s ${url}/v1/sessions/${session}/turns \\
    -H "Authorization: Bearer $KEY" -H "Idempotency-Key: $(date +%s%N)" \\
    -H "Content-Type: application/json" -H "Prefer: wait=30" -d '{"input": "what is in notes"}'
`);
}, msMax);
