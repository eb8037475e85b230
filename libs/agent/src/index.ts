// Hosts skills for an agent.
export { type CallScope, type CapabilityAdapters, grant, missingAdapters } from './adapters.ts';
export type { Unavailable } from './hosted-skills.ts';
export { type AgentOptions, runAgent } from './run-agent.ts';
