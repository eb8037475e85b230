// A small API on loopback, with an OpenAPI document, that can be told to behave badly.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Behave = (seen: Seen, answer: ServerResponse, number: number) => void;

export interface PetApi {
  readonly url: string;
  readonly seen: Seen[];
  /** From now on. `number` counts the requests, from 1. */
  behave(behave: Behave): void;
}

export function answerJson(answer: ServerResponse, status: number, value: unknown, headers = {}): void {
  answer.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** Ends with the test. */
export async function startPetApi(behave: Behave = (_, answer) => answerJson(answer, 200, {})): Promise<PetApi> {
  const seen: Seen[] = [];
  let now = behave;
  const server = createServer((request, answer) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(pieces).toString() };
      seen.push(one);
      now(one, answer, seen.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    seen,
    behave(next) {
      now = next;
    },
  };
}

const pet = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    name: { type: 'string' },
    status: { type: 'string', enum: ['free', 'sold'] },
    parent: { $ref: '#/components/schemas/Pet' },
  },
  required: ['id', 'name'],
};
const json = (schema: unknown) => ({ 'application/json': { schema } });
const one = { description: 'a pet', content: json({ $ref: '#/components/schemas/Pet' }) };
const many = {
  description: 'pets',
  content: json({ type: 'array', items: { $ref: '#/components/schemas/Pet' } }),
};

/** Of the API above. OpenAPI 3.0, with a schema that refers to itself. */
export const petDocument = {
  openapi: '3.0.3',
  info: { title: 'Pet store', version: '1' },
  servers: [{ url: 'https://pets.example.com/v1' }],
  paths: {
    '/pets': {
      get: {
        operationId: 'listPets',
        summary: 'List all pets',
        tags: ['pets'],
        parameters: [
          { name: 'status', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
          { name: 'page', in: 'query', schema: { type: 'integer' } },
        ],
        responses: { 200: many },
      },
      post: {
        operationId: 'createPet',
        summary: 'Create a pet',
        tags: ['pets'],
        requestBody: {
          required: true,
          content: json({
            type: 'object',
            properties: {
              id: { type: 'integer', readOnly: true },
              name: { type: 'string' },
              status: { type: 'string', nullable: true },
              password: { type: 'string' },
            },
            required: ['id', 'name'],
          }),
        },
        responses: { 201: one, default: { description: 'an error' } },
      },
    },
    '/pets/{petId}': {
      parameters: [{ name: 'petId', in: 'path', required: true, schema: { type: 'string' } }],
      get: { operationId: 'getPet', summary: 'Get a pet', tags: ['pets'], responses: { 200: one } },
      delete: {
        operationId: 'deletePet',
        summary: 'Delete a pet',
        tags: ['pets', 'danger'],
        responses: { 204: { description: 'gone' } },
      },
    },
    '/photos/{petId}': {
      get: {
        parameters: [{ name: 'petId', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 200: { description: 'a picture', content: { 'image/png': {} } } },
      },
      post: {
        operationId: 'addPhoto',
        parameters: [{ name: 'petId', in: 'path', required: true, schema: { type: 'string' } }],
        requestBody: { required: true, content: { 'image/png': {} } },
        responses: { 204: { description: 'done' } },
      },
    },
  },
  components: { schemas: { Pet: pet } },
};
