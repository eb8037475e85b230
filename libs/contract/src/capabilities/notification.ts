// Notifications to whoever watches this deployment, as a skill sees them.

export const notificationPriorities = ['min', 'low', 'default', 'high', 'urgent'] as const;
export type NotificationPriority = (typeof notificationPriorities)[number];

/** ntfy: a push to the phones that have the topic. webhook: a signed HTTP request to a program. */
export const notificationWays = ['ntfy', 'webhook'] as const;
export type NotificationWay = (typeof notificationWays)[number];

export interface Notification {
  readonly text: string;
  readonly title?: string;
  readonly priority: NotificationPriority;
  readonly tags: readonly string[];
  /** Opened when the notification is touched: http or https. */
  readonly link?: string;
}

export interface NotificationRead {
  /** Which ways are set up here, the preferred one first; at least one. */
  ways(): readonly NotificationWay[];
  /**
   * Whether the topic holds the notification of this invocation; undefined when it cannot tell, as for a webhook.
   * `since`: no earlier than this. Throws SwitchboardError `unavailable` when the server is away.
   */
  wasNotified(way: NotificationWay, since: Date): Promise<boolean | undefined>;
}

export interface NotificationSend {
  /**
   * Sends one notification under a key that all attempts of this step share, and resolves when it was taken. `leaving` is
   * awaited right before the first byte of each try goes out: whatever fails before the first has sent nothing. Throws
   * SkillError `not-set-up` (this way is not), `rejected` (the other side takes none such), `disabled` (a webhook that is
   * gone and is not tried again), SwitchboardError `unavailable` (nothing was sent), `outcome-unknown` (it may have been),
   * and the signal's reason.
   */
  notify(way: NotificationWay, notification: Notification, leaving: () => Promise<void>): Promise<void>;
}
