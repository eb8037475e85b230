// The settings that every agent has, and what is made of them.
import { createVerifier } from '@switchboard/bus';
import { brokerAddress } from '@switchboard/service';
import { z } from 'zod';
import type { AgentOptions } from './run-agent.ts';

/** The fields of an agent's settings schema; its own come beside them. `name` is its user on the bus. */
export function agentSettings(name: string) {
  return {
    NATS_URL: brokerAddress.describe('nats-server 2.10.23 or newer; all servers of a cluster, with commas'),
    NATS_CA: z
      .string()
      .optional()
      .describe('certificate (PEM) of who vouches for the broker, which must speak TLS then; or NATS_CA_FILE'),
    BUS_SEED: z.string().min(1).describe(`NKey seed of the bus user \`${name}\`; better given as BUS_SEED_FILE`),
    GATEWAY_PUBLIC_KEY: z
      .string()
      .min(1)
      .describe('Ed25519 public key (PEM) of the gateway; better given as GATEWAY_PUBLIC_KEY_FILE'),
    DATA_DIR: z.string().min(1).describe('folder of the ledger and the artifacts; of this agent alone'),
    CONCURRENCY: z.coerce.number().int().min(1).max(64).default(8).describe('invocations that run at a time'),
    QUESTIONS_MAX: z.coerce.number().int().min(1).max(1_000).default(256).describe('questions to a model at a time'),
  };
}

type AgentConfig = z.output<z.ZodObject<ReturnType<typeof agentSettings>>>;

type AgentBasics = Pick<AgentOptions, 'bus' | 'verifier' | 'dataDir' | 'concurrency' | 'questionsMax'>;

/** What `runAgent` takes of them. Throws TypeError on a public key that is none. */
export function agentBasics(config: AgentConfig): AgentBasics {
  return {
    bus: { url: config.NATS_URL, seed: config.BUS_SEED, ca: config.NATS_CA },
    verifier: createVerifier(config.GATEWAY_PUBLIC_KEY),
    dataDir: config.DATA_DIR,
    concurrency: config.CONCURRENCY,
    questionsMax: config.QUESTIONS_MAX,
  };
}
