// All APIs that the operator has connected, as one part of the agent; what cannot be offered is one line in the log.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { describeContract, helloSkillsMax, nameSchema, type Skill } from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import type { BusinessConfig } from '../config.ts';
import type { BusinessPart } from '../part.ts';
import type { ApiServer } from './api-adapter.ts';
import { ApiProblem } from './api-problem.ts';
import { shortly } from './json.ts';
import type { LoadedApi } from './load-api.ts';

const none: BusinessPart = { skills: [], adapters: {}, unavailable: [] };
const filesMax = 100;
/** Of all contracts together: what one message of the bus holds, less what comes with them. */
const contractBytesMax = 900_000;

/** What is left of what one agent may announce. */
interface Room {
  skills: number;
  bytes: number;
}

function bytesOf(skills: readonly Skill[]): number {
  return skills.reduce((sum, { contract }) => sum + Buffer.byteLength(JSON.stringify(describeContract(contract))), 0);
}

const way = 'choose operations with `select`';

/** All of an API or nothing: half of one would be a riddle. Throws ApiProblem when it does not fit. */
function checkCount(room: Room, operations: number): void {
  if (operations <= room.skills) return;
  throw new ApiProblem(
    `${operations} operations are as many skills; an agent announces at most ${helloSkillsMax}, and ${room.skills} are left: ${way}`,
  );
}

/** Throws ApiProblem when the contracts are too large. */
function takeRoom(room: Room, { skills }: LoadedApi): void {
  const bytes = bytesOf(skills);
  if (bytes > room.bytes) {
    throw new ApiProblem(
      `its ${skills.length} contracts are ${bytes} bytes; an agent announces at most ${contractBytesMax}, and ${room.bytes} are left: ${way}`,
    );
  }
  room.skills -= skills.length;
  room.bytes -= bytes;
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new ApiProblem(`APIS_DIR: ${folder} cannot be read`, { cause });
  });
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  if (files.length > filesMax) throw new ApiProblem(`APIS_DIR: more than ${filesMax} files in ${folder}`);
  return files.map((name) => join(folder, name));
}

/** The secret may come later, but not be forgotten in silence. */
function withoutSecret({ server, skills }: LoadedApi, file: string): BusinessPart['unavailable'] {
  const secret = server.auth?.file;
  if (secret === undefined || existsSync(secret)) return [];
  const why = `${basename(file)}: there is no secret in ${secret}: put it there and start the agent again`;
  return skills.map(({ contract }) => ({ skill: contract.name, why: why.slice(0, 500) }));
}

/**
 * Reads every `*.yaml` of APIS_DIR; `others` are the agent's other skills. Nothing of a stranger's document stops the agent: an
 * API that cannot be offered is told about and left out, whole.
 */
export async function createApis(
  { APIS_DIR }: Pick<BusinessConfig, 'APIS_DIR'>,
  others: readonly Skill[],
  log: Pick<Log, 'info' | 'warn'>,
): Promise<BusinessPart> {
  if (APIS_DIR === undefined) return none;
  const taken = new Set(others.map(({ contract }) => contract.name));
  const room: Room = { skills: helloSkillsMax - others.length, bytes: contractBytesMax - bytesOf(others) };
  const servers: ApiServer[] = [];
  const skills: Skill[] = [];
  const unavailable: { skill: string; why: string }[] = [];
  const leaveOut = (file: string, error: unknown): void => {
    // Whatever a stranger's document does to what reads it, the rest of the agent works.
    const known = error instanceof ApiProblem;
    const why = known ? error.message : 'it cannot be read; the log of the agent says more';
    log.warn({ file, ...(!known && { err: error }) }, `an API is left out: ${why}`);
    // It has no skill to be refused with this reason; whoever looks at the agent is told.
    const name = nameSchema.safeParse(`${basename(file, extname(file))}-api`).data;
    if (name === undefined || taken.has(name)) return;
    unavailable.push({ skill: name, why: shortly(`${basename(file)}: ${why}`, 500) });
  };
  let files: string[] = [];
  try {
    files = await filesIn(APIS_DIR);
  } catch (error) {
    leaveOut(APIS_DIR, error);
  }
  if (files.length === 0) return { ...none, unavailable };
  // Loaded where there is something to do: an agent without APIs is small.
  const { loadApi } = await import('./load-api.ts');
  const { createApiAdapter } = await import('./api-adapter.ts');
  for (const file of files) {
    try {
      const api = await loadApi(basename(file, extname(file)), file, {
        reserved: taken,
        checkCount: (operations) => checkCount(room, operations),
      });
      takeRoom(room, api);
      for (const line of api.leftOut) log.warn({ file }, `an operation is left out: ${line}`);
      for (const { contract } of api.skills) taken.add(contract.name);
      servers.push(api.server);
      skills.push(...api.skills);
      unavailable.push(...withoutSecret(api, file));
      log.info({ file, skills: api.skills.length, server: api.server.base.href }, 'an API is connected');
    } catch (error) {
      leaveOut(file, error);
    }
  }
  return { skills, adapters: { api: createApiAdapter(servers) }, unavailable };
}
