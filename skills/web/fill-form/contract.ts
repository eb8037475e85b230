// What fill-form promises: fields of the open page filled in, and the form sent where that is asked for.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pageViewSchema, saidView } from '../page-view.ts';
import { actReasons } from '../reasons.ts';
import { onSite, siteField } from '../site-field.ts';

const othersMax = 30;

export const contract = defineContract({
  name: 'fill-form',
  version: '1.0.0',
  title: 'Fill in a form',
  description:
    'Fills in one or more fields of the web page that is open in this session, by the names that they have on the page, ' +
    'and sends the form if asked to. A checkbox takes yes or no, a choice one of its options.',
  tags: ['web', 'page', 'form', 'fill', 'field', 'type', 'submit'],
  input: z.strictObject({
    field: z.string().trim().min(1).max(200).describe('the name of the field on the page: its label or placeholder'),
    value: z.string().max(10_000).describe('what to put into it'),
    others: z
      .record(z.string().min(1).max(200), z.string().max(10_000))
      .refine((others) => Object.keys(others).length <= othersMax, `at most ${othersMax}`)
      .optional()
      .describe('more fields of the same form, by name'),
    submit: z.boolean().default(false).describe('send the form afterwards'),
    site: siteField,
  }),
  output: pageViewSchema,
  errors: { ...actReasons, 'not-fillable': 'The field does not take that value.' },
  effects: [{ class: 'external', on: 'page' }],
  repeat: 'once',
  ingests: 'untrusted',
  timeoutMs: 120_000,
  utterances: [
    'fill [in] [the] [field] {field} with {value}',
    'fill [in] {field} with {value} on {site}',
    'type {value} (into|in) [the] [field] {field}',
    'enter {value} (into|in|as) [the] [field] {field} on the page',
    'put {value} (into|in) the {field} field',
    'set the {field} field to {value}',
    'write {value} into the field {field}',
    'fill [in] the form: {field} is {value}',
  ],
  examples: [
    {
      says: 'fill in Name with Anna',
      input: { field: 'Name', value: 'Anna' },
      output: {
        url: 'http://site.test/order',
        title: 'Order',
        text: '# Order\n\nName Size As a gift Send order\n\nPress Twin Twin Away New window',
        controls: [
          { role: 'textbox', name: 'Name', value: 'Anna' },
          { role: 'combobox', name: 'Size', value: 'small' },
          { role: 'checkbox', name: 'As a gift', value: 'no' },
          { role: 'textbox', name: 'Notes' },
          { role: 'button', name: 'Send order' },
          { role: 'button', name: 'Press' },
          { role: 'button', name: 'Twin' },
          { role: 'button', name: 'Twin' },
          { role: 'link', name: 'Away' },
          { role: 'link', name: 'New window' },
        ],
        asksForPassword: false,
      },
    },
  ],
  redact: ['value', 'others', 'text', 'controls'],
  ask({ field, value, others, submit, site }) {
    const all = [[field, value], ...Object.entries(others ?? {})];
    const lines = all.map(([name, text]) => `  ${name}: ${text}`);
    return `Fill in${onSite(site)}:\n${lines.join('\n')}\n${submit ? 'and send the form.' : 'without sending the form.'}`;
  },
  say: (view, { submit }) => `${submit ? 'The form was filled in and sent.' : 'It was filled in.'} ${saidView(view)}`,
});
