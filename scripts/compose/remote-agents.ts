// Agents on other machines: who they are, and under which names they reach the broker. Their own keys are not kept here.
import { existsSync, readFileSync } from 'node:fs';
import { nameSchema } from '@switchboard/contract';
import { SettingError } from '@switchboard/service';
import { z } from 'zod';

/** Beside them, in the volume of secrets. */
export const remoteAgentsFile = 'remote-agents.json';

const schema = z.object({
  /** Of the broker, as those agents call it. */
  hosts: z.array(z.string()),
  agents: z.array(z.object({ name: nameSchema, publicKey: z.string(), addedAt: z.iso.datetime() })),
});

export type RemoteAgents = z.output<typeof schema>;

/** Throws SettingError when the file is damaged. */
export function readRemoteAgents(file: string): RemoteAgents {
  if (!existsSync(file)) return { hosts: [], agents: [] };
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new SettingError(`${remoteAgentsFile} in the volume of secrets is damaged: restore a backup`);
  }
}
