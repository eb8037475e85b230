// What an agent asks the gateway: asked again until there is an answer.
import type { Bus } from '@switchboard/bus';
import type { MessageOf, ParametersOf, Pattern, ReplyOf } from '@switchboard/contract';
import { ask } from './ask.ts';

/** One try: what is asked takes milliseconds. */
const tryMsMax = 5_000;

type Asked = 'inbound' | 'content' | 'memory';

/**
 * May be asked the same again: what the gateway does about it, it does once. Throws SwitchboardError for what will
 * never be answered otherwise, and the signal's reason.
 */
export function askGateway<Name extends Asked>(
  bus: Bus,
  name: Name,
  parameters: ParametersOf<Pattern<Name>>,
  message: MessageOf<Name>,
  signal: AbortSignal,
): Promise<ReplyOf<Name>> {
  return ask(bus, name, parameters, message, { replier: 'gateway', tryMsMax, signal });
}
