// What a skill would do with an input, in its own words: read by a person before they say yes.
import { type MessageOf, type ReplyOf, SwitchboardError } from '@switchboard/contract';
import { z } from 'zod';
import type { HostedSkill } from './hosted-skills.ts';

/** Throws `contract-mismatch`, `invalid-input`, or `not-found` for a skill that has no words for it. Changes nothing. */
export function describeInput(
  skills: ReadonlyMap<string, HostedSkill>,
  message: MessageOf<'describe'>,
): ReplyOf<'describe'> {
  const skill = skills.get(message.skill);
  if (skill === undefined || skill.document.contractHash !== message.contractHash) {
    throw new SwitchboardError('contract-mismatch', 'This contract is not offered here');
  }
  const input = skill.contract.input.safeParse(message.input);
  if (!input.success) throw new SwitchboardError('invalid-input', z.prettifyError(input.error));
  const text = skill.contract.ask?.(input.data);
  if (text === undefined) throw new SwitchboardError('not-found', `${message.skill} says nothing about its input`);
  return { v: 1, text };
}
