// Plays a recorded conversation against a running Switchboard, and says what was not as recorded.
import { randomUUID } from 'node:crypto';
import { sessionSchema, type Turn, turnSchema } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import type { ModelAnswer, ModelAsked, ModelServer } from '@switchboard/testkit/peers/model-server';
import type { System } from '@switchboard/testkit/start-system';
import {
  chosenIn,
  compareEnd,
  compareRequest,
  compareWorld,
  differs,
  fill,
  type Names,
  requestText,
  shows,
} from './compare.ts';
import type { Conversation, Exchange, Said } from './recording.ts';

/** What a conversation happens in. */
export interface Place {
  readonly system: Pick<System, 'call'>;
  readonly model: ModelServer;
  /** Puts there what the conversation begins with, and says what is filled in for `{name}`. */
  prepare(conversation: Conversation): Promise<Names>;
  /** All that can be changed, by name. */
  look(): Promise<ReadonlyMap<string, string>>;
}

export interface Script {
  readonly problems: string[];
  /** Recorded answers that nobody asked for. */
  left(): readonly Exchange[];
}

/** From now on the model answers as recorded, one after another, whatever it is asked; what does not fit is kept. */
export function follow(model: ModelServer, recorded: readonly Exchange[], names: Names): Script {
  const problems: string[] = [];
  const left = [...recorded];
  let number = 0;
  let chosen: readonly string[] = [];
  model.answer((asked: ModelAsked): ModelAnswer => {
    const exchange = left.shift();
    number += 1;
    if (exchange === undefined) {
      problems.push(differs(`request ${number}: nothing more was recorded`, '(no request)', requestText(asked)));
      return { text: 'There is no such answer.' };
    }
    problems.push(...compareRequest(asked, exchange, chosen, names).map((line) => `request ${number}: ${line}`));
    if (exchange.asks === 'choice') chosen = chosenIn(exchange);
    return fill(exchange.says, names) as ModelAnswer;
  });
  return { problems, left: () => left };
}

const waiting = { prefer: 'wait=40' };

/** The first browser of a machine is fetched while a page waits for it. */
const endMsMax = 150_000;

async function turnOf(response: Response): Promise<Turn> {
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return turnSchema.parse(await response.json());
}

/** As it is when it has ended, or asks. */
async function settled({ system }: Pick<Place, 'system'>, response: Response): Promise<Turn> {
  const turn = await turnOf(response);
  const isOpen = ({ state }: Turn): boolean => state === 'submitted' || state === 'working';
  if (!isOpen(turn)) return turn;
  const read = async (): Promise<Turn | undefined> => {
    const now = await turnOf(await system.call('GET', `/v1/turns/${turn.id}`));
    return isOpen(now) ? undefined : now;
  };
  return waitUntil('the end of a turn', read, endMsMax);
}

interface Talk {
  readonly place: Place;
  readonly names: Names;
  readonly sessions: Map<string, string>;
}

async function sessionFor({ place, sessions }: Talk, name: string): Promise<string> {
  const known = sessions.get(name);
  if (known !== undefined) return known;
  const { id } = sessionSchema.parse(await (await place.system.call('POST', '/v1/sessions', {})).json());
  sessions.set(name, id);
  return id;
}

/** Says it, answers what is asked in return, and waits for the end. */
async function sayOnce(talk: Talk, said: Said, problems: string[]): Promise<Turn> {
  const { place, names } = talk;
  const session = await sessionFor(talk, said.session ?? 'first');
  const input = String(fill(said.person, names));
  const headers = { ...waiting, 'idempotency-key': randomUUID() };
  let turn = await settled(place, await place.system.call('POST', `/v1/sessions/${session}/turns`, { input }, headers));
  for (const { asked, rule, answer } of said.replies ?? []) {
    const { question } = turn;
    if (turn.state !== 'input-required' || question === undefined) {
      problems.push(
        differs('it asks nothing', asked.map(String), {
          state: turn.state,
          error: turn.error,
          output: turn.output?.text,
        }),
      );
      break;
    }
    const lacks = asked.filter((part) => !shows(question.text, part, names));
    problems.push(...lacks.map((part) => differs('its question lacks', part, question.text)));
    if (rule !== undefined && rule !== question.rule) problems.push(differs('another rule asks', rule, question.rule));
    const body = { question: question.id, ...answer };
    turn = await settled(place, await place.system.call('POST', `/v1/turns/${turn.id}/answer`, body, waiting));
  }
  return turn;
}

/** What was otherwise than recorded, in words; none: it went as recorded. Also given: each turn, as it ended. */
export async function play(
  place: Place,
  conversation: Conversation,
  onTurn: (turn: Turn) => void = () => undefined,
): Promise<string[]> {
  const names = await place.prepare(conversation);
  const before = await place.look();
  const talk: Talk = { place, names, sessions: new Map() };
  const problems: string[] = [];
  for (const [index, said] of conversation.turns.entries()) {
    const script = follow(place.model, said.model, names);
    const found: string[] = [];
    const turn = await sayOnce(talk, said, found);
    onTurn(turn);
    const unasked = script.left();
    if (unasked.length > 0) {
      found.push(
        differs('it was not asked for all of its answers', unasked, {
          outcome: turn.route?.outcome,
          reason: turn.route?.reason,
        }),
      );
    }
    found.push(...script.problems, ...compareEnd(turn, said.end, names));
    problems.push(...found.map((line) => `“${conversation.name}”, turn ${index + 1}: ${line}`));
  }
  const changes = compareWorld(before, await place.look(), conversation.after, names);
  return [...problems, ...changes.map((line) => `“${conversation.name}”, afterwards: ${line}`)];
}
