// fetch-page gives what there is to read, whole, and says what is in the way by name.
import { describe, expect, test } from 'vitest';
import { describeSkill, runSkill, useWeb } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const web = useWeb();
const fetchPage = (path: string) => runSkill(skill, { ...web, input: { url: web.at(path) } });

describeSkill(skill, web);

test('reads well', async () => {
  const { text } = await fetchPage('/article');
  expect(text).toBe(
    `The well (${web.at('/article')}):\n\nThe village well was dug in 1742 and is forty metres deep.\n\nThe mill\n\n` +
      `Links:\n  The mill: ${web.at('/mill')}`,
  );
});

test('sees what the page’s own scripts have made', async () => {
  const { output } = await fetchPage('/made-by-script');
  expect(output['text']).toBe('made by a script');
});

test('attaches a long text whole', async () => {
  const { output, text, artifacts } = await fetchPage('/long');
  expect(output).toMatchObject({ truncated: true, page: { name: 'long.txt', mediaType: 'text/plain; charset=utf-8' } });
  expect(Buffer.from(artifacts[0]?.content ?? []).toString()).toContain('paragraph 4999 of this page');
  expect(text).toMatch(/the whole text is attached\./);
});

describe('what is in the way has a name:', () => {
  test.each([
    ['http-error', '/none'],
    ['http-error', '/broken'],
    ['login-needed', '/basic-auth'],
    ['login-needed', '/members'],
    ['not-a-page', '/report.pdf'],
    ['not-a-page', '/file'],
    ['too-many-redirects', '/redirect-for-ever'],
    ['unreachable', '/hangs-up'],
  ])('%s for %s', async (reason, path) => {
    await expect(fetchPage(path)).rejects.toMatchObject({ reason });
  });

  test.each([
    ['name-not-found', 'https://name.invalid/'],
    ['address-refused', 'http://127.0.0.1:81/'],
    ['bad-address', 'mailto:a@b.test'],
    ['bad-address', 'http://user:secret@site.test/'],
  ])('%s for %s', async (reason, url) => {
    await expect(runSkill(skill, { ...web, input: { url } })).rejects.toMatchObject({ reason });
  });
});
