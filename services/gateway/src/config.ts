// The gateway's settings.
import { nameSchema } from '@switchboard/contract';
import { brokerAddress, readConfig } from '@switchboard/service';
import { z } from 'zod';
import { microsOf, usdPattern } from './models/money.ts';

/** Dollars, as decimals; read as millionths. */
const usd = (fallback: string) =>
  z.string().regex(usdPattern, 'must be dollars such as 2.50').default(fallback).transform(microsOf);
const tokens = () => z.coerce.number().int().min(0).default(0);

export const gatewaySettings = z.object({
  DATABASE_URL: z.url().describe('PostgreSQL 15 or newer, for a role that sees one principal at a time (ADR 7)'),
  WORK_DATABASE_URL: z.url().describe('the same database, for the role of the program itself'),
  NATS_URL: brokerAddress.describe('nats-server 2.10.23 or newer; all servers of a cluster, with commas'),
  BUS_SEED: z.string().min(1).describe('NKey seed of the bus user `gateway`; better given as BUS_SEED_FILE'),
  SIGNING_KEY: z.string().min(1).describe('Ed25519 private key (PEM) that signs invocations; better SIGNING_KEY_FILE'),
  HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  PUBLISHED_ON_LOOPBACK: z
    .stringbool()
    .default(false)
    .describe('HOST is the address of a container whose port is published on loopback only'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8420).describe('port to listen on'),
  PUBLIC_HOSTS: z
    .string()
    .default('')
    .describe('further host names by which callers may reach it, separated by commas'),
  TURNS_IN_FLIGHT_MAX: z.coerce.number().int().min(1).max(256).default(32).describe('turns worked on at a time'),
  TURNS_THINKING_MAX: z.coerce
    .number()
    .int()
    .min(0)
    .max(1024)
    .default(256)
    .describe('turns that may wait for a model beside those'),
  TURNS_QUEUED_MAX: z.coerce.number().int().min(1).default(50).describe('turns that may wait in one session'),
  TURNS_OPEN_MAX: z.coerce.number().int().min(1).default(5000).describe('turns that may be open in all'),
  TURN_DEADLINE_SECONDS: z.coerce.number().int().min(1).default(900).describe('how long a turn may take'),
  TURN_STEPS_MAX: z.coerce.number().int().min(1).max(12).default(12).describe('steps that one turn may have'),
  TURN_EFFECTS_MAX: z.coerce
    .number()
    .int()
    .min(0)
    .max(12)
    .default(3)
    .describe('steps of one turn that may leave the house, not be undone, or cost money'),
  LEAD_AGENT: nameSchema
    .default('workstation')
    .describe('the agent that leads a turn with a model when nothing speaks for another'),
  CONTEXT_TOKENS: z.coerce
    .number()
    .int()
    .min(100)
    .max(100_000)
    .default(2_000)
    .describe('how much of the messages before it a model is told, in tokens; what is older is summed up'),
  POLICY_FILE: z
    .string()
    .optional()
    .describe('policy.yaml: what may be done, asked about, or never done; read again when it changes'),
  QUESTION_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .default(86_400)
    .describe('how long a question waits before it is no'),
  DELIVERY_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .default(86_400)
    .describe('how long an answer over a channel is tried while its agent, or its server, is away'),
  REQUESTS_PER_MINUTE_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .default(30_000)
    .describe('calls that one principal may make in a minute'),
  WRONG_KEYS_PER_MINUTE_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .default(10)
    .describe('wrong keys from one address after which it is shut out for a while'),
  MODEL_USD_DAY: usd('5').describe('what everybody together may spend on models in a day (UTC); 0: nothing'),
  MODEL_USD_PRINCIPAL_DAY: usd('5').describe('what one principal may spend on models in a day (UTC); 0: nothing'),
  MODEL_USD_SESSION: usd('2').describe('what may be spent on models in one session; 0: nothing'),
  MODEL_TOKENS_DAY: tokens().describe('tokens of models for everybody together in a day (UTC); 0: no limit'),
  MODEL_TOKENS_PRINCIPAL_DAY: tokens().describe('tokens of models for one principal in a day (UTC); 0: no limit'),
  MODEL_TOKENS_SESSION: tokens().describe('tokens of models for one session; 0: no limit'),
  LEASE_MS: z.coerce.number().int().min(500).default(4_000).describe('how long a claim on a turn holds'),
});

export type GatewayConfig = ReturnType<typeof readGatewayConfig>;

/** Throws SettingError. */
export function readGatewayConfig(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(gatewaySettings, env);
}
