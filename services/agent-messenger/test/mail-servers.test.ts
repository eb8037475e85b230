// The ways to the mail servers: encrypted or not at all, with a password that never shows, and named when they fail.
import { inspect } from 'node:util';
import type { CallScope } from '@switchboard/agent';
import { type TempFolder, tempFolder } from '@switchboard/testkit';
import { makeCertificate, type TestCertificate } from '@switchboard/testkit/peers/certificate';
import { type Dovecot, startDovecot } from '@switchboard/testkit/peers/dovecot';
import { type Smtp, startSmtp } from '@switchboard/testkit/peers/smtp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MailAccount, type MailSettings, mailAccount } from '../src/mail/account.ts';
import { createMailAdapter } from '../src/mail/mail-adapter.ts';
import { noMailbox, password } from './inbox.ts';

const wrong = 'not-the-password-at-all';
const scope: CallScope = {
  invocationId: 'test-1-1',
  session: 'test',
  signal: new AbortController().signal,
  deadline: new Date(Date.now() + 60_000),
};
const settings: MailSettings = {
  IMAP_URL: 'imaps://mail.example.org',
  SMTP_URL: 'smtp://mail.example.org',
  MAIL_ADDRESS: 'home@example.org',
  MAIL_PASSWORD: password,
};

function accountOf(change: Partial<MailSettings>): MailAccount {
  const account = mailAccount({ ...settings, ...change });
  if (typeof account === 'string') throw new Error(account);
  return account;
}

const send = (account: MailAccount) =>
  createMailAdapter(account)
    .external(scope)
    .send({ to: ['anna@example.org'], subject: 'Heating', text: 'On.', attachments: [] }, async () => undefined);
const search = (account: MailAccount) => createMailAdapter(account).read(scope).search({ folder: 'INBOX' }, 10);
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => 'it worked',
    (error: unknown) => error,
  );

describe('the settings', () => {
  it.each([
    [
      'encrypted from the first byte',
      { IMAP_URL: 'imaps://m.example.org', SMTP_URL: 'smtps://m.example.org' },
      [993, 465],
      'tls',
    ],
    [
      'encrypted before anything matters',
      { IMAP_URL: 'imap://m.example.org', SMTP_URL: 'smtp://m.example.org' },
      [143, 587],
      'starttls',
    ],
    [
      'open on this machine',
      { IMAP_URL: 'imap://[::1]?tls=no', SMTP_URL: 'smtp://localhost:25?tls=no' },
      [143, 25],
      'none',
    ],
  ])('%s', (_, change, ports, encryption) => {
    const { imap, smtp, user } = accountOf(change);
    expect([imap.port, smtp.port]).toEqual(ports);
    expect([imap.encryption, smtp.encryption]).toEqual([encryption, encryption]);
    expect(user).toBe('home@example.org');
  });

  it('never open over a network', () => {
    for (const url of [
      'imap://mail.example.org?tls=no',
      'imap://127.0.0.1.example.org?tls=no',
      'imap://10.0.0.1?tls=no',
    ]) {
      expect(() => accountOf({ IMAP_URL: url })).toThrow(/^IMAP_URL: tls=no would send the password in the clear/);
    }
  });

  it('say what is missing, and never a password', () => {
    expect(mailAccount({})).toBe(
      'no mailbox is configured: set IMAP_URL, SMTP_URL, MAIL_ADDRESS and MAIL_PASSWORD_FILE',
    );
    const { MAIL_ADDRESS: _, ...rest } = settings;
    expect(mailAccount(rest)).toBe('no mailbox is configured: set MAIL_ADDRESS');
  });
});

describe.skipIf(noMailbox)('servers with a certificate of their own', () => {
  let folder: TempFolder;
  let certificate: TestCertificate;
  let imap: Dovecot;
  let smtp: Smtp;
  beforeAll(async () => {
    folder = await tempFolder();
    certificate = await makeCertificate(folder.path);
    imap = await startDovecot({ password, tls: certificate });
    smtp = await startSmtp({ password, tls: certificate });
  });
  afterAll(async () => {
    await smtp?.stop();
    await imap?.stop();
    await folder?.remove();
  });
  const urls = () => ({ IMAP_URL: `imap://127.0.0.1:${imap.port}`, SMTP_URL: `smtp://127.0.0.1:${smtp.port}` });
  const trusted = () => ({ ...urls(), MAIL_CA: certificate.cert });

  it('are spoken to over STARTTLS when the operator names who vouches for them', async () => {
    expect(await search(accountOf(trusted()))).toEqual({ mails: [], total: 0 });
    expect(await send(accountOf(trusted()))).toMatchObject({ refused: [] });
    expect(smtp.received).toHaveLength(1);
  });

  it('are not, when nobody does', async () => {
    for (const work of [search, send]) {
      const failure = await failureOf(work(accountOf(urls())));
      expect(failure).toMatchObject({ code: 'unavailable', reason: 'no-encryption' });
      expect(String(failure)).toContain('MAIL_CA_FILE');
    }
    expect(smtp.received).toHaveLength(1);
  });

  it('take no wrong password, and it shows nowhere, whatever they say', async () => {
    for (const work of [search, send]) {
      const failure = await failureOf(work(accountOf({ ...trusted(), MAIL_PASSWORD: wrong })));
      expect(failure).toMatchObject({ code: 'unavailable', reason: 'wrong-password' });
      expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain(wrong);
      expect(inspect(failure, { depth: 10 })).not.toContain(Buffer.from(wrong).toString('base64').slice(0, 20));
    }
    expect(smtp.received).toHaveLength(1);
  });
});

describe('servers that offer no encryption, or are away', () => {
  it('get no password', async () => {
    const smtp = await startSmtp({ password });
    const failure = await failureOf(send(accountOf({ SMTP_URL: `smtp://127.0.0.1:${smtp.port}` })));
    await smtp.stop();
    expect(failure).toMatchObject({ code: 'unavailable', reason: 'no-encryption' });
    expect(smtp.received).toEqual([]);
  });

  it('are named, with nothing sent', async () => {
    const away = { IMAP_URL: 'imap://127.0.0.1:1?tls=no', SMTP_URL: 'smtp://127.0.0.1:1?tls=no' };
    for (const work of [search, send]) {
      expect(await failureOf(work(accountOf(away)))).toMatchObject({ code: 'unavailable', reason: 'server-away' });
    }
  });

  it('take no mail that is larger than they say they take', async () => {
    const smtp = await startSmtp({ password, sizeMax: 1_000 });
    const failure = await failureOf(send(accountOf({ SMTP_URL: `smtp://127.0.0.1:${smtp.port}?tls=no` })));
    await smtp.stop();
    expect(failure).toMatchObject({ code: 'skill-failed', reason: 'too-large' });
  });
});
