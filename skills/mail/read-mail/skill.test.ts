// read-mail shows what a mail says, whoever wrote it and however, and changes nothing.
import { describe, expect, test } from 'vitest';
import { createSkillWorkspace, describeSkill, noMailbox, runSkill, useMail } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const withAttachment = [
  'From: Anna <anna@example.org>',
  'To: Home <home@example.org>, bob@example.org',
  'Subject: List',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Grüße\u001b[2J',
  '--b',
  'Content-Type: text/plain; name="../../etc/todo.txt"',
  'Content-Disposition: attachment; filename="../../etc/todo.txt"',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('buy milk').toString('base64'),
  '--b--',
  '',
].join('\r\n');

describe.skipIf(noMailbox)('read-mail', () => {
  const mail = useMail();
  describeSkill(skill, mail);

  test('gives attachments under plain names, and shows no character that a terminal obeys', async () => {
    const files = { 'INBOX/1.eml': withAttachment };
    const { output, text, artifacts } = await runSkill(skill, { ...mail, files, input: { id: 'INBOX/1/1' } });
    expect(artifacts.map(({ name, content }) => [name, Buffer.from(content).toString()])).toEqual([
      ['todo.txt', 'buy milk'],
    ]);
    expect(output['attachments']).toMatchObject([{ name: 'todo.txt', bytes: 8 }]);
    expect(text).toBe(
      'From: Anna <anna@example.org>\nTo: Home <home@example.org>, bob@example.org\nDate: 2026-01-01 00:00 UTC\nSubject: List\n\nGrüße\\u{1b}[2J\n\nAttached: todo.txt (8 B).',
    );
  });

  test('takes the newest that fits, and says that there are others', async () => {
    const files = {
      'INBOX/1.eml': 'From: anna@example.org\r\nSubject: Heating\r\n\r\nfirst\r\n',
      'INBOX/2.eml': 'From: anna@example.org\r\nSubject: Heating\r\nContent-Type: text/html\r\n\r\n<p>second</p>\r\n',
    };
    const { output } = await runSkill(skill, { ...mail, files, input: { subject: 'heating' } });
    expect(output).toMatchObject({ id: 'INBOX/1/2', text: 'second', others: 1, unread: true });
  });

  test.each([
    ['an empty file', ''],
    ['no headers', '\r\n\r\nhello'],
    ['bytes', Buffer.from([0, 1, 255, 254, 13, 10, 0])],
    ['a header that never ends', `Subject: ${'x'.repeat(100_000)}`],
    ['an unknown character set', 'Content-Type: text/plain; charset=x-klingon\r\n\r\nhello'],
    ['a long text', `From: a@b.example\r\n\r\n${'word '.repeat(20_000)}`],
  ])('survives %s', async (_, raw) => {
    const workspace = createSkillWorkspace({ 'INBOX/1.eml': raw });
    const { text } = await runSkill(skill, { ...mail, workspace, input: { id: 'INBOX/1/1' } });
    expect(text).toContain('Date: 2026-01-01');
  });

  test.each(['INBOX/1/7', 'INBOX/2/1', 'nothing', 'INBOX/1/1/../../x', 'INBOX/99999999999/1'])(
    'refuses the id %s',
    async (id) => {
      const files = { 'INBOX/1.eml': withAttachment };
      const run = runSkill(skill, { ...mail, files, input: { id } });
      await expect(run).rejects.toMatchObject({ reason: 'not-found' });
    },
  );

  test('leaves no trace in the mailbox', async () => {
    const workspace = createSkillWorkspace({ 'INBOX/1.eml': withAttachment });
    const read = () => runSkill(skill, { ...mail, workspace, input: { from: 'anna' } });
    await read();
    expect((await read()).output['unread']).toBe(true);
  });
});
