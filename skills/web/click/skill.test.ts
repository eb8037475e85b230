// click presses the one thing that is meant, or nothing.
import { describe, expect, test } from 'vitest';
import { describeSkill, runSkill, useWeb } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const web = useWeb({ open: '/order' });

describeSkill(skill, web);

const click = (input: Record<string, unknown>) => runSkill(skill, { ...web, input });

test('follows a link, also into a window of its own', async () => {
  const { output, text } = await click({ target: 'Away' });
  expect(output).toMatchObject({ url: web.at('/plain'), title: 'Plain' });
  expect(text).toMatch(/^“Away” was clicked on\. Plain /);
  expect((await click({ target: 'New window' })).output).toMatchObject({ url: web.at('/plain'), title: 'Plain' });
});

test('takes a site with a name beneath it too', async () => {
  expect((await click({ target: 'Press', site: `127.0.0.1:${web.site.port}` })).output).toMatchObject({
    title: 'Clicked',
  });
});

describe('clicks on nothing when', () => {
  test.each([
    ['there is nothing of that name', { target: 'Nowhere' }, 'no-such-element'],
    ['several things have it', { target: 'Twin' }, 'ambiguous-element'],
    ['the page is on another site', { target: 'Press', site: 'shop.example.com' }, 'wrong-site'],
  ])('%s', async (_, input, reason) => {
    await expect(click(input)).rejects.toMatchObject({ reason });
  });
});

test('asks with the whole name', () => {
  expect(contract.ask?.({ target: 'Buy now', site: undefined })).toBe('Click on “Buy now” on the page that is open.');
});
