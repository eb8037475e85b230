// One instant-messaging network, as the rest of the agent sees it: XMPP is the first, and another one implements just this.

export interface OutgoingChat {
  /** The network is told it as the message's own id, so that it can be found again. */
  readonly id: string;
  /** As `addressOf` gives it. */
  readonly to: string;
  readonly text: string;
}

export interface IncomingChat {
  /** One for each message: the same when it comes again, and never that of another one. */
  readonly id: string;
  /** Whose account it was sent from, as `addressOf` gives it. */
  readonly from: string;
  /** The network vouches for the sender. */
  readonly authenticated: boolean;
  readonly text: string;
  /** When the network took it in, by its clock. */
  readonly sentAt: Date;
  /** Tells the sender that it has been taken, if they asked to be told. Never throws, and may be lost. */
  taken(): void;
  /** Gives it back to the sender, with words for a person. Never throws, and may be lost. */
  giveBack(why: string): void;
}

/** The next that the network has, which may be nothing for the agent: then there is only a new position. */
export interface Arrival {
  readonly message?: IncomingChat;
  /** Where to go on after it; undefined where the network keeps nothing to go back to. */
  readonly position?: string;
}

/** How a message went out; `delivered` when a device of theirs has said so by then. */
export interface Sent {
  readonly delivered: boolean;
}

/** Connected, and connecting again, from when it is made until `close`. */
export interface ChatNetwork {
  /** `xmpp` */
  readonly name: string;
  /** The agent's own. */
  readonly address: string;
  /** The one spelling of an address; undefined for what is none. */
  addressOf(text: string): string | undefined;
  /** Whether the network can carry this text as it is. */
  carries(text: string): boolean;
  /**
   * Sends once and resolves when the network has taken it. Waits for the connection. `leaving` is awaited right before
   * the first byte goes out. Throws as ChatSend does.
   */
  send(message: OutgoingChat, options: { signal: AbortSignal; leaving: () => Promise<void> }): Promise<Sent>;
  /** Whether the network holds a message that was sent; undefined when it keeps none. Throws the signal's reason. */
  holds(message: Pick<OutgoingChat, 'id' | 'to'>, since: Date, signal: AbortSignal): Promise<boolean | undefined>;
  /** Where the network stands now, for who begins to listen; undefined when it keeps nothing. Throws the signal's reason. */
  position(signal: AbortSignal): Promise<string | undefined>;
  /**
   * What was said to the agent after a position, in order, over reconnects: what the network still has, where it cannot go
   * back so far. Holds few at a time, and fetches more when those have been dealt with. For one reader. Ends by throwing the signal's
   * reason.
   */
  incoming(after: string | undefined, signal: AbortSignal): AsyncIterable<Arrival>;
  /** Within a second. */
  close(): Promise<void>;
}
