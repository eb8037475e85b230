// A webhook after the Standard Webhooks specification: signed, keyed, and not called again once it says that it is gone.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Notification } from '@switchboard/contract';
import { Webhook } from 'standardwebhooks';
import { type Posted, post } from './post.ts';

export interface WebhookOptions {
  readonly url: string;
  /** `whsec_…` */
  readonly secret: string;
  /** Where it is kept that the webhook is gone. */
  readonly dataDir: string;
}

export interface WebhookCaller {
  /** Whether it has answered 410, now or before a restart: until its address is another one. */
  isGone(): boolean;
  /** `key` is the webhook-id: the receiver takes each once. Throws the signal's reason. */
  call(notification: Notification, key: string, signal: AbortSignal): Promise<Posted>;
}

/** Throws when the secret is none. */
export function createWebhook({ url, secret, dataDir }: WebhookOptions): WebhookCaller {
  const signer = new Webhook(secret);
  const mark = join(dataDir, `webhook-gone-${createHash('sha256').update(url).digest('hex').slice(0, 16)}`);
  return {
    isGone: () => existsSync(mark),
    async call({ text, title, priority, tags, link }, key, signal) {
      const now = new Date();
      const data = { text, title, priority, tags, link };
      const body = JSON.stringify({ type: 'notification.created', timestamp: now.toISOString(), data });
      const headers = {
        'content-type': 'application/json',
        'webhook-id': key,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
        'webhook-signature': signer.sign(key, now, body),
      };
      const posted = await post(url, { headers, body }, signal);
      if (posted.kind === 'answered' && posted.status === 410) await keep(mark);
      return posted;
    },
  };
}

async function keep(mark: string): Promise<void> {
  await using file = await open(mark, 'a', 0o600);
  await file.sync();
}
