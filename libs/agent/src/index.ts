// Hosts skills for an agent.
export * from './adapters.ts';
