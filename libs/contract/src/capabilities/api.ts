// HTTP APIs that the operator has connected, as a skill sees them: named, never addressed.

/** One request, without what only the agent knows: the server and the credentials. */
export interface ApiRequest {
  /** An API that is connected here, by its name. */
  readonly api: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Beneath the API's server; begins with `/`, and each part is percent-encoded. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: { readonly mediaType: string; readonly text: string };
  /** The header in which the API takes an idempotency key; the agent fills in one that is the same for every attempt. */
  readonly keyHeader?: string;
  /** For one attempt, until the last byte of the answer. */
  readonly timeoutMs: number;
}

/** What the API answered, whatever its status. Everything in it was written by somebody else. */
export interface ApiAnswer {
  readonly status: number;
  /** Without parameters, in lower case; undefined when the API does not say. */
  readonly mediaType: string | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Why the body is not whole: the connection ended, or it is larger than the agent takes. */
  readonly cut: 'connection' | 'size' | undefined;
}

/**
 * Looking at what an API has. Waits and asks again where the API says so (429, 503 with Retry-After) and where nothing
 * was answered, as far as the deadline goes. All throw SkillError `unreachable`, `address-refused` (a private address
 * that the operator did not name), `redirected` (to somewhere else), `no-answer` (nothing came in time) or `no-secret`.
 */
export interface ApiRead {
  /** GET only. */
  read(request: ApiRequest): Promise<ApiAnswer>;
  /** Where an address leads that the answer to a request names, if it lies beneath the same API; undefined otherwise. */
  within(request: ApiRequest, address: string): Pick<ApiRequest, 'path' | 'query'> | undefined;
}

/** Sends something to an API that may act on it. Also throws SwitchboardError `outcome-unknown` when it may have been done. */
export interface ApiExternal {
  send(request: ApiRequest): Promise<ApiAnswer>;
}

/** Has an API do what cannot be undone. Throws as ApiExternal. */
export interface ApiDestroy {
  destroy(request: ApiRequest): Promise<ApiAnswer>;
}
