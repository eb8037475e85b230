// A mailbox and the way out of it, as a skill sees them.

export interface MailAddress {
  /** As its owner writes it; empty when they do not. */
  readonly name: string;
  readonly address: string;
}

/** What a list of mails shows of one. */
export interface MailSummary {
  /** Of this mail in its folder, until it is moved. */
  readonly id: string;
  readonly from: MailAddress | undefined;
  readonly to: readonly MailAddress[];
  readonly subject: string;
  /** When it came into the mailbox. */
  readonly receivedAt: Date;
  readonly unread: boolean;
  /** Of all of it, with its attachments. */
  readonly bytes: number;
}

/** All that is given must hold. Words are found whatever their case, as the mail server compares them. */
export interface MailQuery {
  readonly folder: string;
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  /** Anywhere in the mail. */
  readonly words?: string;
  /** Received on this day (`2026-01-31`) or later; or before it. */
  readonly since?: string;
  readonly before?: string;
  readonly unread?: boolean;
}

export interface MailAttachment {
  /** A plain file name, whatever the sender called it. */
  readonly name: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

export interface MailMessage extends MailSummary {
  readonly cc: readonly MailAddress[];
  /** Of what it says as plain text; made of its HTML when there is no other. Empty when it cannot be read. */
  readonly text: string;
  readonly attachments: readonly MailAttachment[];
  /** Only its beginning was read: the rest is larger than the agent takes. */
  readonly cut: boolean;
  readonly messageId: string | undefined;
  /** The Message-IDs of the conversation so far, oldest first, without its own. */
  readonly references: readonly string[];
}

/**
 * Looking into the mailbox; nothing is marked as read. All throw SwitchboardError `unavailable` with one of the reasons
 * `server-away`, `try-later`, `wrong-password` and `no-encryption`: nothing was done, and later it may work.
 */
export interface MailRead {
  /** The newest first, at most `max` of `total`. Throws SkillError `no-folder`. */
  search(query: MailQuery, max: number): Promise<{ mails: readonly MailSummary[]; total: number }>;
  /** Throws SkillError `not-found`, also for an id of a mail that was moved since. */
  read(id: string): Promise<MailMessage>;
  /** Whether a mail with this Message-ID lies in `folder`, or, without one, where mails that were sent or came in lie. */
  has(messageId: string, folder?: string): Promise<boolean>;
}

/** Reversible changes in the mailbox. Throws as MailRead. */
export interface MailWrite {
  /** Throws SkillError `not-found`, and `no-folder` rather than making one. */
  move(id: string, folder: string): Promise<void>;
}

export interface OutgoingMail {
  readonly to: readonly string[];
  readonly cc?: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly {
    readonly name: string;
    readonly mediaType: string;
    readonly bytes: number;
    readonly content: AsyncIterable<Uint8Array>;
  }[];
  /** Message-IDs of the conversation that it belongs to, oldest first: the last one is what it answers. */
  readonly references?: readonly string[];
  /** It answers a mail without a person having written it: others must not answer it by themselves (RFC 3834). */
  readonly automatic?: boolean;
}

export interface SentMail {
  /** Made of the invocation's id: every attempt of a step has the same one. */
  readonly messageId: string;
  /** Recipients that the server did not take; the others get it. */
  readonly refused: readonly string[];
}

export interface MailExternal {
  /** What the mail of this call has, or would have, as its Message-ID. */
  messageId(): string;
  /**
   * Hands one mail over to the server. `beforeEnd` is waited for right before the end of the message is let out: until it
   * resolves nothing is sent, whatever happens. Throws as MailRead as long as nothing was sent, SkillError `refused`
   * (the mail or all of its recipients), `bad-address` (an address or a subject that is none), `too-large`; SwitchboardError
   * `outcome-unknown` when the server went away after the end: it must not be sent again.
   */
  send(mail: OutgoingMail, beforeEnd: () => Promise<void>): Promise<SentMail>;
}
