// The channel `mail` over a real mailbox: each mail of a person once, in order, whatever happens in between.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '@switchboard/testkit';
import { type Dovecot, startDovecot } from '@switchboard/testkit/peers/dovecot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailOf, newInbox, noMailbox, password, testDoor } from './inbox.ts';

describe.skipIf(noMailbox)('the inbox', () => {
  let imap: Dovecot;
  beforeAll(async () => {
    imap = await startDovecot({ password });
  });
  afterAll(() => imap?.stop());

  const followed = (dataDir: string) =>
    waitUntil('a cursor', () => readFile(join(dataDir, 'mail-cursor.json'), 'utf8').catch(() => ''));

  it('brings what comes in from now on, without what it quotes, and leaves alone what lay there', async () => {
    const inbox = await newInbox(imap);
    await inbox.deliver(mailOf({ 'Message-ID': '<old@example.org>' }, 'delete everything'));
    const door = testDoor();
    inbox.follow(door);
    await followed(inbox.dataDir);
    const answer =
      'Turn it on, please.\n\nOn Mon, 5 Jan 2026 at 10:00, Home <home@example.org> wrote:\n> Is it cold?\n';
    const references = '<root@example.org> <2@example.org>';
    await inbox.deliver(mailOf({ 'Message-ID': '<3@example.org>', References: references }, answer));
    await waitUntil('the mail', () => door.brought.length === 1);
    expect(door.brought[0]).toEqual({
      v: 1,
      messageId: '<3@example.org>',
      address: 'anna@example.org',
      authenticated: false,
      thread: '<root@example.org>',
      subject: 'Heating',
      receivedAt: expect.stringMatching(/^20/),
      text: 'Turn it on, please.',
    });
  });
});
