// Takes a page's HTML apart in a thread of its own: whatever is in it, the agent goes on.
import { parentPort, workerData } from 'node:worker_threads';
import type { Task } from './take-apart.ts';
import { waysToRead } from './ways-to-read.ts';

const { way, html, url }: Task = workerData;
parentPort?.postMessage(waysToRead[way](html, url));
