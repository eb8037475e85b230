// Holds what came against what was recorded, and says in lines that can be read what differs.
import type { Turn } from '@switchboard/contract';
import type { ModelAsked, SaidMessage } from '@switchboard/testkit/peers/model-server';
import type { End, Exchange, Shown } from './recording.ts';

/** What is filled in for `{name}`: of the world, and what expressions have found. */
export type Names = Map<string, string>;

const excerptCharactersMax = 1_500;

const fillText = (text: string, names: Names): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => names.get(name) ?? whole);

/** Deeply: `{name}` in each text gives way to what is known by that name. */
export function fill(value: unknown, names: Names): unknown {
  if (typeof value === 'string') return fillText(value, names);
  if (Array.isArray(value)) return value.map((one) => fill(one, names));
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [fillText(key, names), fill(member, names)]));
}

/** Keeps what named groups find. */
export function shows(text: string, part: Shown, names: Names): boolean {
  if (typeof part === 'string') return text.includes(fillText(part, names));
  const found = part.exec(text);
  for (const [name, value] of Object.entries(found?.groups ?? {})) if (value !== undefined) names.set(name, value);
  return found !== null;
}

const excerpt = (text: string): string =>
  text.length <= excerptCharactersMax ? text : `${text.slice(0, excerptCharactersMax)}… (${text.length} characters)`;

const indent = (sign: string, text: string): string => text.replace(/^/gm, `  ${sign} `);

/** One difference as a person reads it. */
export function differs(what: string, awaited: unknown, came: unknown): string {
  const words = (value: unknown): string => excerpt(typeof value === 'string' ? value : JSON.stringify(value, null, 1));
  const sayable = awaited instanceof RegExp ? String(awaited) : words(awaited);
  return `${what}\n${indent('-', sayable)}\n${indent('+', words(came))}`;
}

const lineOf = (message: SaidMessage): string => {
  if (message.role !== 'assistant') return `${message.role}: ${message.text}`;
  const calls = message.calls.map(({ tool, arguments: given }) => ` ${tool} ${JSON.stringify(given)}`);
  return `assistant: ${message.text}${calls.join('')}`;
};

/** The whole request as text. */
export const requestText = ({ system, messages }: ModelAsked): string =>
  [`system: ${system}`, ...messages.map(lineOf)].join('\n');

/** By what it says: the wire has no word for it. */
export function kindOf({ format, system }: ModelAsked): Exchange['asks'] {
  if (format?.name === 'chosen-skills') return 'choice';
  if (system.includes('Summarize the conversation')) return 'summary';
  return system.includes('You are asked what you think') ? 'judgement' : 'decision';
}

/** What stands between marks, and what is left without it. */
function marked(text: string): { inside: string; outside: string } {
  const inside: string[] = [];
  const outside = text.replace(/<<([0-9a-f]{16})\n([\s\S]*?)\n\1>>/g, (_, _secret: string, words: string) => {
    inside.push(words);
    return '';
  });
  return { inside: inside.join('\n'), outside };
}

/** The skills that a recorded choice names. */
export function chosenIn({ says }: Exchange): readonly string[] {
  const json: unknown = 'json' in says ? says.json : undefined;
  if (typeof json !== 'object' || json === null || !('skills' in json) || !Array.isArray(json.skills)) return [];
  return json.skills.map(String);
}

const notThere = ({ system }: ModelAsked, recorded: Exchange): string[] =>
  chosenIn(recorded).filter((skill) => !system.includes(`\n${skill}: `));

/** `chosen`: skills that the turn was given, which are offered with every decision. */
export function compareRequest(
  asked: ModelAsked,
  recorded: Exchange,
  chosen: readonly string[],
  names: Names,
): string[] {
  const kind = kindOf(asked);
  const unknown = kind === 'choice' ? notThere(asked, recorded) : [];
  if (kind !== recorded.asks)
    return [differs('it asks for another thing', recorded.asks, `${kind}\n${requestText(asked)}`)];
  const { offers = [], offersNone = false, sees = [], knows = [], hides = [], marks = [] } = recorded;
  const tools = asked.tools.map(({ name }) => name);
  const last = asked.messages.at(-1)?.text ?? '';
  const whole = requestText(asked);
  const { inside, outside } = marked(whole);
  const wanted = kind === 'decision' && !offersNone ? [...chosen, ...offers] : offers;
  const needsTools = wanted.filter((tool) => !tools.includes(tool));
  return [
    ...(unknown.length > 0 ? [differs('there is no such skill to choose', unknown, asked.system)] : []),
    ...(needsTools.length > 0 ? [differs('a tool is not offered', needsTools, tools)] : []),
    ...(offersNone && tools.length > 0 ? [differs('tools are offered', [], tools)] : []),
    ...sees.filter((part) => !shows(last, part, names)).map((part) => differs('its last message lacks', part, last)),
    ...knows.filter((part) => !shows(whole, part, names)).map((part) => differs('it lacks', part, whole)),
    ...hides
      .filter((part) => shows(whole, part, names))
      .map((part) => differs('it has what it must not have', `not: ${part}`, whole)),
    ...marks
      .filter((part) => !shows(inside, part, names) || shows(outside, part, names))
      .map((part) => differs('it does not stand between marks alone', part, whole)),
  ];
}

const stepLine = ({ agent, skill, state }: Turn['steps'][number]): string =>
  `${agent} ${skill}${state === 'succeeded' ? '' : ` ${state}`}`;

interface Receipt {
  readonly step: number;
  readonly skill: string;
}

function receiptsOf(turn: Turn): Receipt[] {
  const receipts: unknown = turn.output?.data?.['receipts'];
  return Array.isArray(receipts) ? receipts.map(({ step, skill }: Receipt) => ({ step, skill })) : [];
}

/** Also what holds of every turn that a model led: its receipts are the steps that were done, no more and no less. */
export function compareEnd(turn: Turn, end: End, names: Names): string[] {
  const { state = 'completed', steps, text = [], error } = end;
  const done = turn.steps.filter((step) => step.state === 'succeeded').map(({ step, skill }) => ({ step, skill }));
  const came = { state: turn.state, steps: turn.steps.map(stepLine), error: turn.error?.code };
  const awaited = { state, steps, error: error?.code };
  const output = turn.output?.text ?? '';
  const message = `${turn.error?.message ?? ''} ${turn.error?.reason ?? ''}`;
  const isLed = turn.route?.outcome === 'drive' && turn.output !== undefined;
  return [
    ...(JSON.stringify(came) === JSON.stringify(awaited)
      ? []
      : [differs('the turn ends otherwise', awaited, { ...came, says: message, output })]),
    ...text.filter((part) => !shows(output, part, names)).map((part) => differs('its text lacks', part, output)),
    ...(error?.says ?? [])
      .filter((part) => !shows(message, part, names))
      .map((part) => differs('its error lacks', part, message)),
    ...(isLed && JSON.stringify(receiptsOf(turn)) !== JSON.stringify(done)
      ? [differs('its receipts are not what was done', done, receiptsOf(turn))]
      : []),
  ];
}

/** `after` names every change, and no other is one. */
export function compareWorld(
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
  after: Readonly<Record<string, Shown | null>>,
  names: Names,
): string[] {
  const awaited = new Map(Object.entries(after).map(([key, part]) => [fillText(key, names), part]));
  const keys = new Set([...before.keys(), ...now.keys(), ...awaited.keys()]);
  return [...keys].flatMap((key) => {
    const part = awaited.get(key);
    const value = now.get(key);
    if (part === undefined) {
      return before.get(key) === value
        ? []
        : [differs(`${key} has changed`, before.get(key) ?? '(not there)', value ?? '(gone)')];
    }
    if (part === null) return value === undefined ? [] : [differs(`${key} is still there`, '(gone)', value)];
    const fits =
      value !== undefined && (typeof part === 'string' ? value === fillText(part, names) : shows(value, part, names));
    return fits ? [] : [differs(`${key} is not as awaited`, part, value ?? '(not there)')];
  });
}
