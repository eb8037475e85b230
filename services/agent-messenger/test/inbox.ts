// What the tests of the inbox share: a real mailbox, and a gateway's door that remembers what was brought to it.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Door } from '@switchboard/agent';
import type { MessageOf } from '@switchboard/contract';
import { createLog, type Life } from '@switchboard/service';
import { tempFolder } from '@switchboard/testkit';
import { type Dovecot, dovecotPackages } from '@switchboard/testkit/peers/dovecot';
import { onTestFinished } from 'vitest';
import { createMail } from '../src/mail/mail.ts';

export const { missing: noMailbox } = await dovecotPackages();
export const password = 'open-sesame';
export const address = 'home@example.org';

export type Message = MessageOf<'inbound'>;

export interface TestDoor extends Door {
  readonly brought: readonly Message[];
  /** Waits with its next answers until the returned function is called. */
  hold(): () => void;
}

export function testDoor(): TestDoor {
  const brought: Message[] = [];
  let held = Promise.resolve();
  return {
    brought,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    async bring(message, signal) {
      brought.push(message);
      const { promise: cut, reject } = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => reject(signal.reason));
      await Promise.race([held, cut]);
      return { v: 1, outcome: 'accepted', text: '' };
    },
  };
}

function testLife(): Life {
  return {
    log: createLog('test', 'silent'),
    stopping: new AbortController().signal,
    onStop: () => undefined,
    ready: () => undefined,
    die(why) {
      throw new Error(why);
    },
  };
}

export interface Inbox {
  readonly user: string;
  readonly dataDir: string;
  /** Follows the inbox until the returned function is called or the test is over. */
  follow(door: Door): () => Promise<void>;
  deliver(raw: string | Uint8Array): Promise<void>;
}

export async function newInbox(imap: Dovecot, more: Record<string, string> = {}): Promise<Inbox> {
  const folder = await tempFolder();
  const user = randomUUID();
  onTestFinished(() => folder.remove());
  const settings = {
    IMAP_URL: `imap://127.0.0.1:${imap.port}?tls=no`,
    SMTP_URL: 'smtp://127.0.0.1:1?tls=no',
    MAIL_ADDRESS: address,
    MAIL_USER: user,
    MAIL_PASSWORD: password,
    MAIL_ALLOW_FROM: 'anna@example.org, bob@example.org',
    DATA_DIR: folder.path,
    ...more,
  };
  return {
    user,
    dataDir: join(folder.path),
    deliver: (raw) => imap.deliver(user, raw),
    follow(door) {
      const [channel] = createMail(settings).channels;
      if (channel === undefined) throw new Error('there is no channel');
      const end = channel.start(door, testLife());
      onTestFinished(end);
      return end;
    },
  };
}

/** A mail as people send it. */
export function mailOf(headers: Record<string, string>, text: string): string {
  const all = { From: 'Anna <anna@example.org>', To: address, Subject: 'Heating', ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === '' ? [] : [`${name}: ${value}`]));
  return `${lines.join('\r\n')}\r\n\r\n${text.replaceAll('\n', '\r\n')}\r\n`;
}
