// The audit as entries in order: from a running gateway, or from an exported file.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type AuditEntry, type AuditSource, auditEntrySchema, type Stray, straySchema } from '@switchboard/contract';
import { z } from 'zod';
import type { Client } from '../client/client.ts';

const pageMax = 500;
const pageSchema = z.object({ entries: z.array(auditEntrySchema) });
const straysSchema = z.object({ strays: z.array(straySchema), next: z.number().optional() });

/** Up to the end at this moment. The next page is under way while this one is used. */
export async function* readEntries(client: Client, after: number): AsyncGenerator<AuditEntry> {
  const read = (from: number) => client.call(pageSchema, 'GET', `/v1/audit?limit=${pageMax}&after=${from}`);
  let next = read(after);
  for (;;) {
    const { entries } = await next;
    const last = entries.at(-1);
    if (last === undefined || entries.length < pageMax) return yield* entries;
    next = read(last.seq);
    // It is awaited in any case, but may fail before that.
    next.catch(() => {});
    yield* entries;
  }
}

export async function* readStrays(client: Client): AsyncGenerator<Stray> {
  for (const source of ['event', 'act'] satisfies AuditSource[]) {
    let after: number | undefined = 0;
    while (after !== undefined) {
      const path: string = `/v1/audit/strays?source=${source}&after=${after}`;
      const { strays, next }: z.infer<typeof straysSchema> = await client.call(straysSchema, 'GET', path);
      yield* strays;
      after = next;
    }
  }
}

/** As `export` wrote it. Throws an Error that names the line that is no entry. */
export async function* readFileEntries(file: string): AsyncGenerator<AuditEntry> {
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number += 1;
    yield parseLine(line, `${file}, line ${number}`);
  }
}

function parseLine(line: string, where: string): AuditEntry {
  try {
    return auditEntrySchema.parse(JSON.parse(line));
  } catch {
    throw new Error(`${where} is no entry of the audit`);
  }
}
