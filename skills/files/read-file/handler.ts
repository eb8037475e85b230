// Reads the beginning of a file, and attaches the whole where that is not all.
import { artifactBytesMax, defineHandler, SkillError } from '@switchboard/contract';
import { nameOf, tidy } from '../path-field.ts';
import { printableText } from '../phrases.ts';
import { decodeText, fitsSaying, fitText, inlineTextBytesMax } from '../text-content.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const path = tidy(input.path);
    const { bytes, size } = await ctx.files.read(path, { bytesMax: inlineTextBytesMax });
    const decoded = decodeText(bytes, { whole: bytes.length === size });
    if (decoded === undefined) {
      throw new SkillError('binary', `${path} does not hold text. Ask for "info about ${path}" to see what it is.`);
    }
    const text = fitText(decoded.text);
    const truncated = bytes.length < size || text.length < decoded.text.length;
    const output = { path, size, text, truncated, lossy: decoded.lossy };
    if ((!truncated && fitsSaying(printableText(text))) || size > artifactBytesMax) return output;
    const artifact = await ctx.artifact({
      name: nameOf(path),
      mediaType: decoded.lossy ? 'text/plain' : 'text/plain; charset=utf-8',
      content: ctx.files.stream(path),
    });
    return { ...output, artifact };
  },
});
