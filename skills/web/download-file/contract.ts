// What download-file promises: what an address gives, as it is.
import { artifactSchema, defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { addressField, finalAddress } from '../address-field.ts';
import { sizeOf, visible } from '../phrases.ts';
import { visitReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'download-file',
  version: '1.0.0',
  title: 'Download a file',
  description: 'Downloads what a web address gives, as it is: a file, a picture, or the HTML of a page. At most 16 MB.',
  tags: ['web', 'download', 'file', 'internet', 'fetch'],
  input: z.strictObject({ url: addressField('the file to download') }),
  output: z.strictObject({
    url: finalAddress,
    file: artifactSchema.describe('what was downloaded'),
  }),
  errors: visitReasons,
  effects: [{ class: 'read', on: 'page' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 180_000,
  utterances: [
    'download [the] [file] {url}',
    'download [the] (file|picture|image|document) (at|from) {url}',
    'fetch [the] file {url}',
    'get [me] [the] file (at|from) {url}',
    '[the] file at {url}',
    '[the] download of {url}',
    'retrieve [the] file {url}',
    'load down {url}',
  ],
  examples: [
    {
      says: 'download http://site.test/file',
      input: { url: 'http://site.test/file' },
      output: {
        url: 'http://site.test/file',
        file: {
          id: '00000000-0000-7000-8000-000000000001',
          name: 'pass wd.bin',
          mediaType: 'application/octet-stream',
          bytes: 5,
          sha256: '0'.repeat(64),
        },
      },
    },
  ],
  say: ({ url, file }) => `${visible(file.name)} (${sizeOf(file.bytes)}) from ${visible(url)} is attached.`,
});
