// fill-form fills in what is asked for, all of it or nothing, and sends it only when asked to.
import { describe, expect, test } from 'vitest';
import { describeSkill, runSkill, useWeb } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const web = useWeb({ open: '/order' });

describeSkill(skill, web);

const fill = (input: Record<string, unknown>) => runSkill(skill, { ...web, input });

test('fills in fields of every kind by their names, and sends the form', async () => {
  const others = { Size: 'large', 'As a gift': 'yes', Notes: 'two lines\nof it' };
  const { output, text } = await fill({ field: 'Name', value: 'Anna “A” B', others, submit: true });
  expect(output).toMatchObject({ url: web.at('/ordered'), text: 'Thank you.' });
  expect(text).toMatch(/^The form was filled in and sent\. Ordered /);
  const sent = new URLSearchParams(web.site.lastForm());
  expect(Object.fromEntries(sent)).toEqual({
    name: 'Anna “A” B',
    size: 'large',
    gift: 'on',
    notes: 'two lines\r\nof it',
  });
});

test('sends nothing unless asked to', async () => {
  const before = web.site.requests.length;
  await fill({ field: 'Name', value: 'Anna' });
  expect(web.site.requests.slice(before)).not.toContain('POST /ordered');
});

test('asks with every field and its value, and says whether the form is sent', () => {
  const input = contract.input.parse({
    field: 'Name',
    value: 'Anna',
    others: { Size: 'large' },
    submit: true,
    site: 'shop.test',
  });
  expect(contract.ask?.(input)).toBe(
    'Fill in on the page that is open, if it is on shop.test:\n  Name: Anna\n  Size: large\nand send the form.',
  );
});

describe('fills in nothing when', () => {
  test.each([
    [
      'one of the fields is not there',
      { field: 'Name', value: 'x', others: { Nowhere: 'x' }, submit: true },
      'no-such-element',
    ],
    ['the page is on another site', { field: 'Name', value: 'x', site: 'shop.example.com' }, 'wrong-site'],
    ['a choice has no such option', { field: 'Size', value: 'enormous', submit: true }, 'not-fillable'],
  ])('%s', async (_, input, reason) => {
    const before = web.site.requests.length;
    await expect(fill(input)).rejects.toMatchObject({ reason });
    expect(web.site.requests.slice(before)).not.toContain('POST /ordered');
  });

  test('no page is open', async () => {
    const input = { field: 'Name', value: 'x' };
    const run = runSkill(skill, { ...web, adapters: () => ({ page: web.browser.adapter }), input });
    await expect(run).rejects.toMatchObject({ reason: 'no-page' });
  });
});
