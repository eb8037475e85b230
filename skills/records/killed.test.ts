// An agent is killed in the middle of what it does in the ERP: it is done once, by itself or by the next attempt.
import { spawn } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { JsonValue, Skill } from '@switchboard/contract';
import { type Mishap, startRelay } from '@switchboard/testkit/peers/relay';
import { createSkillWorkspace } from '@switchboard/testkit/skill-workspace';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { recordsSkills } from './records-skills.ts';
import { noErp, reconcileSkill, runSkill, testErp } from './testing.ts';

const program = fileURLToPath(new URL('./killed-agent.ts', import.meta.url));
const lineSchema = z.object({ noted: z.json().optional(), ended: z.boolean().optional() });
const orderSchema = z.object({ order: z.looseObject({ id: z.string() }) });

function skillNamed(name: string): Skill {
  const skill = recordsSkills.find(({ contract }) => contract.name === name);
  if (skill === undefined) throw new Error(`there is no skill ${name}`);
  return skill;
}

describe.skipIf(noErp !== undefined)(`an agent that dies (${noErp ?? 'over Tryton'})`, { timeout: 120_000 }, () => {
  const erp = testErp();

  /** Runs the skill in a process of its own, which is killed when `request` meets with the mishap; what it had noted. */
  async function dieAt(
    name: string,
    input: object,
    id: string,
    request: string,
    mishap: Mishap,
  ): Promise<JsonValue | undefined> {
    const { tryton } = erp;
    const relay = await startRelay(tryton.port);
    onTestFinished(() => relay.stop());
    const met = relay.meet(request, mishap);
    const args = [program, relay.url(tryton.url), tryton.user, tryton.password, name, JSON.stringify(input), id];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const exit = once(child, 'exit');
    let noted: JsonValue | undefined;
    let ended = false;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = lineSchema.parse(JSON.parse(line));
      noted = said.noted ?? noted;
      ended ||= said.ended === true;
    });
    await met;
    child.kill('SIGKILL');
    await exit;
    expect(ended, 'it died before it could say that it is done').toBe(false);
    return noted;
  }

  /** What the gateway does with an interrupted step: it has it looked at, and tried again only when it was not done. */
  async function settle(name: string, input: Record<string, unknown>, id: string, noted: JsonValue | undefined) {
    const skill = skillNamed(name);
    const asked = { ...erp.setup, workspace: createSkillWorkspace({}), input, noted };
    const found = await reconcileSkill(skill, { ...asked, invocationId: `${id}-1` });
    if (found.outcome !== 'not-done')
      return { outcome: found.outcome, ...('output' in found && { output: found.output }) };
    const { output } = await runSkill(skill, { ...erp.setup, input, invocationId: `${id}-2` });
    return { outcome: 'not-done', output };
  }

  const count = (model: string, field: string, value: unknown) =>
    erp.tryton.rpc(`model.${model}.search_count`, [[field, '=', value]]);

  test.each<[string, Mishap, string, string]>([
    ['before it asks anything', 'hold-request', 'common.db.login', 'not-done'],
    ['before the request', 'hold-request', 'party.party.create', 'not-done'],
    ['after the request', 'hold-answer', 'party.party.create', 'done'],
  ])('create-customer, %s', async (when, mishap, request, outcome) => {
    const name = `Killed ${when}`;
    const id = `${randomUUIDv7()}-1`;
    const noted = await dieAt('create-customer', { name }, `${id}-1`, request, mishap);
    expect(await settle('create-customer', { name }, id, noted)).toMatchObject({
      outcome,
      output: { customer: { name } },
    });
    expect(await count('party.party', 'name', name)).toBe(1);
  });

  test.each<[string, Mishap, string, string]>([
    ['before the request', 'hold-request', 'sale.sale.create', 'not-done'],
    ['after the request', 'hold-answer', 'sale.sale.create', 'done'],
  ])('draft-order, %s', async (when, mishap, request, outcome) => {
    const input = { customer: 'C-1001', items: '2 chairs', note: `killed ${when}` };
    const id = `${randomUUIDv7()}-1`;
    const noted = await dieAt('draft-order', input, `${id}-1`, request, mishap);
    expect(await settle('draft-order', input, id, noted)).toMatchObject({
      outcome,
      output: { order: { total: '99.80' } },
    });
    expect(await count('sale.sale', 'description', input.note)).toBe(1);
  });

  test.each<[string, Mishap, string, string]>([
    ['before it is quoted', 'hold-request', 'sale.sale.quote', 'not-done'],
    ['between its two requests', 'hold-answer', 'sale.sale.quote', 'not-done'],
    ['before it is confirmed', 'hold-request', 'sale.sale.confirm', 'not-done'],
    ['after it is confirmed', 'hold-answer', 'sale.sale.confirm', 'done'],
  ])('confirm-order, %s', async (_, mishap, request, outcome) => {
    const drafting = { ...erp.setup, input: { customer: 'C-1001', items: '1 chair' } };
    const { order } = orderSchema.parse((await runSkill(skillNamed('draft-order'), drafting)).output);
    const id = `${randomUUIDv7()}-1`;
    const noted = await dieAt('confirm-order', { order }, `${id}-1`, request, mishap);
    expect(await settle('confirm-order', { order }, id, noted)).toMatchObject({
      outcome,
      output: { order: { state: 'confirmed' } },
    });
    expect(await erp.tryton.rpc('model.sale.sale.read', [Number(order.id)], ['invoices', 'shipments'])).toMatchObject([
      { invoices: [expect.any(Number)], shipments: [expect.any(Number)] },
    ]);
  });
});
