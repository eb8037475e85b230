// The ways in which an agent can answer wrongly, and the only acceptable end of a turn for each.
import { type ErrorCode, type InvokeReply, sha256 } from '@switchboard/contract';

type Ended = 'completed' | ErrorCode;

export interface Way {
  /** What is sent, one after another, to whatever is asked about the invocation. */
  answers(id: string): readonly (string | Buffer)[];
  /** To whoever asks later, where that is something else. */
  readonly afterwards?: string;
  /** After the invocation; until then it is said to run. */
  readonly afterMs?: number;
  /** Of a turn with a skill that may not be repeated, and of one that has no effect. */
  readonly once: Ended;
  readonly safe: Ended;
}

/** Nobody can tell what became of it; of what has no effect it can be said that it failed. */
const doubtful = { once: 'outcome-unknown', safe: 'agent-unavailable' } as const;
const megabyte = 1024 * 1024;

function done(id: string, rest: Partial<InvokeReply & { state: 'done' }> = {}): string {
  return JSON.stringify({ v: 1, id, state: 'done', output: { count: 1 }, text: 'Done.', artifacts: [], ...rest });
}

const nowhere = '00000000-0000-7000-8000-000000000000';
const lost = { id: nowhere, name: 'lost.txt', mediaType: 'text/plain', bytes: 3, sha256: sha256('abc') };

export const ways = {
  honest: { answers: (id) => [done(id)], once: 'completed', safe: 'completed' },
  twice: { answers: (id) => [done(id), done(id, { output: { count: 2 } })], once: 'completed', safe: 'completed' },
  'not-json': { answers: () => ['done { it is'], ...doubtful },
  'not-text': { answers: () => [Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28])], ...doubtful },
  nothing: { answers: () => [''], ...doubtful },
  'half-a-reply': { answers: (id) => [JSON.stringify({ v: 1, id, state: 'done' })], ...doubtful },
  'another-version': { answers: (id) => [done(id).replace('"v":1', '"v":2')], ...doubtful },
  'a-misfit': { answers: (id) => [done(id, { output: { count: 'many', more: true } })], ...doubtful },
  'another-id': { answers: () => [done(`${nowhere}-1-1`)], ...doubtful },
  'a-lost-artifact': { answers: (id) => [done(id, { artifacts: [lost] })], once: 'outcome-unknown', safe: 'poison' },
  /** Past what the broker takes: it ends the connection. */
  'five-megabytes': {
    answers: (id) => [done(id, { text: 'x'.repeat(5 * megabyte) })],
    afterwards: 'it was too large',
    ...doubtful,
  },
  /** The skill has a second, and the gateway waits two more. */
  late: { answers: (id) => ['late', done(id)], afterMs: 4_000, ...doubtful },
} as const satisfies Record<string, Way>;

export type WayName = keyof typeof ways;

/** Announced, or beaten: none of it may be taken for an agent, or end whoever hears it. */
export const announcements: readonly string[] = [
  'hello',
  '{}',
  '{"v":1,"type":"io.nats.micro.v1.info_response","name":"world","skills":[]}',
  `{"v":1,"skills":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
];
