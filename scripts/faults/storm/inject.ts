// Does a planned fault to the stage and waits until the stage has what it needs to recover.
import { setTimeout as delay } from 'node:timers/promises';
import { cutPower } from '../stage/cut-power.ts';
import type { ManagedProcess } from '../stage/managed-process.ts';
import type { KillableServer } from '../stage/servers.ts';
import type { Stage } from '../stage/stage.ts';
import type { PlannedFault } from './schedule.ts';

function processOf(stage: Stage, name: string): ManagedProcess {
  const found = [...stage.gateways, stage.router, ...stage.agents].find((managed) => managed.name === name);
  if (found === undefined) throw new Error(`there is no process ${name}`);
  return found;
}

async function restart(server: KillableServer, signal: NodeJS.Signals, between?: () => Promise<void>): Promise<void> {
  await server.kill(signal);
  await between?.();
  await server.start();
}

async function forAWhile(ms: number, begin: () => void, end: () => void): Promise<void> {
  begin();
  await delay(ms);
  end();
}

/** Resolves when the fault is over: what was killed has been started, or is about to be. */
export async function inject(stage: Stage, { kind, target, durationMs }: PlannedFault): Promise<void> {
  const { links, database, broker } = stage;
  switch (kind) {
    case 'kill':
      return processOf(stage, target).kill();
    case 'drain':
      return processOf(stage, target).kill('SIGTERM');
    case 'pause': {
      const managed = processOf(stage, target);
      return forAWhile(durationMs, managed.pause, managed.resume);
    }
    case 'database-stop':
      return restart(database, 'SIGQUIT');
    case 'database-kill':
      return restart(database, 'SIGKILL');
    case 'broker-kill':
      return restart(broker, 'SIGKILL');
    case 'broker-wipe':
      return restart(broker, 'SIGKILL', () => broker.wipe());
    case 'cable-pulled':
      await stage.networks?.pull(target);
      await delay(durationMs);
      return stage.networks?.plug(target);
    case 'power-cut':
      await cutPower(stage);
      return delay(durationMs);
    case 'garbage': {
      const { router } = stage;
      const tell = (garbage: boolean) => () => router.order({ garbage });
      return forAWhile(durationMs, tell(true), tell(false));
    }
    case 'link-cut':
    case 'link-silent':
    case 'link-slow': {
      const mode = ({ 'link-cut': 'cut', 'link-silent': 'silent', 'link-slow': 'slow' } as const)[kind];
      return forAWhile(
        durationMs,
        () => links.set(target, mode),
        () => links.set(target, 'open'),
      );
    }
  }
}
