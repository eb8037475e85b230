// The words that every part of Switchboard shares. No I/O.
export * from './artifact.ts';
export * from './audit.ts';
export * from './broker.ts';
export * from './canonical-json.ts';
export * from './capabilities.ts';
export * from './concise-schema.ts';
export * from './effects.ts';
export * from './errors.ts';
export * from './http.ts';
export * from './http-resources.ts';
export { bodyBytesMax, type RouteFact, type Scope, scopeSchema, scopes, waitSecondsMax } from './http-route.ts';
export * from './messages.ts';
export * from './names.ts';
export * from './policy.ts';
export * from './routing.ts';
export * from './skill.ts';
export * from './states.ts';
export * from './subjects.ts';
