// `npm run figures`: the deployment in containers, measured: sizes of images, time to the first answer, memory and CPU at rest.
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { docker } from '../test/docker/stack/docker.ts';
import { firstTurn } from '../test/docker/stack/first-turn.ts';
import { newPlace, openStack, type Stack, services } from '../test/docker/stack/stack.ts';

const restSeconds = 60;
const settleSeconds = 30;
const MiB = 1024 ** 2;
const images = ['services', 'workstation', 'browser'];

const statsSchema = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  memory_stats: z.object({ usage: z.number(), stats: z.record(z.string(), z.number()).optional() }),
});

interface Use {
  readonly cpuSeconds: number;
  readonly memoryMiB: number;
}

/** As the engine counts it; memory without the cache that the kernel would give up at once. */
async function useOf(container: string): Promise<Use> {
  const path = `/containers/${container}/stats?stream=false&one-shot=true`;
  const asked = request({ socketPath: '/var/run/docker.sock', path, timeout: 10_000 });
  asked.end();
  const response = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
    asked.once('response', resolve).once('error', reject),
  );
  const { cpu_stats: cpu, memory_stats: memory } = statsSchema.parse(await json(response));
  const idle = memory.stats?.['total_inactive_file'] ?? memory.stats?.['inactive_file'] ?? 0;
  return { cpuSeconds: cpu.cpu_usage.total_usage / 1e9, memoryMiB: (memory.usage - idle) / MiB };
}

async function sizes(): Promise<void> {
  for (const image of images) {
    const bytes = await docker(['image', 'inspect', '--format', '{{.Size}}', `switchboard-${image}:0.1.0`]);
    console.log(`image ${image.padEnd(12)} ${(Number(bytes) / MiB).toFixed(0).padStart(5)} MiB`);
  }
}

const at = async (stack: Stack, service: 'migrate' | 'gateway', field: string): Promise<number> =>
  Date.parse((await docker(['inspect', '--format', `{{.State.${field}}}`, stack.container(service)])).trim());

async function start(stack: Stack): Promise<void> {
  const began = performance.now();
  await stack.up();
  await firstTurn(await stack.client());
  console.log(`up to the first answered turn  ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const logs = await stack.compose(['logs', '--no-color', '--no-log-prefix', 'gateway']);
  const ready = /"time":"([^"]+)"[^\n]*"msg":"ready"/.exec(logs)?.[1] ?? '';
  const waited = Date.parse(ready) - (await at(stack, 'migrate', 'FinishedAt'));
  console.log(`gateway ready after its dependencies  ${(waited / 1000).toFixed(1)} s`);
}

async function rest(stack: Stack): Promise<void> {
  await delay(settleSeconds * 1_000);
  const look = (): Promise<Use[]> => Promise.all(services.map((service) => useOf(stack.container(service))));
  const before = await look();
  await delay(restSeconds * 1_000);
  const after = await look();
  const used = after.map((use, index) => ({
    memory: use.memoryMiB,
    cpu: ((use.cpuSeconds - (before[index]?.cpuSeconds ?? 0)) / restSeconds) * 100,
  }));
  const line = (name: string, memory: number, cpu: number): void =>
    console.log(`${name.padEnd(12)} ${memory.toFixed(0).padStart(5)} MiB  ${cpu.toFixed(2).padStart(5)} % of a core`);
  for (const [index, service] of services.entries()) line(service, used[index]?.memory ?? 0, used[index]?.cpu ?? 0);
  const sum = (pick: (use: (typeof used)[number]) => number): number => used.reduce((all, use) => all + pick(use), 0);
  line(
    'all',
    sum(({ memory }) => memory),
    sum(({ cpu }) => cpu),
  );
}

const stack = openStack(await newPlace());
try {
  await stack.compose(['build', '--quiet'], { timeoutMs: 15 * 60_000 });
  await sizes();
  await start(stack);
  await rest(stack);
} finally {
  await stack.down();
}
