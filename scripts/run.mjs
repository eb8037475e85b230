#!/usr/bin/env node
// Runs scripts/<target>.ts on a machine that has only Node and npm: sets up what is missing, then starts Node 24.
// Plain JavaScript without dependencies, because it runs before anything is installed and on the Node that is there.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Those that work on what is there, or on what runs already. */
const brokerless = 'audit check config dead-letters doctor figures generate keys route tail test-docker usage'.split(
  ' ',
);

function needsBroker(target) {
  if (brokerless.includes(target) || process.env.NATS_SERVER) return false;
  return target !== 'start' || !process.env.NATS_URL;
}

function isTarget(name) {
  return /^[a-z][a-z0-9-]*$/.test(name) && existsSync(join(root, 'scripts', `${name}.ts`));
}

function targets() {
  const files = readdirSync(join(root, 'scripts')).filter((file) => file.endsWith('.ts'));
  return files.map((file) => file.slice(0, -'.ts'.length)).join(', ');
}

async function main(target = '', ...args) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Node.js 20.19 or newer is needed; this is ${process.versions.node}`);
  }
  if (!isTarget(target)) throw new Error(`usage: node scripts/run.mjs <target>, one of: ${targets()}`);
  // Loaded only now: an older Node could not load them, and would say so in its own words.
  const { installPackages } = await import('./bootstrap/install-packages.mjs');
  const { fetchNatsServer } = await import('./bootstrap/fetch-nats-server.mjs');
  const { runNode } = await import('./bootstrap/run-node.mjs');
  await installPackages(root);
  if (needsBroker(target)) await fetchNatsServer(join(root, '.cache'));
  await runNode(root, join(root, 'scripts', `${target}.ts`), args);
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(`switchboard: ${error.message}`);
  process.exitCode = 1;
});
