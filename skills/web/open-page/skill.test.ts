// open-page opens a page and tells what can be done in it.
import { expect, test } from 'vitest';
import { describeSkill, runSkill, useWeb } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const web = useWeb();

describeSkill(skill, web);

test('says what there is to fill in, and that a page asks for a password', async () => {
  const { output, text } = await runSkill(skill, { ...web, input: { url: web.at('/members') } });
  expect(output).toMatchObject({ url: web.at('/login'), asksForPassword: true });
  expect(text).toContain('To fill in or click:\n  textbox “User”\n  textbox “Password”\n  button “Log in”');
});

test('shows an error page as the site shows it, and refuses a file', async () => {
  const broken = await runSkill(skill, { ...web, input: { url: web.at('/broken') } });
  expect(broken.output).toMatchObject({ text: 'broken' });
  const file = runSkill(skill, { ...web, input: { url: web.at('/file') } });
  await expect(file).rejects.toMatchObject({ reason: 'not-a-page' });
});
