// The bus: the only importer of nats.
export { type Bus, connectBus, type Heard, type ListenOptions, type Subscription } from './bus.ts';
export { type BusOptions, readSeed, serverVersionMin } from './connect.ts';
export { BusError, type BusErrorKind } from './errors.ts';
export { connectGatewayBus, type EventStream, type StreamState } from './event-stream.ts';
export { type BusIdentity, createBusIdentity, publicKeyOf, signNonce } from './identity.ts';
export { provisionStreams } from './provision.ts';
export { readEvents } from './read-events.ts';
export { reloadBroker } from './reload.ts';
export type { RequestOptions } from './request.ts';
export {
  createSigner,
  createSigningKeys,
  createVerifier,
  type Signer,
  type SigningKeys,
  type Verifier,
} from './signing.ts';
export { connectWitness, type Witness } from './witness.ts';
