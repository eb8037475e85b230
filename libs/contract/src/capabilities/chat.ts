// Instant messages, as a skill sees them.

export interface ChatMessage {
  /** An address of the network, such as `anna@example.org`. */
  readonly to: string;
  readonly text: string;
}

/** Looking at what has been said. */
export interface ChatRead {
  /**
   * Whether the network holds the message of this invocation; undefined when it cannot tell. `since`: no earlier than
   * this. That it holds none proves nothing: it may still be under way. Throws SwitchboardError `unavailable` when the
   * network is away.
   */
  wasSent(message: { readonly to: string; readonly since: Date }): Promise<boolean | undefined>;
}

/** Saying something, in the agent's own name. */
export interface ChatSend {
  /**
   * Sends one message under the id of the invocation and resolves when the network has taken it; `delivered` when a
   * device of theirs has said so by then. Waits for a network that is away. `leaving` is awaited right before the first
   * byte goes out, and again when that could not go out after all: whatever fails before it has sent nothing. Throws SkillError `no-address`, `bad-text` (characters that
   * the network cannot carry) or `not-delivered` (the network gave it back), SwitchboardError `unavailable` (nothing was
   * sent), `outcome-unknown` (it may have been), and the signal's reason.
   */
  send(message: ChatMessage, leaving: () => Promise<void>): Promise<{ readonly delivered: boolean }>;
}
