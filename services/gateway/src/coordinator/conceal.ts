// What is remembered for a person is not told to the record, which forgets nothing: in turns that touch it, answers and questions are left out.
import type { Effect } from '@switchboard/contract';
import type { NewEvent } from '@switchboard/store';
import { z } from 'zod';

const redacted = '[redacted]';
const effectsSchema = z.array(z.looseObject({ on: z.string() }));

export function touchesMemory(effects: readonly Pick<Effect, 'on'>[]): boolean {
  return effects.some(({ on }) => on === 'memory');
}

/** An approval of a step that touches it holds its whole input, whatever came before. */
function asksOfMemory({ type, data }: NewEvent): boolean {
  const { data: effects } = effectsSchema.safeParse(data['effects']);
  return type === 'question-asked' && effects !== undefined && touchesMemory(effects);
}

/** `confides`: a step that touches memory has begun in the turn. The question is asked and the answer given all the same. */
export function concealed(event: NewEvent, confides: boolean): NewEvent {
  if (event.type === 'turn-completed' && confides) return { ...event, data: { ...event.data, text: redacted } };
  if (event.type !== 'question-asked' || !(confides || asksOfMemory(event))) return event;
  const step = 'step' in event.data ? { step: redacted } : {};
  return { ...event, data: { ...event.data, text: redacted, ...step } };
}
