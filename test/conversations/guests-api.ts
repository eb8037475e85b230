// A guest list with an API and an OpenAPI document: somebody else's program, whose operations become skills.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

export interface GuestsApi {
  /** As `apis/guests.yaml` has it. */
  readonly apiFile: string;
  /** What was sent that is no question: `POST /guests {"name":"Carla"}`. */
  readonly changes: readonly string[];
  close(): Promise<void>;
}

const guest = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
const json = (schema: unknown) => ({ 'application/json': { schema } });
const document = {
  openapi: '3.0.3',
  info: { title: 'Guest list', version: '1' },
  paths: {
    '/guests': {
      get: {
        operationId: 'listGuests',
        summary: 'List all guests of the party',
        responses: { 200: { description: 'guests', content: json({ type: 'array', items: guest }) } },
      },
      post: {
        operationId: 'inviteGuest',
        summary: 'Invite a guest to the party',
        requestBody: { required: true, content: json(guest) },
        responses: { 201: { description: 'the guest', content: json(guest) } },
      },
    },
  },
};

export async function startGuestsApi(): Promise<GuestsApi> {
  const changes: string[] = [];
  const server = createServer((request, answer) => {
    void text(request).then((body) => {
      const isQuestion = request.method === 'GET';
      if (!isQuestion) changes.push(`${request.method} ${request.url} ${body}`);
      answer.writeHead(isQuestion ? 200 : 201, { 'content-type': 'application/json' });
      answer.end(isQuestion ? JSON.stringify([{ name: 'Anna' }, { name: 'Ben' }]) : body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const operations = {
    listGuests: { name: 'list-guests', utterances: ['who is coming'] },
    inviteGuest: { name: 'invite-guest' },
  };
  return {
    // JSON is YAML.
    apiFile: JSON.stringify({ document, server: `http://127.0.0.1:${address.port}`, operations }),
    changes,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
