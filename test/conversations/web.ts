// Goals about web pages.
import { type Conversation, call, choose, from, no, say, unfamiliar, yes } from './recording.ts';

export const web: readonly Conversation[] = [
  {
    name: 'a page is read, and one sentence of it kept',
    turns: [
      {
        person: 'Look up what {site}/article says about the well, and write one sentence about it into well.txt',
        model: [
          choose('fetch-page', 'write-file'),
          call('fetch-page', { url: '{site}/article' }),
          call(
            'write-file',
            { path: 'well.txt', text: 'The well is forty metres deep.' },
            { marks: ['forty metres deep'] },
          ),
          say('It was dug in 1742, and is forty metres deep.'),
        ],
        end: { steps: ['browser fetch-page', 'workstation write-file'] },
      },
    ],
    after: { 'file well.txt': 'The well is forty metres deep.' },
  },
  {
    name: 'prices of a page become a table',
    turns: [
      {
        person: 'I want to know what fruit costs at {site}/prices, as a table in fruit.csv',
        model: [
          choose('extract-data', 'write-file'),
          call('extract-data', { url: '{site}/prices', fields: ['Fruit', 'Price per kilo'] }),
          call('write-file', { path: 'fruit.csv', text: 'Apple,2.40\nPear,3.10\n' }, { marks: ['Apple', 'Quince'] }),
          say('fruit.csv has it.'),
        ],
        end: { steps: ['browser extract-data', 'workstation write-file'] },
      },
    ],
    after: { 'file fruit.csv': 'Apple,2.40\nPear,3.10\n' },
  },
  {
    name: 'a picture of a page is kept, by reference',
    turns: [
      {
        person: 'How does {site}/plain look today? I would like to have a picture of that under pictures/plain.png',
        model: [
          choose('take-screenshot', 'save-file'),
          call('take-screenshot', { url: '{site}/plain' }),
          call('save-file', { content: from(1, 'image'), path: 'pictures/plain.png' }, { sees: ['Fields:', 'image'] }),
          say('pictures/plain.png is there.'),
        ],
        end: { steps: ['browser take-screenshot', 'workstation save-file'] },
      },
    ],
    after: { 'folder pictures': '(folder)', 'file pictures/plain.png': /^\x89PNG/ },
  },
  {
    name: 'a page is kept as a PDF',
    turns: [
      {
        person: 'I need {site}/article on paper some day: make a pdf of it, and store that for me',
        model: [
          choose('save-pdf', 'save-file'),
          call('save-pdf', { url: '{site}/article' }),
          call('save-file', { content: from(1, 'pdf'), path: 'papers/well.pdf' }),
          say('papers/well.pdf is there.'),
        ],
        end: { steps: ['browser save-pdf', 'workstation save-file'] },
      },
    ],
    after: { 'folder papers': '(folder)', 'file papers/well.pdf': /^%PDF-/ },
  },
  {
    name: 'a file of the web is downloaded and kept',
    turns: [
      {
        person: 'Is there something to download at {site}/file? If so I want it as data.bin, and tell me its size',
        model: [
          choose('download-file', 'save-file'),
          call('download-file', { url: '{site}/file' }),
          call('save-file', { content: from(1, 'file'), path: 'data.bin' }),
          say('data.bin has five bytes.', { knows: ['"bytes":5'] }),
        ],
        end: { steps: ['browser download-file', 'workstation save-file'] },
      },
    ],
    after: { 'file data.bin': '\x00\x01\x02\xfa\xfb' },
  },
  {
    name: 'a form is filled in and sent, after a yes to exactly that',
    turns: [
      {
        person: 'Open {site}/order and then fill in that Anna wants a large one, and send that off',
        model: [
          choose('open-page', 'fill-form'),
          call('open-page', { url: '{site}/order' }),
          call(
            'fill-form',
            { field: 'Name', value: 'Anna', others: { Size: 'large' }, submit: true },
            { marks: ['Send order'] },
          ),
          say('It is ordered.', { marks: ['Thank you.'] }),
        ],
        replies: [{ ...yes('Anna', 'large', unfamiliar), rule: 'ask-before-it-counts' }],
        end: { steps: ['browser open-page', 'browser fill-form'], text: ['It is ordered.', 'Done:'] },
      },
    ],
    after: { 'form 1': /^POST \/ordered name=Anna&size=large/ },
  },
  {
    name: 'a button is clicked after a yes, and the page looked at again',
    turns: [
      {
        person: 'On {site}/order there is a button called Press, what happens when it is used?',
        model: [
          choose('open-page', 'click', 'read-current-page'),
          call('open-page', { url: '{site}/order' }),
          call('click', { target: 'Press' }, { marks: ['"name":"Press"'] }),
          call('read-current-page', {}, { sees: ['Step 2 succeeded'] }),
          say('The page is called Clicked then.', { marks: ['Clicked'] }),
        ],
        replies: [yes('Press')],
        end: { steps: ['browser open-page', 'browser click', 'browser read-current-page'] },
      },
    ],
    after: {},
  },
  {
    name: 'a page that is not there: the next one is tried',
    turns: [
      {
        person: 'How deep is the village well? It should be on {site}/well or on {site}/article',
        model: [
          choose('fetch-page'),
          call('fetch-page', { url: '{site}/well' }),
          call('fetch-page', { url: '{site}/article' }, { sees: ['Step 1 failed', 'http-error'] }),
          say('Forty metres.', { marks: ['forty metres deep'] }),
        ],
        end: { steps: ['browser fetch-page failed', 'browser fetch-page'], text: ['Forty metres.'] },
      },
    ],
    after: {},
  },
  {
    name: 'a form that is refused is not sent',
    turns: [
      {
        person: 'Open {site}/order and then fill in whatever it takes to order a small one for Ben',
        model: [
          choose('open-page', 'fill-form'),
          call('open-page', { url: '{site}/order' }),
          call('fill-form', { field: 'Name', value: 'Ben', submit: true }),
        ],
        replies: [no('Ben')],
        end: { state: 'canceled', steps: ['browser open-page'], error: { code: 'approval-refused' } },
      },
    ],
    after: {},
  },
];
