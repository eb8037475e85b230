// A program that takes Standard Webhooks, for tests: it checks each signature, takes each id once, and answers as it is told.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';

const payloadSchema = z.object({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.record(z.string(), z.unknown()),
});

export interface ReceivedWebhook {
  readonly id: string;
  readonly payload: z.infer<typeof payloadSchema>;
}

/** A status, with headers if it needs some; or the connection ends without one; or nothing happens at all. */
export type Answer = { readonly status: number; readonly headers?: Record<string, string> } | 'hang-up' | 'silence';

export interface WebhookReceiver {
  readonly url: string;
  readonly port: number;
  readonly secret: string;
  /** Every request whose signature is right, repetitions too. */
  readonly calls: readonly ReceivedWebhook[];
  /** What a program that heeds the specification has taken: each id once. */
  taken(): ReceivedWebhook[];
  /** For the next requests, one each; then 204 again. */
  answer(...answers: Answer[]): void;
  stop(): Promise<void>;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const verifier = new Webhook(secret);
  const calls: ReceivedWebhook[] = [];
  const answers: Answer[] = [];
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    try {
      const payload = payloadSchema.parse(verifier.verify(body, headers));
      calls.push({ id: headers['webhook-id'] ?? '', payload });
    } catch {
      response.writeHead(401).end();
      return;
    }
    const answer = answers.shift() ?? { status: 204 };
    if (answer === 'hang-up') request.socket.destroy();
    else if (answer !== 'silence') response.writeHead(answer.status, answer.headers).end();
  }
  const server = createServer((request, response) => {
    take(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    port: address.port,
    secret,
    calls,
    taken: () => [...new Map(calls.map((call) => [call.id, call])).values()],
    answer: (...more) => void answers.push(...more),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
