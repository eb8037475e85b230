// Notifications over a real ntfy server and to a program that checks signatures: once, or told that nobody knows.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { Notification, NotificationRead, NotificationSend } from '@switchboard/contract';
import { type TempFolder, tempFolder } from '@switchboard/testkit';
import { type NtfyServer, ntfyPackages, startNtfy } from '@switchboard/testkit/peers/ntfy';
import { startRelay } from '@switchboard/testkit/peers/relay';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createNotify } from '../src/notify/notify.ts';
import { createNotifyAdapter } from '../src/notify/notify-adapter.ts';
import { createNtfy } from '../src/notify/ntfy.ts';
import { createWebhook } from '../src/notify/webhook.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

const packages = await ntfyPackages();
const note: Notification = { text: 'the cellar is wet', priority: 'default', tags: [] };
const pausesMs = [20, 20, 20];

type Both = NotificationRead & NotificationSend;

/** What a call with this id gets. */
function grantOf(
  adapter: ReturnType<typeof createNotifyAdapter>,
  invocationId = `${randomUUID()}-1-1`,
  ms = 60_000,
): Both {
  const deadline = new Date(Date.now() + ms);
  const scope = { invocationId, session: randomUUID(), signal: AbortSignal.timeout(ms), deadline };
  return { ...adapter.read(scope), ...adapter.external(scope) };
}

/** Counts how often something was about to leave. */
function leaving(): { times: number; say: () => Promise<void> } {
  let times = 0;
  const say = async (): Promise<void> => {
    times += 1;
  };
  return {
    get times() {
      return times;
    },
    say,
  };
}

describe.skipIf(packages.missing !== undefined)('ntfy', { timeout: 60_000 }, () => {
  let server: NtfyServer;
  beforeAll(async () => {
    server = await startNtfy();
  }, 60_000);
  afterAll(() => server?.stop());

  const over = (url: string, token: string = server.tokens.agent) =>
    createNotifyAdapter({ ntfy: createNtfy({ url, topic: server.topic, token }), pausesMs });
  const heldOf = async (text: string) => (await server.messages()).filter(({ message }) => message === text);

  test('carries all that it is given, as it was', async () => {
    const text = 'ünï & <b> "x"\nAuthorization: none';
    const link = 'https://example.org/a?b=c';
    const left = leaving();
    const told = { text, title: 'T\u00efle', priority: 'urgent', tags: ['warning', 'x_1'], link } as const;
    await grantOf(over(server.url)).notify('ntfy', told, left.say);
    expect(left.times).toBe(1);
    expect(await heldOf(text)).toMatchObject([
      { message: text, title: 'T\u00efle', priority: 5, tags: ['warning', 'x_1'], click: link },
    ]);
  });

  test('a server that does not let it in is refused with what to look at', async () => {
    const wrong = grantOf(over(server.url, 'tk_wrongwrongwrongwrongwrongwron'));
    await expect(wrong.notify('ntfy', note, leaving().say)).rejects.toMatchObject({
      reason: 'rejected',
      message: expect.stringContaining('NTFY_TOKEN_FILE'),
    });
  });

  test('a server that is away has taken nothing; one that is back in time has', async () => {
    await server.halt();
    const away = grantOf(over(server.url)).notify('ntfy', note, leaving().say);
    await expect(away).rejects.toMatchObject({ code: 'unavailable' });
    const patient = createNotifyAdapter({
      ntfy: createNtfy({ url: server.url, topic: server.topic, token: server.tokens.agent }),
      pausesMs: [100, 200, 400, 800, 1_600, 3_200],
    });
    const text = 'when you are back';
    const sent = grantOf(patient).notify('ntfy', { ...note, text }, leaving().say);
    await server.restart();
    await sent;
    expect(await heldOf(text)).toHaveLength(1);
  });

  test('an answer that is lost is looked for, and nothing is sent again', async () => {
    const relay = await startRelay(server.port);
    onTestFinished(() => relay.stop());
    const text = 'lost answer';
    void relay.meet(text, 'lose-answer');
    const left = leaving();
    await grantOf(over(`http://127.0.0.1:${relay.port}`)).notify('ntfy', { ...note, text }, left.say);
    expect(await heldOf(text)).toHaveLength(1);
    expect(left.times).toBe(1);
  });

  test('where it cannot be looked for, nobody knows: it is told so, and not sent again', async () => {
    const relay = await startRelay(server.port);
    onTestFinished(() => relay.stop());
    const text = 'nobody knows';
    void relay.meet(text, 'lose-answer');
    const left = leaving();
    const writer = grantOf(over(`http://127.0.0.1:${relay.port}`, server.tokens.writer));
    await expect(writer.notify('ntfy', { ...note, text }, left.say)).rejects.toMatchObject({ code: 'outcome-unknown' });
    expect(left.times).toBe(1);
    expect(await heldOf(text)).toHaveLength(1);
  });

  test('finds what it sent by the key of the step, whichever attempt it was', async () => {
    const step = `${randomUUID()}-3`;
    const since = new Date();
    await grantOf(over(server.url), `${step}-1`).notify('ntfy', note, leaving().say);
    expect(await grantOf(over(server.url), `${step}-2`).wasNotified('ntfy', since)).toBe(true);
    expect(await grantOf(over(server.url)).wasNotified('ntfy', since)).toBe(false);
    expect(
      await grantOf(over(server.url, server.tokens.writer), `${step}-2`).wasNotified('ntfy', since),
    ).toBeUndefined();
  });
});

describe('a webhook', { timeout: 60_000 }, () => {
  let receiver: WebhookReceiver;
  let folder: TempFolder;
  beforeAll(async () => {
    receiver = await startWebhookReceiver();
    folder = await tempFolder();
  });
  afterAll(async () => {
    await receiver.stop();
    await folder.remove();
  });

  const to = (url: string, secret = receiver.secret) =>
    createNotifyAdapter({ webhook: createWebhook({ url, secret, dataDir: folder.path }), pausesMs });
  const callsOf = (id: string) => receiver.calls.filter((call) => call.id === id);

  test('is signed, and named after the step', async () => {
    const step = `${randomUUID()}-1`;
    const told = { ...note, title: 'Cellar', link: 'https://example.org/' };
    await grantOf(to(receiver.url), `${step}-4`).notify('webhook', told, leaving().say);
    expect(callsOf(step)).toMatchObject([{ payload: { type: 'notification.created', data: told } }]);
  });

  test('whoever has another secret takes none of it', async () => {
    const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
    const refused = grantOf(to(receiver.url, other)).notify('webhook', note, leaving().say);
    await expect(refused).rejects.toMatchObject({ reason: 'rejected' });
  });

  test('is called again after what passes, under the same id', async () => {
    const step = `${randomUUID()}-1`;
    receiver.answer({ status: 503 }, 'hang-up', { status: 429, headers: { 'retry-after': '0' } });
    const left = leaving();
    await grantOf(to(receiver.url), `${step}-1`).notify('webhook', note, left.say);
    expect(callsOf(step)).toHaveLength(4);
    expect(receiver.taken().filter(({ id }) => id === step)).toHaveLength(1);
    expect(left.times).toBe(4);
  });

  test('is not called again when there is no time for it', async () => {
    receiver.answer({ status: 503, headers: { 'retry-after': '3600' } });
    const before = receiver.calls.length;
    const failed = grantOf(to(receiver.url)).notify('webhook', note, leaving().say);
    await expect(failed).rejects.toMatchObject({ code: 'unavailable' });
    expect(receiver.calls.length).toBe(before + 1);
  });

  test('that does not answer leaves a doubt', async () => {
    receiver.answer('hang-up', 'hang-up', 'hang-up', 'hang-up');
    const failed = grantOf(to(receiver.url)).notify('webhook', note, leaving().say);
    await expect(failed).rejects.toMatchObject({ code: 'outcome-unknown' });
  });

  test('is not followed elsewhere', async () => {
    let followed = 0;
    const elsewhere = createServer((_request, response) => {
      followed += 1;
      response.end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void elsewhere.close());
    const address = elsewhere.address();
    const location = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
    receiver.answer({ status: 307, headers: { location } });
    const refused = grantOf(to(receiver.url)).notify('webhook', note, leaving().say);
    await expect(refused).rejects.toMatchObject({ reason: 'rejected', message: expect.stringContaining('HTTP 307') });
    expect(followed).toBe(0);
  });

  test('that says it is gone is not called again, also after a restart', async () => {
    receiver.answer({ status: 410 });
    const url = `${receiver.url}/old`;
    const before = receiver.calls.length;
    for (const adapter of [to(url), to(url), to(url)]) {
      const left = leaving();
      const refused = grantOf(adapter).notify('webhook', note, left.say);
      await expect(refused).rejects.toMatchObject({ reason: 'disabled' });
    }
    expect(receiver.calls.length).toBe(before + 1);
    await grantOf(to(receiver.url)).notify('webhook', note, leaving().say);
  });

  test('is the way only where it is set up', async () => {
    const adapter = to(receiver.url);
    expect(grantOf(adapter).ways()).toEqual(['webhook']);
    const refused = grantOf(adapter).notify('ntfy', note, leaving().say);
    await expect(refused).rejects.toMatchObject({ reason: 'not-set-up' });
  });
});

describe('the settings', () => {
  const DATA_DIR = '/nowhere';

  test('nothing set: not offered, with what to set', async () => {
    const { adapters, unavailable } = await createNotify({ DATA_DIR });
    expect(adapters).toEqual({});
    expect(unavailable).toEqual([
      {
        skill: 'notify',
        why: 'no notifications are configured: set NTFY_URL and NTFY_TOPIC, or WEBHOOK_URL and WEBHOOK_SECRET_FILE',
      },
    ]);
  });

  test.each([
    [{ NTFY_URL: 'https://ntfy.example.org' }, 'NTFY_TOPIC'],
    [{ WEBHOOK_URL: 'https://example.org/hook' }, 'WEBHOOK_SECRET_FILE'],
    [{ WEBHOOK_URL: 'https://example.org/hook', WEBHOOK_SECRET: 'whsec_c2hvcnQ=' }, '24 to 64 bytes'],
    [{ WEBHOOK_URL: 'https://example.org/hook', WEBHOOK_SECRET: 'secret' }, 'whsec_'],
  ])('%j is refused', async (settings, why) => {
    await expect(createNotify({ DATA_DIR, ...settings })).rejects.toThrow(why);
  });
});
