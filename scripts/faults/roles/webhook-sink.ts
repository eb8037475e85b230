// An outside world that webhooks are posted to, and that counts what it was told, once for each time.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

export interface WebhookSink {
  readonly url: string;
  /** Distinct ids under which a text came: a repeat under its own id is what the standard lets a sender do. */
  idsOf(part: string): number;
  stop(): Promise<void>;
}

/** Answers after `ms`, so that a sender can die while it waits. */
export async function startWebhookSink(ms: number): Promise<WebhookSink> {
  const heard: { readonly id: string; readonly body: string }[] = [];
  async function take(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const id = asked.headers['webhook-id'];
    heard.push({ id: String(id), body: await text(asked) });
    await delay(ms);
    answer.writeHead(204).end();
  }
  const server = createServer((asked, answer) => {
    // A sender that dies with half of it said has said nothing.
    take(asked, answer).catch(() => answer.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    idsOf: (part) => new Set(heard.flatMap(({ id, body }) => (body.includes(part) ? [id] : []))).size,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
