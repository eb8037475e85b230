// read-current-page shows the page that is open.
import { expect, test } from 'vitest';
import { describeSkill, runSkill, useWeb } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const web = useWeb({ open: '/order' });

describeSkill(skill, web);

test('says that no page is open where none is', async () => {
  const run = runSkill(skill, { ...web, adapters: () => ({ page: web.browser.adapter }), input: {} });
  await expect(run).rejects.toMatchObject({ reason: 'no-page' });
});
