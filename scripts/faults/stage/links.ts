// The wires of a stage: who is connected to what through which port.
import { join } from 'node:path';
import { z } from 'zod';
import type { LinkMode } from './link-protocol.ts';
import { startUntouched } from './untouched-process.ts';

export interface Links {
  /** Opens a wire to a port of 127.0.0.1, and answers the port to use instead, at `address` (default the same). */
  open(name: string, port: number, address?: string): Promise<number>;
  set(name: string, mode: LinkMode): void;
  names(): readonly string[];
  stop(): Promise<void>;
}

export async function startLinks(): Promise<Links> {
  const helper = startUntouched(join(import.meta.dirname, 'link-process.ts'));
  await helper.hear(z.object({ ready: z.literal(true) }));
  const names: string[] = [];
  return {
    async open(name, port, address = '127.0.0.1') {
      const opened = helper.hear(z.object({ name: z.literal(name), port: z.int() }));
      helper.send({ name, port, address });
      names.push(name);
      return (await opened).port;
    },
    set: (name, mode) => helper.send({ name, mode }),
    names: () => names,
    stop: () => helper.stop(),
  };
}
