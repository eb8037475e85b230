// `npm run audit`: verifies, follows and exports the chain of all that happened, with a key that may read the audit.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEntry } from '@switchboard/contract';
import type { Sighting } from './audit/check-chain.ts';
import { readEntries, readFileEntries, readStrays } from './audit/read-audit.ts';
import { parseHead, readSightings } from './audit/sightings.ts';
import { findingsMax, type Report, verify } from './audit/verify.ts';
import { type Given, runCommand, UsageError } from './client/command.ts';
import { inOneLine, openLocalHome } from './client/home.ts';

const usage = `npm run audit -- verify [--head SEQ:HASH] [--json]   compute the chain again; exit code 1 when something is wrong
npm run audit -- verify --file FILE                  the same, of an export, with nothing running
npm run audit -- tail [--json]                       what happens, as it is sealed; Ctrl-C ends
npm run audit -- export > FILE                       every entry, one JSON line each`;

const progressEvery = 20_000;
const pollMs = 1_000;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

function line({ seq, hash, event, act }: AuditEntry): string {
  const place = `${String(seq).padStart(7)} ${hash.slice(0, 8)}`;
  if (event) return `${place} ${event.time} ${event.id} ${event.type} ${JSON.stringify(event.data)}`;
  if (act) return `${place} ${act.time} ${act.actor} ${act.action} ${act.subject ?? ''} ${JSON.stringify(act.data)}`;
  return `${place} its record is gone`;
}

async function* nothing(): AsyncGenerator<never> {}

function given(head: string | undefined): Sighting[] {
  if (head === undefined) return [];
  const sighting = parseHead(head);
  if (sighting === undefined) throw new UsageError('--head is SEQ:HASH, as verify says it');
  return [sighting];
}

function tell(report: Report, unseen: string | undefined): void {
  const { findings, entries, head, waiting, sightings } = report;
  for (const { text } of findings) say(`✗ ${text}`);
  if (findings.length >= findingsMax) say(`There may be more: it ends after ${findingsMax}.`);
  if (findings.length === 0)
    say(`✓ ${entries} entries are as they were sealed, and ${sightings} of them as they were published`);
  if (unseen !== undefined) say(`! not compared with what was published: ${unseen}`);
  if (waiting > 0) say(`! ${waiting} records wait to be sealed`);
  say(`head ${head.seq}:${head.hash}`);
}

async function runVerify(options: Given): Promise<number> {
  const file = options.option('file');
  const sightings = given(options.option('head'));
  let unseen: string | undefined;
  const onEntry = (seq: number): void => {
    if (seq % progressEvery === 0) process.stderr.write(`${seq} entries\n`);
  };
  let report: Report;
  if (file === undefined) {
    const { client, natsUrl: url, path } = openLocalHome(process.env);
    try {
      const seed = readFileSync(join(path, 'secrets', 'witness.seed'), 'utf8').trim();
      sightings.push(...(await readSightings({ url, seed })));
    } catch (error) {
      unseen = inOneLine(error);
    }
    report = await verify({ entries: readEntries(client, 0), strays: readStrays(client), sightings, onEntry });
  } else {
    report = await verify({ entries: readFileEntries(file), strays: nothing(), sightings, onEntry });
  }
  if (options.has('json')) say(JSON.stringify({ ...report, unseen }));
  else tell(report, unseen);
  return report.findings.length === 0 ? 0 : 1;
}

async function runExport(): Promise<void> {
  const { client } = openLocalHome(process.env);
  for await (const entry of readEntries(client, 0)) {
    if (say(JSON.stringify(entry))) continue;
    await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}

async function runTail(json: boolean): Promise<never> {
  const { client } = openLocalHome(process.env);
  let after = 0;
  for (;;) {
    for await (const entry of readEntries(client, after)) {
      after = entry.seq;
      say(json ? JSON.stringify(entry) : line(entry));
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

await runCommand(
  {
    usage,
    options: ['file', 'head'],
    async run([what, ...more], options) {
      if (more.length > 0) throw new UsageError('say verify, tail or export');
      if (what === 'verify') return runVerify(options);
      if (what === 'tail') return runTail(options.has('json'));
      if (what !== 'export') throw new UsageError('say verify, tail or export');
      await runExport();
      return undefined;
    },
  },
  process.argv.slice(2),
);
