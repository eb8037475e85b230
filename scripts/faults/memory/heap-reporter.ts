// Loaded into every process of a system under watch: on SIGUSR2 it clears its heap, and writes down what is still held.
import { renameSync, writeFileSync } from 'node:fs';
import { heapFile } from './heap-file.ts';

const folder = new URL(import.meta.url).searchParams.get('folder') ?? '';

process.on('SIGUSR2', () => {
  // Twice: what a finaliser lets go of is gone after the second.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const file = heapFile(folder, process.pid);
  writeFileSync(`${file}.part`, String(heapUsed + external));
  renameSync(`${file}.part`, file);
});
