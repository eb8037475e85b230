// Keeps an embedded server running, on the port it had.
import type { ServerProcess } from '@switchboard/embedded';

const pauseMsMin = 250;
const pauseMsMax = 10_000;

export interface KeptServer {
  stop(): Promise<void>;
}

/** `again` starts it once more; a failure is tried again, ever more slowly. */
export function keepServer(
  name: string,
  first: ServerProcess,
  again: () => Promise<ServerProcess>,
  say: (line: string) => void,
): KeptServer {
  let server = first;
  let stopping = false;

  async function restart(): Promise<void> {
    for (let pauseMs = pauseMsMin; !stopping; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (stopping) return;
      try {
        server = await again();
        say(`${name} is back`);
        return;
      } catch (error) {
        say(`${name} could not be started: ${error instanceof Error ? error.message : error}`);
      }
    }
  }

  async function keep(): Promise<void> {
    while (!stopping) {
      const { code, signal } = await server.exited;
      if (stopping) return;
      say(`${name} ended (${signal ?? `exit code ${code}`}); starting it again`);
      await restart();
    }
  }

  const kept = keep();
  return {
    async stop() {
      stopping = true;
      await server.stop();
      await kept;
    },
  };
}
