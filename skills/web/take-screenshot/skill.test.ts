// take-screenshot gives a picture of the page, and of nothing else.
import { expect, test } from 'vitest';
import { describeSkill, runSkill, useWeb } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const web = useWeb();

describeSkill(skill, web);

test('is a picture of what is seen first, or of the whole page', async () => {
  const seen = await runSkill(skill, { ...web, input: { url: web.at('/long') } });
  expect(seen.output).toMatchObject({ width: 1280, height: 900, image: { name: 'long.png' } });
  const whole = await runSkill(skill, { ...web, input: { url: web.at('/long'), wholePage: true } });
  expect(whole.output).toMatchObject({ width: 1280, height: 16_384 });
  expect(
    Buffer.from(whole.artifacts[0]?.content ?? [])
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  expect(seen.text).toBe(`A picture of Long (${web.at('/long')}), 1280 × 900 pixels, is attached.`);
});

test('there is none of a file, an error or a place at home', async () => {
  for (const [path, reason] of [
    ['/report.pdf', 'not-a-page'],
    ['/none', 'http-error'],
  ] as const) {
    await expect(runSkill(skill, { ...web, input: { url: web.at(path) } })).rejects.toMatchObject({ reason });
  }
  const home = runSkill(skill, { ...web, input: { url: 'http://192.168.0.1/' } });
  await expect(home).rejects.toMatchObject({ reason: 'address-refused' });
});
