// What of an answer is too large for an output, or no text, becomes a file that the output names.
import { type ApiAnswer, type SkillContextBase, SkillError, SwitchboardError } from '@switchboard/contract';
import { textCharactersMax } from './read-answer.ts';
import type { Pages } from './read-pages.ts';
import { sayAnswer } from './say-answer.ts';

/** An output with more JSON than this goes into a file. */
const dataBytesMax = 64 * 1024;

/** `application/pdf` → `get-shop-invoice.pdf`. */
function fileName(name: string, mediaType: string): string {
  const [, ending] = /\/([a-z]{2,5})(?:\+xml)?$/.exec(mediaType) ?? [];
  return ending === undefined ? name : `${name}.${ending}`;
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** `wanted`: there has to be one. Throws SkillError `not-found` when there is nothing to make it of, and as ctx.artifact. */
export async function withFile(
  ctx: Pick<SkillContextBase, 'artifact'>,
  { name, wanted }: { readonly name: string; readonly wanted: boolean },
  { body, mediaType }: ApiAnswer,
  pages: Pages,
): Promise<Pages> {
  const clipped = pages.text !== undefined && body.length > textCharactersMax && pages.answer !== 'incomplete';
  if (pages.answer === 'file' || clipped || wanted) {
    if (body.length === 0) throw new SkillError('not-found', 'The API gave an empty answer, and no file');
    const known = mediaType !== undefined && mediaType.length < 128 && /^[\w.+-]+\/[\w.+-]+$/.test(mediaType);
    const type = known ? mediaType : 'application/octet-stream';
    const file = await ctx.artifact({ name: fileName(name, type), mediaType: type, content: once(body) });
    return { ...pages, file };
  }
  const json = pages.data === undefined ? undefined : JSON.stringify(pages.data);
  if (json === undefined || Buffer.byteLength(json) <= dataBytesMax) return pages;
  const content = once(Buffer.from(json));
  const file = await ctx.artifact({ name: `${name}.json`, mediaType: 'application/json', content });
  const { data: _data, ...rest } = pages;
  return { ...rest, answer: 'file', text: sayAnswer({ ...pages }, name).slice(0, textCharactersMax), file };
}

/** After a deed: that its answer cannot be kept does not make it undone. */
export async function withFileIfAny(
  ctx: Pick<SkillContextBase, 'artifact' | 'signal'>,
  name: string,
  answer: ApiAnswer,
  pages: Pages,
): Promise<Pages> {
  try {
    return await withFile(ctx, { name, wanted: false }, answer, pages);
  } catch (error) {
    if (ctx.signal.aborted || !(error instanceof SwitchboardError)) throw error;
    return { status: pages.status, answer: 'incomplete', problem: `it could not be kept: ${error.message}` };
  }
}
