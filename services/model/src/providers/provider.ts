// What a provider's client is to the rest: a request made ready, and an answer in parts.
import type { ModelRequest } from '@switchboard/contract';

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  /** Of the first call alone. Its name comes once, its arguments in as many parts as they come in. */
  | { readonly kind: 'call'; readonly tool?: string; readonly arguments: string }
  | { readonly kind: 'usage'; readonly promptTokens?: number; readonly completionTokens?: number }
  | { readonly kind: 'stop'; readonly stop: 'end' | 'length' | 'refused' }
  /** It is alive. */
  | { readonly kind: 'sign' };

export interface Prepared {
  /** Of the body that is sent. */
  readonly bytes: number;
  /** Sends it, once. Rejects with what the client throws, before the first part and between any two. */
  open(signal: AbortSignal): Promise<AsyncIterable<Part>>;
}

export interface Provider {
  prepare(request: ModelRequest, outputTokensMax: number): Prepared;
}

export interface ProviderOptions {
  readonly baseUrl: string;
  readonly model: string;
  /** Undefined: it needs none. */
  readonly key: string | undefined;
  /** The provider's own address, not another that speaks like it. */
  readonly isHosted: boolean;
}

/** What servers without a key get: the clients insist on one, and would look for others in the environment. */
export const noKey = 'none';

/** Never followed: where a redirect leads has not been given the key. */
export const fetchOptions = { redirect: 'manual' } as const;
