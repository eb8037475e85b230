// A prompt to talk at: one line, one turn; a question is asked where it arises.
import { createInterface } from 'node:readline';
import type { Turn } from '@switchboard/contract';
import { ApiError, type Client } from '../client/client.ts';
import { hearText, type Place } from '../client/hear-text.ts';
import { plainText } from '../client/plain-text.ts';
import { createLiveText, type LiveText } from './live-text.ts';

interface Lines {
  /** The next line, also one that was typed ahead. Undefined when the person wants to leave. */
  next(prompt: string): Promise<string | undefined>;
  close(): void;
}

function readLines(): Lines {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, historySize: 200 });
  const typed: string[] = [];
  let closed = false;
  let wake = (): void => {};
  terminal.on('SIGINT', () => terminal.close());
  terminal.on('line', (line) => {
    typed.push(line);
    wake();
  });
  terminal.on('close', () => {
    closed = true;
    wake();
  });
  return {
    async next(prompt) {
      if (typed.length === 0 && !closed) {
        terminal.setPrompt(prompt);
        terminal.prompt();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return typed.shift();
    },
    close: () => terminal.close(),
  };
}

function answerOf(turn: Turn, text: string): Record<string, unknown> {
  if (turn.question?.kind === 'choice' || turn.question?.kind === 'outcome') {
    const byNumber = turn.question.choices?.[Number(text) - 1];
    return byNumber ? { choice: byNumber.id } : { text };
  }
  if (turn.question?.kind === 'approval') return { approve: /^(y|yes)$/i.test(text.trim()) };
  return { text };
}

/** As the person reads it, with its choices. */
export function questionText({ question }: Turn): string {
  if (!question) return '';
  const choices = (question.choices ?? []).map((choice, index) => `  ${index + 1}. ${choice.label}`);
  const hint = question.kind === 'approval' ? ' [y/N]' : '';
  const how = choices.length > 0 ? [pickOne(choices.length)] : [];
  return plainText([`${question.text}${hint}`, ...choices, ...how].join('\n'));
}

/** How a turn reads once it has ended. */
export function outputText(turn: Turn): string {
  const links = turn.output?.artifacts.map(
    (artifact) => `  ${artifact.name} (${artifact.bytes} bytes): ${artifact.href}`,
  );
  const text = turn.output?.text ?? turn.error?.message ?? turn.state;
  return plainText([text, ...(links ?? [])].join('\n'));
}

const pickOne = (count: number): string => `Say a number from 1 to ${count}, or press Enter to leave it.`;

/** Nothing, or a word for it: nobody is kept in a question. */
function leaves({ question }: Turn, answer: string): boolean {
  const word = answer.trim().toLowerCase();
  return (
    word === '' || (question?.choices !== undefined && /^(cancel|none|no|leave( it)?|exit|quit|stop|0)$/.test(word))
  );
}

async function converseOnce(talk: Talk, lines: Lines, input: string): Promise<void> {
  const { client, session, live } = talk;
  live.begin();
  let turn = await client.say(session, input);
  while (turn.question) {
    console.log(live.end(questionText(turn)));
    const answer = await lines.next('? ');
    if (answer === undefined || leaves(turn, answer)) {
      if (turn.state === 'input-required') await client.cancel(turn.id);
      console.log('Left undone.');
      return;
    }
    live.begin();
    try {
      turn = await client.answer(turn.id, { ...answerOf(turn, answer), question: turn.question.id });
    } catch (error) {
      if (!(error instanceof ApiError && error.problem.code === 'invalid-request')) throw error;
      const choices = turn.question?.choices;
      console.log(choices ? pickOne(choices.length) : plainText(error.message));
    }
  }
  console.log(live.end(outputText(turn)));
}

interface Talk {
  readonly client: Client;
  readonly session: string;
  readonly live: LiveText;
}

const leavingWords = ['exit', 'quit', 'stop', 'bye'];

/** Until Ctrl-C, Ctrl-D, or a word for it. */
export async function converse(client: Client, place: Place): Promise<void> {
  const lines = readLines();
  const live = createLiveText((text) => process.stdout.write(text));
  const leaving = new AbortController();
  const hearing = hearText(place, leaving.signal, { onDelta: live.hear });
  const talk = { client, session: place.session, live };
  for (;;) {
    const input = (await lines.next('> '))?.trim();
    if (input === undefined || leavingWords.includes(input)) break;
    if (input === '') continue;
    try {
      await converseOnce(talk, lines, input);
    } catch (error) {
      console.log(plainText(error instanceof Error ? error.message : String(error)));
    }
  }
  lines.close();
  leaving.abort();
  await hearing;
  console.log('\nStopping');
}
