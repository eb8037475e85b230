// An answer in another script than the question's: plainly wrong, or perhaps wanted.
import type { Context, Observation } from '@switchboard/contract';
import { expect, test } from 'vitest';
import { strayScript } from '../src/next/script.ts';
import { question, result } from './next-bench.ts';

const chinese = '这是一个与问题完全不同的语言的回答，请注意';
const english = 'The weather in Paris is fine today, with little wind.';
const russian = 'Погода в Париже сегодня хорошая, ветер слабый.';
const because = (context: Partial<Context>, observations: Observation[] = []) => ({
  context: { facts: [], messages: [], ...context },
  observations,
});

test.each([
  ['how is the weather?', chinese, 'east-asian'],
  ['how is the weather?', russian, 'cyrillic'],
  ['какая сегодня погода?', english, 'latin'],
  ['今日の天気は?', english, 'latin'],
  ['오늘 날씨 어때?', chinese, 'east-asian'],
  ['ما حالة الطقس اليوم؟', english, 'latin'],
  ['hi', chinese, 'east-asian'],
])('%s → %s', (goal, answer, stray) => {
  expect(strayScript(question(goal), answer)).toBe(stray);
});

test.each([
  ['the same script', 'какая сегодня погода?', russian],
  ['a short answer', 'как его зовут?', 'John Smith'],
  ['half and half', 'какая сегодня погода?', `${russian} ${english}`],
  ['a question without letters', '2+2', russian],
  ['a question in two scripts', 'как сказать good morning?', english],
  ['a language that is named', 'translate: good morning', russian],
  ['a language that is named in another script', 'переведи: доброе утро', english],
  ['code', 'напиши сортировку', '```python\ndef sort(items): return sorted(items)\n```'],
  ['a cut piece of code', 'напиши сортировку', '```python\ndef sort(items): return sorted(items)'],
  ['a command', 'какой командой?', '`git commit --message hello`'],
  ['an address', 'дай ссылку', 'https://example.org/weather/paris anna@example.org'],
  ['a path', 'где файл?', 'notes/weather/paris-today.txt'],
])('is right for %s', (_, goal, answer) => {
  expect(strayScript(question(goal), answer)).toBeUndefined();
});

test('is right where something was read, said or remembered that explains it', () => {
  const said = (text: string) => because({ messages: [{ role: 'person', text, trust: 'trusted' }] });
  const read = because({}, [result(1, 'read-file', `{"text":"${english}"}`)]);
  const summary = because({ summary: { text: 'They want answers in English.', trust: 'trusted' } });
  for (const more of [said('good morning to you'), said('отвечай на английском'), read, summary]) {
    expect(strayScript(question('какая погода?', more), english)).toBeUndefined();
  }
  const little = because({}, [result(1, 'read-file', '{"text":"привет"}')]);
  expect(strayScript(question('какая погода?', little), english)).toBe('latin');
});
