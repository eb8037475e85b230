// search-mail finds what is there, and shows no more of it than it is asked for.
import { describe, expect, test } from 'vitest';
import { describeSkill, noMailbox, runSkill, useMail } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const mailOf = (from: string, subject: string, text: string) =>
  `From: ${from}\r\nTo: home@example.org\r\nSubject: ${subject}\r\n\r\n${text}\r\n`;
const files = {
  'INBOX/1.eml': mailOf('anna@example.org', 'Heating', 'Is it on?'),
  'INBOX/2.eml': mailOf('Bob <bob@example.org>', '=?utf-8?Q?Gr=C3=BC=C3=9Fe?=', 'from the holiday'),
  'INBOX/3.eml': mailOf('anna@example.org', 'Heating again', 'And now?'),
  'Archive/1.eml': mailOf('eve@example.com', 'Old', 'long ago'),
};

describe.skipIf(noMailbox)('search-mail', () => {
  const mail = useMail();
  describeSkill(skill, mail);
  const subjectsOf = async (input: Record<string, unknown>) => {
    const { output } = await runSkill(skill, { ...mail, files, input });
    return [contract.output.parse(output).mails.map(({ subject }) => subject), output['total']];
  };

  test.each<[Record<string, unknown>, string[], number]>([
    [{}, ['Heating again', 'Grüße', 'Heating'], 3],
    [{ max: 1 }, ['Heating again'], 3],
    [{ from: 'anna' }, ['Heating again', 'Heating'], 2],
    [{ words: 'HOLIDAY' }, ['Grüße'], 1],
    [{ subject: 'heating', words: 'now' }, ['Heating again'], 1],
    [{ folder: 'Archive' }, ['Old'], 1],
    [{ state: 'read' }, [], 0],
    [{ state: 'unread', since: '2026-01-01', before: '2026-01-02' }, ['Heating again', 'Grüße', 'Heating'], 3],
    [{ since: '2026-01-02' }, [], 0],
    [{ words: '"} ) OR ALL (' }, [], 0],
  ])('%j', async (input, subjects, total) => {
    expect(await subjectsOf(input)).toEqual([subjects, total]);
  });

  test('reads well', async () => {
    const { text } = await runSkill(skill, { ...mail, files, input: { from: 'bob' } });
    expect(text).toBe(
      '1 mail in the inbox; * is unread:\n\n  *  2026-01-01 00:00 UTC  Bob <bob@example.org>  Grüße  [INBOX/1/2]',
    );
    const none = await runSkill(skill, { ...mail, files, input: { folder: 'Archive', from: 'bob' } });
    expect(none.text).toBe('There is no such mail in Archive.');
  });

  test('refuses a folder that is not there', async () => {
    const run = runSkill(skill, { ...mail, input: { folder: 'Nowhere' } });
    await expect(run).rejects.toMatchObject({ reason: 'no-folder' });
  });
});
