// save-pdf gives the page on paper.
import { expect, test } from 'vitest';
import { describeSkill, runSkill, useWeb } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const web = useWeb();

describeSkill(skill, web);

test('is a PDF', async () => {
  const { artifacts, text } = await runSkill(skill, { ...web, input: { url: web.at('/article') } });
  expect(
    Buffer.from(artifacts[0]?.content ?? [])
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
  expect(artifacts[0]?.name).toBe('the-well.pdf');
  expect(text).toMatch(/^The well \(.*\) is attached as a PDF \(\d+ kB\)\.$/);
});

test('there is none of an error', async () => {
  const run = runSkill(skill, { ...web, input: { url: web.at('/none') } });
  await expect(run).rejects.toMatchObject({ reason: 'http-error' });
});
