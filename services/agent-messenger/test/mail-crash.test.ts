// The messenger is killed at each step of a mail, out and in: none is lost, none is doubled, and what nobody can tell is told.
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailOf, noMailbox } from './inbox.ts';
import { openStage, type Stage } from './messenger-stage.ts';

/** A process that starts on a busy machine. */
const startMsMax = 30_000;

describe.skipIf(noMailbox)('a messenger that is killed', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage?.close());

  it.each([
    ['before its message is begun', 'A2', 0, 'not-done'],
    ['before the note: all but the end of the message is out', 'M1', 0, 'not-done'],
    ['between the note and the end', 'M2', 0, 'unknown'],
    ['when the server has taken it', 'M3', 1, 'unknown'],
    ['before the end is in its ledger', 'A4', 1, 'unknown'],
    ['after that, before it answers', 'A5', 1, 'done'],
  ] as const)('%s: sends once at most, and never again', { timeout: 120_000 }, async (_, point, sent, found) => {
    const dying = await stage.start({ SWITCHBOARD_CRASH_AT: point });
    const before = stage.smtp.received.length;
    const message = stage.message('send-mail', { to: ['anna@example.org'], text: `killed at ${point}` });
    stage.invoke(message).catch(() => undefined);
    expect(await dying.gone).toBe('SIGKILL');
    const next = await stage.start();
    expect(await stage.status(message)).toMatchObject({ state: found === 'done' ? 'done' : 'interrupted' });
    expect(await stage.reconcile(message)).toMatchObject({ state: found });
    // The same message once more is never carried out.
    expect(await stage.invoke(message).catch(({ kind }: { kind: string }) => kind)).toEqual(
      found === 'done' ? expect.objectContaining({ state: 'done' }) : 'refused',
    );
    expect(stage.smtp.received).toHaveLength(before + sent);
    next.child.kill('SIGKILL');
    await next.gone;
  });

  it('finds what it sent where its server keeps it: then nothing is unknown', { timeout: 120_000 }, async () => {
    const dying = await stage.start({ SWITCHBOARD_CRASH_AT: 'M3' });
    const message = stage.message('send-mail', { to: ['home@example.org'], text: 'a note to myself' });
    stage.invoke(message).catch(() => undefined);
    expect(await dying.gone).toBe('SIGKILL');
    await stage.imap.deliver(stage.user, Buffer.from(stage.smtp.received.at(-1)?.raw ?? '', 'latin1'));
    const next = await stage.start();
    await waitUntil('the mail is found', async () => (await stage.reconcile(message)).state === 'done', startMsMax);
    expect(await stage.invoke(message)).toMatchObject({ state: 'done', output: { to: ['home@example.org'] } });
    next.child.kill('SIGKILL');
    await next.gone;
  });

  it.each([
    ['between fetching and bringing', 'M4', 1],
    ['between bringing and the cursor', 'M5', 2],
  ] as const)('%s: the mail is brought, under one name', { timeout: 120_000 }, async (_, point, times) => {
    const first = await stage.start();
    await waitUntil('the inbox is followed', () => first.log().includes('the inbox is open'), startMsMax);
    first.child.kill('SIGTERM');
    await first.gone;
    const name = `<${point}@example.org>`;
    const named = () => stage.brought.filter(({ messageId }) => messageId === name);
    await stage.imap.deliver(stage.user, mailOf({ 'Message-ID': name }, `killed at ${point}`));
    const dying = await stage.start({ SWITCHBOARD_CRASH_AT: point });
    expect(await dying.gone).toBe('SIGKILL');
    const next = await stage.start();
    await waitUntil('the mail was brought', () => named().length === times, startMsMax);
    await stage.imap.deliver(stage.user, mailOf({ 'Message-ID': `<after-${point}@example.org>` }, 'the next one'));
    await waitUntil('the next one', () => next.log().includes(`after-${point}`), startMsMax);
    expect(named()).toHaveLength(times);
    next.child.kill('SIGTERM');
    await next.gone;
  });
});
