// What the bytes of a mail come to: a message of a person, or a reason why they are none. However broken they are.
import { describe, expect, it } from 'vitest';
import { allowList } from '../src/allow-list.ts';
import { readIncoming } from '../src/mail/inbound/incoming.ts';
import { mailOf } from './inbox.ts';

const rules = { own: 'home@example.org', isAllowed: allowList('example.org'), authority: 'mx.example.org' };
const at = new Date('2026-01-05T10:00:00.000Z');
const incoming = (raw: string | Uint8Array) =>
  readIncoming(typeof raw === 'string' ? Buffer.from(raw, 'latin1') : raw, at, rules);
const textOf = async (raw: string): Promise<string | undefined> => (await incoming(raw)).message?.text;

describe('is left alone', () => {
  it.each<[string, Record<string, string>, string]>([
    ['an out-of-office answer', { 'Auto-Submitted': 'auto-replied' }, 'a machine answered'],
    ['what a program made', { 'Auto-Submitted': 'Auto-Generated; x=y' }, 'a machine answered'],
    ['an answer of an old program', { 'X-Autoreply': 'yes' }, 'a machine answered'],
    ['what wants no automatic answer', { 'X-Auto-Response-Suppress': 'All' }, 'a machine answered'],
    ['a mail to many', { Precedence: 'bulk' }, 'it went to many'],
    ['a mailing list', { 'List-Id': '<talk.example.org>' }, 'it came over a list'],
    ['a newsletter', { 'List-Unsubscribe': '<https://example.org/no>' }, 'it came over a list'],
    ['a bounce', { 'Return-Path': '<>' }, 'it is a report of a mail server'],
    ['a delivery report', { 'Content-Type': 'multipart/report; boundary=x' }, 'it is a report of a mail server'],
    ['the mail system', { From: 'MAILER-DAEMON@example.org' }, 'nobody reads what is sent to its sender'],
    ['nobody', { From: 'no-reply@example.org' }, 'nobody reads what is sent to its sender'],
    ['a loop', { From: 'Home <HOME@example.org>' }, 'it is from this mailbox itself'],
    ['two senders in two headers', { from: 'bob@example.org' }, 'it is not from one sender'],
    ['two senders', { From: 'anna@example.org, bob@example.org' }, 'it is not from one sender'],
    ['no sender', { From: '' }, 'it is not from one sender'],
    ['a stranger', { From: 'eve@example.com' }, 'its sender is not in MAIL_ALLOW_FROM'],
    ['a stranger whose name looks allowed', { From: '"anna@example.org" <eve@example.com>' }, 'its sender is not in'],
    ['circles', { Received: Array(51).fill('by mx').join('\r\nReceived: ') }, 'it goes in circles'],
  ])('%s', async (_, headers, why) => {
    expect((await incoming(mailOf(headers, 'Turn it on'))).passed).toContain(why);
  });

  it('a second From header', async () => {
    expect((await incoming(`From: eve@example.com\r\n${mailOf({}, 'x')}`)).passed).toBe('it is not from one sender');
  });

  it('a mail that says nothing', async () => {
    expect((await incoming(mailOf({ Subject: '' }, '   \n'))).passed).toBe('it says nothing');
    expect((await incoming(mailOf({}, '> only\n> a quote'))).passed).toBe('it says nothing');
  });
});

describe('what is said', () => {
  it.each([
    ['a quote below', 'Yes.\n\nOn Mon, 5 Jan 2026 at 10:00, Home <home@example.org> wrote:\n> Shall I?\n', 'Yes.'],
    ['a signature', 'Turn it on\n\n-- \nAnna\nExample Ltd', 'Turn it on'],
    ['what a telephone adds', 'Turn it on\n\nSent from my iPhone', 'Turn it on'],
    ['in German', 'Ja.\n\nAm 05.01.2026 um 10:00 schrieb Home <home@example.org>:\n> Soll ich?', 'Ja.'],
  ])('without %s', async (_, body, said) => {
    expect(await textOf(mailOf({}, body))).toBe(said);
  });

  it('in HTML alone, without what it quotes', async () => {
    const html =
      '<p>Turn it <b>on</b> &amp; off</p><img src="https://eve.example.com/x.png"><blockquote>Shall I delete it?</blockquote><script>alert(1)</script>';
    expect(await textOf(mailOf({ 'Content-Type': 'text/html' }, html))).toBe('Turn it on & off');
  });

  it('in the subject, where the mail is empty', async () => {
    expect(await textOf(mailOf({ Subject: 'what files are there?' }, ''))).toBe('what files are there?');
  });

  it('in another character set, known or not', async () => {
    const german = { 'Content-Type': 'text/plain; charset=iso-8859-1' };
    expect(await textOf(mailOf(german, 'Gr\u00fc\u00dfe'))).toBe('Grüße');
    const unknown = { 'Content-Type': 'text/plain; charset=x-klingon' };
    expect(await textOf(mailOf(unknown, 'Turn it on'))).toBe('Turn it on');
    const coded = { Subject: '=?x-klingon?B?SGVhdA==?=', 'Content-Transfer-Encoding': 'base64' };
    expect((await incoming(mailOf(coded, 'VHVybiBpdCBvbg=='))).message).toMatchObject({ text: 'Turn it on' });
  });

  it.each([
    ['a part that never ends', 'multipart/mixed; boundary=b', '--b\nContent-Type: text/plain\n\nTurn it on'],
    ['no part at all', 'multipart/mixed; boundary=b', 'Turn it on'],
    ['a boundary that is missing', 'multipart/mixed', 'Turn it on'],
    ['bad base64', 'text/plain', 'VHV*ybi'],
    ['a type that is none', '/;;=', 'Turn it on'],
  ])('does not fail on %s', async (_, type, body) => {
    const found = await incoming(mailOf({ 'Content-Type': type, 'Message-ID': '<1@example.org>' }, body));
    expect(found.message?.messageId ?? found.passed).toMatch(/<1@example.org>|it says nothing/);
  });

  it('does not fail on bytes that are no mail, nor on one that is nested without end', async () => {
    expect((await incoming(Buffer.from([0, 255, 13, 10, 1]))).passed).toBe('it is not from one sender');
    const open = Array.from(
      { length: 300 },
      (_, n) => `--b${n}\r\nContent-Type: multipart/mixed; boundary=b${n + 1}\r\n\r\n`,
    );
    const nested = `From: anna@example.org\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n${open.join('')}`;
    expect((await incoming(nested)).passed).toBe('it says nothing');
  });

  it.each([
    ['blank lines', '\n'.repeat(10_000)],
    ['words that begin a quote', 'On '.repeat(30_000)],
    ['brackets', '<'.repeat(100_000)],
    ['marks', '>'.repeat(100_000)],
  ])('is found in time among thousands of %s', async (_, noise) => {
    const begun = performance.now();
    await incoming(mailOf({}, `Turn it on\n\n${noise}\nwrote:`));
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

describe('names', () => {
  it('a mail by its Message-ID, or by its bytes', async () => {
    expect((await incoming(mailOf({ 'Message-ID': '<1@example.org>' }, 'x'))).message?.messageId).toBe(
      '<1@example.org>',
    );
    const [one, again, other] = await Promise.all(['x', 'x', 'y'].map((text) => incoming(mailOf({}, text))));
    expect(one?.message?.messageId).toMatch(/^sha256:/);
    expect(again?.message?.messageId).toBe(one?.message?.messageId);
    expect(other?.message?.messageId).not.toBe(one?.message?.messageId);
  });

  it.each([
    ['of its own', {}, '<3@example.org>'],
    ['of what it answers', { 'In-Reply-To': '<2@example.org>' }, '<2@example.org>'],
    ['of what began it', { 'In-Reply-To': '<2@x>', References: '<1@x>\r\n <2@x>' }, '<1@x>'],
  ])('the thread %s', async (_, headers, thread) => {
    expect((await incoming(mailOf({ 'Message-ID': '<3@example.org>', ...headers }, 'x'))).message?.thread).toBe(thread);
  });

  it('the sender in one spelling', async () => {
    const found = await incoming(mailOf({ From: 'Anna <Anna@Example.ORG>' }, 'x'));
    expect(found.message?.address).toBe('anna@example.org');
  });
});

describe('the sender is proved', () => {
  const results = (value: string) => ({ 'Authentication-Results': value });
  it.each([
    ['by DMARC', 'mx.example.org; dmarc=pass (p=none) header.from=example.org', true],
    ['by a signature of its domain', 'MX.example.org 1; spf=fail; dkim=pass header.d=example.org', true],
    ['by a signature of the domain above', 'mx.example.org; dkim=pass header.i=@example.org', true],
    ['not by another server', 'mx.eve.example.com; dmarc=pass header.from=example.org', false],
    ['not by a failure', 'mx.example.org; dmarc=fail header.from=example.org', false],
    ['not for another domain', 'mx.example.org; dmarc=pass header.from=example.com', false],
    ['not by a signature of another domain', 'mx.example.org; dkim=pass header.d=eve.example.com', false],
    ['not by a whole ending', 'mx.example.org; dkim=pass header.d=org', false],
    ['not by the path that it took', 'mx.example.org; spf=pass smtp.mailfrom=example.org', false],
    ['not by a comment', 'mx.example.org; dkim=fail (dmarc=pass header.from=example.org)', false],
    ['not by a nested comment', 'mx.example.org; x=y (a (b) ; dmarc=pass header.from=example.org) ; none', false],
    ['not by what is quoted', 'mx.example.org; dkim=fail reason="; dmarc=pass header.from=example.org"', false],
    ['not by nothing', 'mx.example.org; none', false],
  ])('%s', async (_, value, proved) => {
    expect((await incoming(mailOf(results(value), 'x'))).message?.authenticated).toBe(proved);
  });

  it('by the topmost result only: what came with the mail stands below it', async () => {
    const forged = 'Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n';
    const own = 'Authentication-Results: mx.example.org; dmarc=fail header.from=example.org\r\n';
    expect((await incoming(own + forged + mailOf({}, 'x'))).message?.authenticated).toBe(false);
  });

  it('by nobody, unless the operator names who does', async () => {
    const raw = Buffer.from(mailOf(results('mx.example.org; dmarc=pass header.from=example.org'), 'x'));
    const { message } = await readIncoming(raw, at, { ...rules, authority: undefined });
    expect(message?.authenticated).toBe(false);
  });
});
