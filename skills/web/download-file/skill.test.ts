// download-file gives what an address has, as it is, and no more than it may.
import { expect, test } from 'vitest';
import { describeSkill, runSkill, useWeb } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const web = useWeb();

describeSkill(skill, web);

const download = (path: string) => runSkill(skill, { ...web, input: { url: web.at(path) } });

test('is the file byte for byte, under a name that is only a name', async () => {
  const { artifacts, text } = await download('/file');
  expect(Buffer.from(artifacts[0]?.content ?? [])).toEqual(Buffer.from([0, 1, 2, 250, 251]));
  expect(artifacts[0]?.name).toBe('pass wd.bin');
  expect(text).toBe(`pass wd.bin (5 B) from ${web.at('/file')} is attached.`);
});

test('is what there is, page or not, after a redirect too', async () => {
  expect((await download('/report.pdf')).output).toMatchObject({
    file: { name: 'report.pdf', mediaType: 'application/pdf' },
  });
  const page = await download('/redirect');
  expect(page.output).toMatchObject({ url: web.at('/plain'), file: { name: 'plain.html', mediaType: 'text/html' } });
  expect(Buffer.from(page.artifacts[0]?.content ?? []).toString()).toContain('<h1>Plain</h1>');
});

test('what is in the way has a name', async () => {
  for (const [path, reason] of [
    ['/huge-file', 'too-large'],
    ['/none', 'http-error'],
    ['/basic-auth', 'login-needed'],
    ['/hangs-up', 'unreachable'],
    ['/redirect-for-ever', 'too-many-redirects'],
  ] as const) {
    await expect(download(path), path).rejects.toMatchObject({ reason });
  }
});
