// move-mail moves one mail, never one that could be mistaken for it, and knows afterwards whether it did.
import type { JsonValue } from '@switchboard/contract';
import { describe, expect, test } from 'vitest';
import { createSkillWorkspace, describeSkill, noMailbox, reconcileSkill, runSkill, useMail } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const mailOf = (n: number, subject: string) =>
  `From: anna@example.org\r\nSubject: ${subject}\r\nMessage-ID: <${n}@example.org>\r\n\r\nhello\r\n`;
const files = {
  'INBOX/1.eml': mailOf(1, 'Heating'),
  'INBOX/2.eml': mailOf(2, 'Holiday'),
  'Work/1.eml': mailOf(3, 'Report'),
};

describe.skipIf(noMailbox)('move-mail', () => {
  const mail = useMail();
  describeSkill(skill, mail);

  test('into a folder, by what was said of it or by its id', async () => {
    const workspace = createSkillWorkspace(files);
    const first = await runSkill(skill, { ...mail, workspace, input: { subject: 'heating', target: 'Work' } });
    expect(first.text).toBe('Moved “Heating” from anna@example.org to Work.');
    const again = runSkill(skill, { ...mail, workspace, input: { id: 'INBOX/1/1', target: 'Work' } });
    await expect(again).rejects.toMatchObject({ reason: 'not-found' });
    const back = await runSkill(skill, { ...mail, workspace, input: { id: 'Work/1/2', target: 'INBOX' } });
    expect(back.output).toMatchObject({ subject: 'Heating', target: 'INBOX' });
  });

  test.each([
    ['several fit', { from: 'anna' }, 'several'],
    ['none fits', { from: 'bob' }, 'not-found'],
    ['there is no such folder', { subject: 'heating', target: 'Nowhere' }, 'no-folder'],
  ])('not when %s', async (_, input, reason) => {
    await expect(runSkill(skill, { ...mail, files, input })).rejects.toMatchObject({ reason });
  });

  test('after a death it is known where the mail lies', async () => {
    const workspace = createSkillWorkspace(files);
    const input = { subject: 'heating' };
    const died = new Error('the agent died');
    let noted: JsonValue | undefined;
    const onNote = (data: JsonValue): void => {
      noted = data;
      throw died;
    };
    await expect(runSkill(skill, { ...mail, workspace, onNote, input })).rejects.toBe(died);
    const looked = { ...mail, workspace, input };
    expect(await reconcileSkill(skill, { ...looked, noted: undefined })).toEqual({ outcome: 'not-done' });
    expect(await reconcileSkill(skill, { ...looked, noted })).toEqual({ outcome: 'not-done' });
    const { output } = await runSkill(skill, { ...mail, workspace, input });
    expect(await reconcileSkill(skill, { ...looked, noted })).toEqual({ outcome: 'done', output });
    await runSkill(skill, { ...mail, workspace, input: { subject: 'heating', folder: 'Archive', target: 'Work' } });
    expect(await reconcileSkill(skill, { ...looked, noted })).toEqual({ outcome: 'unknown' });
  });
});
