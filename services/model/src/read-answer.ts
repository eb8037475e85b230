// The parts of one answer put together, within bounds, however the provider cuts them.
import type { ModelReply } from '@switchboard/contract';
import { Failure } from './failure.ts';
import type { Part } from './providers/provider.ts';

const textCharactersMax = 200_000;
const toolCharactersMax = 200;

export interface Answer {
  readonly text: string;
  readonly call: ModelReply['call'];
  readonly stop: ModelReply['stop'];
}

export interface Reading {
  /** Throws Failure when it is more than any answer may be. */
  take(part: Part): void;
  /** Throws Failure when the stream ended before the answer did. */
  answer(): Answer;
  readonly isBegun: boolean;
  /** As far as the provider has said. */
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
  /** Of text and arguments, as UTF-8: no fewer than its tokens. */
  readonly bytes: number;
}

export function createReading(onText: (text: string) => void): Reading {
  let [text, tool, given] = ['', undefined as string | undefined, ''];
  let stop: Answer['stop'] | undefined;
  let isBegun = false;
  let [promptTokens, completionTokens]: [number?, number?] = [];
  return {
    take(part) {
      isBegun = true;
      if (part.kind === 'text') {
        text += part.text;
        onText(part.text);
      } else if (part.kind === 'call') {
        tool ??= part.tool?.slice(0, toolCharactersMax);
        given += part.arguments;
      } else if (part.kind === 'stop') {
        stop = stop === 'refused' ? stop : part.stop;
      } else if (part.kind === 'usage') {
        promptTokens = part.promptTokens ?? promptTokens;
        completionTokens = part.completionTokens ?? completionTokens;
      }
      if (text.length > textCharactersMax || given.length > textCharactersMax) {
        throw new Failure('failed', 'the answer has no end', { taken: true });
      }
    },
    answer() {
      if (stop === undefined) throw new Failure('away', 'the answer was cut off', { taken: true });
      // Some servers say that it is the end where they call.
      if (tool === undefined || stop === 'refused') return { text, call: undefined, stop };
      return { text, call: { tool, arguments: given || '{}' }, stop: stop === 'length' ? stop : 'call' };
    },
    get isBegun() {
      return isBegun;
    },
    get promptTokens() {
      return promptTokens;
    },
    get completionTokens() {
      return completionTokens;
    },
    get bytes() {
      return Buffer.byteLength(text) + Buffer.byteLength(given);
    },
  };
}
