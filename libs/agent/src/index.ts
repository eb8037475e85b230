// Hosts skills for an agent.
export { type CallScope, type CapabilityAdapters, grant, missingAdapters } from './adapters.ts';
export type { Channel, Door } from './channels.ts';
export { type Unavailable, withoutCapability } from './hosted-skills.ts';
export { type AskMemory, createMemoryAdapter } from './memory-adapter.ts';
export { type AgentOptions, runAgent } from './run-agent.ts';
export { agentBasics, agentSettings } from './settings.ts';
