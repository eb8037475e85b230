// send-mail sends exactly what was shown, in its thread, and says what became of it when the server does not play along.
import { type Artifact, artifactBytesMax, sha256 } from '@switchboard/contract';
import { afterEach, describe, expect, test } from 'vitest';
import { createSkillWorkspace, describeSkill, noMailbox, reconcileSkill, runSkill, useMail } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const to = ['anna@example.org'];
const letter = { to, subject: 'Heating', text: 'It is on.' };

function artifactOf(name: string, content: Uint8Array, number = 1): Artifact {
  const id = `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
  return { id, name, mediaType: 'text/plain', bytes: content.length, sha256: sha256(content) };
}

describe.skipIf(noMailbox)('send-mail', () => {
  const mail = useMail();
  describeSkill(skill, mail);

  afterEach(() => {
    mail.smtp.misbehave = undefined;
    mail.smtp.strangers.clear();
  });
  const last = () => mail.smtp.received.at(-1);

  test('sends what was shown, from the mailbox, to those who were named', async () => {
    const input = { ...letter, cc: ['bob@example.org'], text: 'Grüße\n.\n..\nFrom here on' };
    const { text, notes, output } = await runSkill(skill, { ...mail, input });
    expect(text).toBe('The mail “Heating” to anna@example.org and bob@example.org is on its way.');
    expect(last()).toMatchObject({ from: 'home@example.org', to: ['anna@example.org', 'bob@example.org'] });
    const raw = last()?.raw ?? '';
    for (const header of [
      'From: home@example.org',
      'To: anna@example.org',
      'Cc: bob@example.org',
      'Subject: Heating',
    ]) {
      expect(raw).toContain(`${header}\r\n`);
    }
    expect(raw).toContain(`Message-ID: ${output['messageId']}\r\n`);
    expect(raw).not.toContain('Auto-Submitted');
    expect(raw).toMatch(/Gr=C3=BC=C3=9Fe\r\n\.\r\n\.\.\r\nFrom here on/);
    expect(notes).toEqual([{ messageId: output['messageId'] }]);
  });

  test('attaches files under names that are none of a path', async () => {
    const content = Buffer.from('buy milk');
    const attachments = [artifactOf('../../x', content), artifactOf('a\r\nBcc: eve@example.org.txt', content, 2)];
    const contents = Object.fromEntries(attachments.map(({ id }) => [id, content]));
    await runSkill(skill, { ...mail, contents, input: { to, text: 'See the list.', attachments } });
    const raw = last()?.raw ?? '';
    const names = [...raw.matchAll(/filename="?([^"\r\n]+)"?/g)].map(([, name]) => name);
    expect(names).toEqual(['x', 'a Bcc eve@example.org.txt']);
    expect(raw).toContain(content.toString('base64'));
    expect(raw).not.toMatch(/^Bcc/m);
    expect(last()?.to).toEqual(to);
  });

  test('sends nothing of a file whose bytes cannot be had', async () => {
    const before = mail.smtp.received.length;
    const attachments = [artifactOf('todo.txt', Buffer.alloc(300_000))];
    const run = runSkill(skill, { ...mail, input: { to, text: 'See the list.', attachments } });
    await expect(run).rejects.toMatchObject({ code: 'not-found' });
    expect(mail.smtp.received).toHaveLength(before);
  });

  test('stays in the thread of the mail that it answers', async () => {
    const files = {
      'INBOX/1.eml':
        'From: anna@example.org\r\nMessage-ID: <3@example.org>\r\nReferences: <1@example.org>\r\n <2@example.org>\r\n\r\nCold?\r\n',
    };
    await runSkill(skill, { ...mail, files, input: { ...letter, answers: 'INBOX/1/1' } });
    expect(last()?.raw).toContain('In-Reply-To: <3@example.org>\r\n');
    expect(last()?.raw).toContain('References: <1@example.org> <2@example.org> <3@example.org>\r\n');
    const gone = runSkill(skill, { ...mail, files, input: { ...letter, answers: 'INBOX/1/2' } });
    await expect(gone).rejects.toMatchObject({ reason: 'not-found' });
  });

  test('names a mail by the step that it is of, whichever attempt it is', async () => {
    const sent = ['turn-1-1', 'turn-1-2', 'turn-2-1'].map(async (invocationId) => {
      const { output } = await runSkill(skill, { ...mail, invocationId, input: letter });
      return output['messageId'];
    });
    expect(await Promise.all(sent)).toEqual(['<turn-1@example.org>', '<turn-1@example.org>', '<turn-2@example.org>']);
  });

  test('takes its subject from the text, or from what is attached', async () => {
    const content = Buffer.from('buy milk');
    const attachments = [artifactOf('todo.txt', content)];
    const contents = { [attachments[0]?.id ?? '']: content };
    const bare = await runSkill(skill, { ...mail, contents, input: { to, attachments } });
    expect(bare.output['subject']).toBe('todo.txt');
    const long = `${'word '.repeat(30)}\nmore`;
    const { output } = await runSkill(skill, { ...mail, input: { to, text: long } });
    expect(output['subject']).toBe(`${'word '.repeat(13)}word…`);
  });

  describe('says what became of it, and sends nothing by itself', () => {
    const refusals = [
      ['the server does not take it', 'refuse', { reason: 'refused' }],
      ['the server cannot take it now', 'later', { code: 'unavailable', reason: 'try-later' }],
      ['the line is cut in the middle', 'cut-in', { code: 'unavailable', reason: 'server-away' }],
    ] as const;
    test.each(refusals)('%s', async (_, misbehave, outcome) => {
      mail.smtp.misbehave = misbehave;
      const before = mail.smtp.received.length;
      const content = Buffer.alloc(14_000_000, 'x');
      const attachments = [artifactOf('x.txt', content)];
      const contents = { [attachments[0]?.id ?? '']: content };
      const run = runSkill(skill, { ...mail, contents, input: { ...letter, attachments } });
      await expect(run).rejects.toMatchObject(outcome);
      expect(mail.smtp.received).toHaveLength(before);
    });

    test('the line is cut after the end: nobody can tell', async () => {
      mail.smtp.misbehave = 'cut-after';
      const workspace = createSkillWorkspace({});
      const notes: unknown[] = [];
      const onNote = (note: unknown): void => void notes.push(note);
      const run = runSkill(skill, { ...mail, workspace, onNote, input: letter });
      await expect(run).rejects.toMatchObject({ code: 'outcome-unknown' });
      const noted = { messageId: '<example-1@example.org>' };
      expect(notes).toEqual([noted]);
      const looked = { ...mail, workspace, input: letter };
      expect(await reconcileSkill(skill, { ...looked, noted })).toEqual({ outcome: 'unknown' });
      expect(await reconcileSkill(skill, { ...looked, noted: undefined })).toEqual({ outcome: 'not-done' });
    });

    test('it is canceled while the server says nothing: nobody can tell, within the time that an agent gives', async () => {
      mail.smtp.misbehave = 'silent';
      const before = mail.smtp.received.length;
      const canceling = new AbortController();
      const run = runSkill(skill, { ...mail, signal: canceling.signal, input: letter });
      const refused = expect(run).rejects.toMatchObject({ code: 'outcome-unknown' });
      await expect.poll(() => mail.smtp.received.length, { timeout: 10_000 }).toBe(before + 1);
      canceling.abort(new Error('canceled'));
      await refused;
    });

    test('it is canceled before the end: it was not sent', async () => {
      const before = mail.smtp.received.length;
      const canceling = new AbortController();
      const onNote = (): void => canceling.abort(new Error('canceled'));
      const run = runSkill(skill, { ...mail, signal: canceling.signal, onNote, input: letter });
      await expect(run).rejects.toThrow('canceled');
      expect(mail.smtp.received).toHaveLength(before);
    });

    test('the note is not on disk: it was not sent', async () => {
      const before = mail.smtp.received.length;
      const full = new Error('the disk is full');
      const onNote = (): void => {
        throw full;
      };
      await expect(runSkill(skill, { ...mail, onNote, input: letter })).rejects.toMatchObject({ cause: full });
      expect(mail.smtp.received).toHaveLength(before);
    });

    test('a recipient is unknown there: the others get it; all of them: nobody does', async () => {
      mail.smtp.strangers.add('nobody@example.org');
      const both = await runSkill(skill, { ...mail, input: { ...letter, to: [...to, 'nobody@example.org'] } });
      expect(both.output).toMatchObject({ to, refused: ['nobody@example.org'] });
      expect(both.text).toContain('The server does not know nobody@example.org.');
      const before = mail.smtp.received.length;
      const run = runSkill(skill, { ...mail, input: { ...letter, to: ['nobody@example.org'] } });
      await expect(run).rejects.toMatchObject({ reason: 'refused' });
      expect(mail.smtp.received).toHaveLength(before);
    });

    test('there is nothing to say, or too much', async () => {
      await expect(runSkill(skill, { ...mail, input: { to } })).rejects.toMatchObject({ reason: 'empty' });
      const attachments = [1, 2].map((n) => ({ ...artifactOf('x', Buffer.alloc(0), n), bytes: artifactBytesMax }));
      const run = runSkill(skill, { ...mail, input: { to, attachments } });
      await expect(run).rejects.toMatchObject({ reason: 'too-large' });
    });
  });
});

test('takes no header in disguise, and no more recipients than one can look over', () => {
  const bad = [
    { ...letter, subject: 'Heating\r\nBcc: eve@example.org' },
    { ...letter, subject: 'Heating\u2028Bcc: eve@example.org' },
    { ...letter, to: ['anna@example.org\r\nRCPT TO:<eve@example.org>'] },
    { ...letter, to: ['Anna <anna@example.org>'] },
    { ...letter, to: ['anna@example.org, eve@example.org'] },
    { ...letter, to: [] },
    { ...letter, to: Array(21).fill('anna@example.org') },
    { ...letter, bcc: ['eve@example.org'] },
  ];
  for (const input of bad) expect([input, contract.input.safeParse(input).success]).toEqual([input, false]);
});

test('asks with every recipient, every character and every file in sight', () => {
  const attachments = [artifactOf('a\u202egpj.sh', Buffer.from('buy milk'))];
  const input = { to, cc: ['bob@example.org'], text: 'It is on.\u0007', attachments, answers: 'INBOX/1/1' };
  expect(contract.ask?.(input)).toBe(
    [
      'Send this mail to anna@example.org, with a copy to bob@example.org:',
      'Subject: It is on.',
      'It is on.\\u{7}',
      `Attached:\n  a\\u{202e}gpj.sh (8 B, SHA-256 ${sha256(Buffer.from('buy milk'))})`,
      'It answers the mail INBOX/1/1, in its thread.',
    ].join('\n\n'),
  );
});
