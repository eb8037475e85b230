// A small catalogue in which skills of one agent give what those of another take: pages, files and mail.
import { artifactSchema } from '@switchboard/contract';
import { z } from 'zod';
import { type CatalogueEntry, indexCatalogue } from '../src/index.ts';
import { ask, sketch, smallCatalogue, steps } from './small-catalogue.ts';

export const artifact = z.toJSONSchema(artifactSchema);
const url = { type: 'string', format: 'uri', description: 'address of the page' };
const path = { type: 'string', description: 'path of the file' };

export const givingCatalogue: readonly CatalogueEntry[] = [
  ...smallCatalogue.filter(({ document }) => document.name !== 'send-mail'),
  sketch('workstation', 'share-file', {
    title: 'Share a file',
    effect: 'read',
    properties: { path },
    output: { file: artifact },
    utterances: ['share [the] [file] {path}', 'attach [the] [file] {path}'],
  }),
  sketch('workstation', 'save-file', {
    title: 'Save a file',
    effect: 'write',
    properties: { content: { ...artifact, description: 'what to save' }, path },
    utterances: [
      'save {content} (to|as|in) {path}',
      'put {content} into [the] [file] {path}',
      'download {content} to {path}',
    ],
  }),
  sketch('browser', 'take-screenshot', {
    title: 'Take a screenshot',
    effect: 'read',
    properties: { url, wide: { type: 'boolean' } },
    required: ['url'],
    output: { url, image: artifact },
    utterances: ['[take] [a] screenshot of {url}', 'screenshot {url}', 'capture [the] page {url}'],
  }),
  sketch('browser', 'save-pdf', {
    title: 'Save a page as PDF',
    effect: 'read',
    properties: { url },
    output: { pdf: artifact },
    utterances: ['[make] [a] [the] pdf of {url}', 'save {url} as [a] pdf', 'print {url} to pdf'],
  }),
  sketch('browser', 'download-file', {
    title: 'Download a file',
    effect: 'read',
    properties: { url },
    output: { file: artifact },
    utterances: ['download {url}', 'get the file at {url}'],
  }),
  sketch('browser', 'read-page', {
    title: 'Read a page',
    effect: 'read',
    properties: { url },
    output: { text: { type: 'string' } },
    utterances: ['read [the] page {url}', 'open {url}', 'the text of {url}'],
  }),
  sketch('messenger', 'send-mail', {
    title: 'Send a mail',
    effect: 'external',
    properties: {
      to: { type: 'array', items: { type: 'string', format: 'email' } },
      text: { type: 'string', default: '' },
      attachments: { type: 'array', items: artifact, default: [] },
    },
    required: ['to'],
    utterances: [
      '(mail|email) {attachments} to {to}',
      '(mail|email) {text} to {to}',
      '(mail|email) {to} {attachments}',
      'send a mail to {to} saying {text}',
      'send {attachments} to {to} by mail',
    ],
  }),
];

export const givingIndex = indexCatalogue(givingCatalogue);
export const askGiving = (text: string, more: Parameters<typeof ask>[1] = {}) => ask(text, more, givingIndex);
export const givingSteps = (text: string, more: Parameters<typeof ask>[1] = {}) => steps(text, more, givingIndex);
