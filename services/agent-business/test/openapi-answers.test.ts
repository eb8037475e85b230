// What a skill makes of an API's answer, over real HTTP: also of every bad one.
import { artifactGiven, describeContract, SwitchboardError } from '@switchboard/contract';
import { createSkillCall } from '@switchboard/testkit/skill-call';
import { describe, expect, it, test } from 'vitest';
import { createApiAdapter } from '../src/openapi/api-adapter.ts';
import { loadTestApi } from './load.ts';
import { answerJson, startPetApi } from './pet-api.ts';

describe('an answer', () => {
  it('that breaks its own schema is named so, and shown as text', async () => {
    const api = await startPetApi((_, answer) => answerJson(answer, 201, { id: 'seven', name: 'Rex' }));
    const { run } = await loadTestApi({ server: api.url });
    const { output, text } = await run('create-pets-pet', { name: 'Rex' });
    expect(output).toMatchObject({ status: 201, answer: 'not-as-described', problem: 'id must be integer' });
    expect(output).not.toHaveProperty('data');
    expect(text).toMatch(/not what the API’s document describes: id must be integer\.\n[\s\S]*"seven"/);
  });

  test.each([
    ['{"id":', 'application/json', { answer: 'not-as-described', problem: 'it is no JSON' }],
    ['<html>hello</html>', 'text/html', { answer: 'not-as-described', text: '<html>hello</html>' }],
    [`${'['.repeat(1000)}${']'.repeat(1000)}`, 'application/json', { answer: 'not-as-described' }],
    ['', 'application/json', { answer: 'empty' }],
  ])('%j as %s is told apart', async (body, type, expected) => {
    const api = await startPetApi((_, answer) => answer.writeHead(200, { 'content-type': type }).end(body));
    const { run } = await loadTestApi({ server: api.url });
    expect((await run('get-pets-pet', { petId: '7' })).output).toMatchObject(expected);
  });

  it('that says the secret back does not say it on', async () => {
    const auth = { type: 'basic', user: 'anna', file: 's' };
    const api = await startPetApi(({ headers }, answer, number) =>
      answerJson(answer, number === 1 ? 200 : 403, { message: `canary ${headers.authorization}` }),
    );
    const { run } = await loadTestApi({ server: api.url, auth }, { files: { s: 'canary' } });
    const { text } = await run('get-pets-pet', { petId: '7' });
    expect(text).toContain('[secret] Basic [secret]');
    const message = expect.stringContaining('[secret] Basic [secret]');
    await expect(run('get-pets-pet', { petId: '7' })).rejects.toMatchObject({ message });
  });

  it('that is a long text is a file too', async () => {
    const page = `<p>${'hello '.repeat(5_000)}`;
    const api = await startPetApi((_, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end(page));
    const { run } = await loadTestApi({ server: api.url });
    const { output, text, artifacts } = await run('get-pets-pet', { petId: '7' });
    expect(output).toMatchObject({ answer: 'not-as-described', file: { bytes: page.length, mediaType: 'text/html' } });
    expect(Buffer.from(artifacts[0]?.content ?? []).toString()).toBe(page);
    expect(text.length).toBeLessThan(5_000);
  });

  it('that is no text is a file', async () => {
    const picture = Buffer.from([0x89, 0x50, 0xff, 0]);
    const api = await startPetApi((_, answer) => answer.writeHead(200, { 'content-type': 'image/png' }).end(picture));
    const { run } = await loadTestApi({ server: api.url });
    const { output, artifacts } = await run('get-pets-photo', { petId: '7' });
    expect(output).toMatchObject({ answer: 'file', file: { mediaType: 'image/png', bytes: 4 } });
    expect(artifacts[0]?.content).toEqual(picture);
    expect(artifacts[0]?.name).toBe('get-pets-photo.png');
  });

  it('that is described as a file always is one: a step after it can take it', async () => {
    const api = await startPetApi((_, answer, number) =>
      number === 1 ? answerJson(answer, 200, { id: 7 }) : answer.writeHead(204).end(),
    );
    const { run, skill } = await loadTestApi({ server: api.url });
    expect(artifactGiven(describeContract(skill('get-pets-photo').contract).output)).toBe('file');
    expect(artifactGiven(describeContract(skill('get-pets-pet').contract).output)).toBeUndefined();
    expect((await run('get-pets-photo', { petId: '7' })).output).toMatchObject({ file: { bytes: 8 } });
    await expect(run('get-pets-photo', { petId: '7' })).rejects.toMatchObject({ reason: 'not-found' });
  });

  it('that is long is a file too, and its start is shown', async () => {
    const pets = Array.from({ length: 900 }, (_, id) => ({ id, name: `Rex ${'x'.repeat(100)}` }));
    const api = await startPetApi((_, answer) => answerJson(answer, 200, pets));
    const { run } = await loadTestApi({ server: api.url });
    const { output, text, artifacts } = await run('list-pets', {});
    expect(output).toMatchObject({ answer: 'file', file: { mediaType: 'application/json' } });
    expect(JSON.parse(Buffer.from(artifacts[0]?.content ?? []).toString())).toHaveLength(900);
    expect(text).toContain('… and 880 more');
  });

  it('larger than the agent takes fails a look, and not a deed', async () => {
    const api = await startPetApi((_, answer) => answerJson(answer, 200, ['x'.repeat(300_000)]));
    const { run } = await loadTestApi({ server: api.url });
    await expect(run('list-pets', {})).rejects.toMatchObject({ reason: 'too-large' });
    const { output, text } = await run('create-pets-pet', { name: 'Rex' });
    expect(output).toMatchObject({ status: 200, answer: 'incomplete' });
    expect(text).toContain('the API said yes (200), and its answer is not whole');
  });

  it('to a deed that cannot be kept does not make it undone', async () => {
    const api = await startPetApi((_, answer) => answerJson(answer, 201, { id: 7, name: 'x'.repeat(100_000) }));
    const { skill, server } = await loadTestApi({ server: api.url });
    const { contract, handler } = skill('create-pets-pet');
    const { ctx } = createSkillCall(contract, {
      workspace: '.',
      adapters: () => ({ api: createApiAdapter([server]) }),
    });
    const full = async (): Promise<never> => {
      throw new SwitchboardError('unavailable', 'The disk does not take the artifact');
    };
    const output = await handler.run({ ...ctx, artifact: full }, { name: 'Rex' });
    const problem = 'it could not be kept: The disk does not take the artifact';
    expect(output).toEqual({ status: 201, answer: 'incomplete', problem });
  });

  it('that is cut fails a look after it was tried again, and not a deed', async () => {
    const api = await startPetApi((_, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"id":');
      setImmediate(() => answer.destroy());
    });
    const { run } = await loadTestApi({ server: api.url });
    await expect(run('list-pets', {})).rejects.toMatchObject({ reason: 'no-answer' });
    expect(api.seen).toHaveLength(4);
    expect((await run('create-pets-pet', { name: 'Rex' })).output).toMatchObject({ answer: 'incomplete' });
    expect(api.seen).toHaveLength(5);
  });
});
