// reply-mail answers in the thread, as a machine does, and is never asked for by anybody but the gateway.
import { describe, expect, test } from 'vitest';
import { describeSkill, noMailbox, runSkill, useMail } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const input = { deliveryId: 'd', address: 'anna@example.org', thread: '<1@example.org>', text: 'It is on.' };

describe.skipIf(noMailbox)('reply-mail', () => {
  const mail = useMail();
  describeSkill(skill, mail);
  const rawOf = async (more: Record<string, unknown>) => {
    await runSkill(skill, { ...mail, input: { ...input, ...more } });
    return mail.smtp.received.at(-1)?.raw ?? '';
  };

  test('goes into the thread, and says that a machine wrote it', async () => {
    const raw = await rawOf({ subject: 'Heating' });
    const headers = ['To: anna@example.org', 'Subject: Re: Heating', 'Auto-Submitted: auto-replied'];
    for (const header of [...headers, 'In-Reply-To: <1@example.org>', 'References: <1@example.org>']) {
      expect(raw).toContain(`${header}\r\n`);
    }
  });

  test.each([
    [undefined, 'Re:'],
    ['RE: Heating', 'RE: Heating'],
    ['AW: Heating', 'AW: Heating'],
    ['Heating\r\nBcc: eve@example.org', 'Re: Heating Bcc: eve@example.org'],
  ])('the subject %j becomes %j', async (subject, answered) => {
    const raw = await rawOf(subject === undefined ? {} : { subject });
    expect(raw.split('\r\n')).toContain(`Subject: ${answered}`);
    expect(mail.smtp.received.at(-1)?.to).toEqual(['anna@example.org']);
  });

  test('a thread that no mail can name begins a new one', async () => {
    expect(await rawOf({ thread: 'sha256:00' })).not.toMatch(/^(In-Reply-To|References):/m);
  });
});

test('is for the gateway alone', () => {
  expect([contract.audience, contract.utterances]).toEqual(['gateway', []]);
});
