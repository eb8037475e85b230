// A process of the suite itself, which no fault touches: it ends with the suite, and is not started again.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dieWithParent } from '@switchboard/embedded';
import type { z } from 'zod';

export interface UntouchedProcess {
  send(message: object): void;
  /** The next message of this shape. Rejects when the process ends before. */
  hear<Schema extends z.ZodType>(schema: Schema): Promise<z.output<Schema>>;
  stop(): Promise<void>;
}

export function startUntouched(entry: string, env: Readonly<Record<string, string>> = {}): UntouchedProcess {
  const [file = '', ...args] = dieWithParent('SIGKILL', [process.execPath, entry]);
  const child: ChildProcess = spawn(file, args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  return {
    send: (message) => void child.send(message),
    hear: (schema) =>
      new Promise((resolve, reject) => {
        const take = (message: unknown): void => {
          const parsed = schema.safeParse(message);
          if (!parsed.success) return;
          child.off('message', take);
          child.off('exit', fail);
          resolve(parsed.data);
        };
        const fail = (): void => reject(new Error(`${entry} ended`));
        child.on('message', take);
        child.once('exit', fail);
      }),
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
