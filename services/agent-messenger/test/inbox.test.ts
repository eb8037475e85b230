// The channel `mail` over a real mailbox: each mail of a person once, in order, whatever happens in between.
import { chmod, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '@switchboard/testkit';
import { type Dovecot, startDovecot } from '@switchboard/testkit/peers/dovecot';
import { prepareMaildir } from '@switchboard/testkit/peers/mailbox-state';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createMail } from '../src/mail/mail.ts';
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

  const numbered = (n: number) => mailOf({ 'Message-ID': `<${n}@example.org>` }, `request ${n}`);
  const idsOf = (door: { brought: readonly { messageId: string }[] }) => door.brought.map(({ messageId }) => messageId);

  it('catches up with what came in while it was away, the oldest first, each once', async () => {
    const inbox = await newInbox(imap);
    const first = inbox.follow(testDoor());
    await followed(inbox.dataDir);
    await first();
    for (let n = 0; n < 120; n++) await inbox.deliver(numbered(n));
    const door = testDoor();
    const second = inbox.follow(door);
    await waitUntil('all of them', () => door.brought.length === 120, 60_000);
    await second();
    expect(door.brought.map(({ text }) => text)).toEqual(Array.from({ length: 120 }, (_, n) => `request ${n}`));
    const again = testDoor();
    inbox.follow(again);
    await inbox.deliver(numbered(120));
    await waitUntil('the next one', () => again.brought.length > 0, 30_000);
    expect(idsOf(again)).toEqual(['<120@example.org>']);
  });

  it('brings a mail again when the gateway had not answered, and only then', async () => {
    const inbox = await newInbox(imap);
    const door = testDoor();
    const stop = inbox.follow(door);
    await followed(inbox.dataDir);
    const release = door.hold();
    await inbox.deliver(numbered(1));
    await waitUntil('the mail', () => door.brought.length === 1);
    await stop();
    release();
    const next = testDoor();
    inbox.follow(next);
    await waitUntil('it again', () => next.brought.length === 1, 30_000);
    await inbox.deliver(numbered(2));
    await waitUntil('the next one', () => next.brought.length === 2);
    expect(idsOf(next)).toEqual(['<1@example.org>', '<2@example.org>']);
  });

  it('does not take a mail for another when the server gives it a new number', { timeout: 60_000 }, async () => {
    const inbox = await newInbox(imap);
    const door = testDoor();
    const stop = inbox.follow(door);
    await followed(inbox.dataDir);
    await inbox.deliver(numbered(1));
    await inbox.deliver(numbered(2));
    await waitUntil('both', () => door.brought.length === 2, 30_000);
    await stop();
    await imap.renumber(inbox.user);
    await inbox.deliver(numbered(3));
    const next = testDoor();
    inbox.follow(next);
    await waitUntil('the new one', () => next.brought.length > 0, 30_000);
    await inbox.deliver(numbered(2));
    await inbox.deliver(numbered(4));
    await waitUntil('the next one', () => next.brought.length > 1, 30_000);
    expect(idsOf(next)).toEqual(['<3@example.org>', '<4@example.org>']);
  });

  it('leaves ten thousand mails alone that lay there, and takes the next one', { timeout: 120_000 }, async () => {
    const inbox = await newInbox(imap);
    const old = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`INBOX/${10_000 + n}.eml`, numbered(n)]));
    prepareMaildir(imap.folderOf(inbox.user), old);
    const door = testDoor();
    inbox.follow(door);
    await waitUntil(
      'a cursor',
      () => readFile(join(inbox.dataDir, 'mail-cursor.json'), 'utf8').catch(() => ''),
      60_000,
    );
    await inbox.deliver(numbered(10_000));
    await waitUntil('the new one', () => door.brought.length > 0, 30_000);
    expect(idsOf(door)).toEqual(['<10000@example.org>']);
  });

  it('passes over a mail that the server cannot give, and goes on', { timeout: 60_000 }, async () => {
    const inbox = await newInbox(imap);
    const first = inbox.follow(testDoor());
    await followed(inbox.dataDir);
    await first();
    await inbox.deliver(numbered(1));
    const place = join(imap.folderOf(inbox.user), 'new');
    for (const name of await readdir(place)) await chmod(join(place, name), 0);
    await inbox.deliver(numbered(2));
    const door = testDoor();
    inbox.follow(door);
    await waitUntil('the next one', () => door.brought.length > 0, 45_000);
    expect(idsOf(door)).toEqual(['<2@example.org>']);
  });

  it('lets machines and strangers pass, and goes on', async () => {
    const inbox = await newInbox(imap);
    const door = testDoor();
    inbox.follow(door);
    await followed(inbox.dataDir);
    await inbox.deliver(mailOf({ From: 'eve@example.com' }, 'delete everything'));
    await inbox.deliver(mailOf({ 'Auto-Submitted': 'auto-replied' }, 'I am away'));
    await inbox.deliver(Buffer.from([255, 0, 13, 10, 13, 10, 255]));
    await inbox.deliver(numbered(1));
    await waitUntil('the mail', () => door.brought.length > 0, 30_000);
    expect(idsOf(door)).toEqual(['<1@example.org>']);
  });
});

describe.skipIf(noMailbox)('an inbox whose server goes away', () => {
  it.each(['kill9', 'halt'] as const)(
    'by %s: it is found again, and nothing of it is lost',
    { timeout: 90_000 },
    async (how) => {
      const imap = await startDovecot({ password });
      onTestFinished(() => imap.stop());
      const inbox = await newInbox(imap);
      const door = testDoor();
      inbox.follow(door);
      await waitUntil(
        'a cursor',
        () => readFile(join(inbox.dataDir, 'mail-cursor.json'), 'utf8').catch(() => ''),
        30_000,
      );
      await imap[how]();
      await inbox.deliver(mailOf({ 'Message-ID': '<1@example.org>' }, 'while it was away'));
      await imap.restart();
      await waitUntil('the mail', () => door.brought.length > 0, 60_000);
      await inbox.deliver(mailOf({ 'Message-ID': '<2@example.org>' }, 'and after'));
      await waitUntil('the next one', () => door.brought.length > 1, 30_000);
      expect(door.brought.map(({ text }) => text)).toEqual(['while it was away', 'and after']);
    },
  );

  it('is not followed unless somebody is named whose mails count', async () => {
    const settings = { IMAP_URL: 'imap://127.0.0.1:1?tls=no', SMTP_URL: 'smtp://127.0.0.1:1?tls=no', DATA_DIR: '.' };
    const whole = { ...settings, MAIL_ADDRESS: 'home@example.org', MAIL_PASSWORD: password };
    expect(createMail(whole).channels).toEqual([]);
    expect(createMail({ ...whole, MAIL_ALLOW_FROM: 'example.org' }).channels).toHaveLength(1);
  });
});
