// Goals that take skills of several roles, and a role's judgement.
import { type Conversation, call, choose, judge, say, unfamiliar, yes } from './recording.ts';

export const severalRoles: readonly Conversation[] = [
  {
    // The README shows it.
    name: 'notes are searched, one is read, and what it says mailed: three skills of two roles, one approval',
    needs: ['mailbox'],
    files: { 'notes/trip.txt': 'Bern trip, Saturday.\nTrain: 9:14 from platform 3.\n', 'notes/food.txt': 'Bread.' },
    turns: [
      {
        person:
          'Anna wants to know when our train leaves: look it up in my notes and mail it to her (anna@example.org)',
        model: [
          choose('search-files', 'read-file', 'send-mail'),
          call('search-files', { query: 'train' }),
          call('read-file', { path: 'notes/trip.txt' }, { sees: ['notes/trip.txt'] }),
          call(
            'send-mail',
            {
              to: ['anna@example.org'],
              subject: 'Our train on Saturday',
              text: 'Our train leaves at 9:14 on Saturday, from platform 3.',
            },
            { marks: ['Train: 9:14 from platform 3.'] },
          ),
          say('Anna knows: 9:14 on Saturday, from platform 3. It was in notes/trip.txt.', {
            sees: ['Step 3 succeeded'],
          }),
        ],
        replies: [yes('anna@example.org', `from platform 3.\n\n${unfamiliar}`)],
        end: {
          steps: ['workstation search-files', 'workstation read-file', 'messenger send-mail'],
          text: ['Anna knows', 'Done:', 'anna@example.org'],
        },
      },
    ],
    after: { 'sent 1': /^to anna@example\.org\n[\s\S]*Our train leaves at 9:14 on Saturday/ },
  },
  {
    name: 'a page is read, kept in a file and mailed: three skills of three roles, one approval',
    needs: ['mailbox'],
    turns: [
      {
        person: 'Read {site}/article, save what matters to notes/well.txt, and mail it to anna@example.org',
        model: [
          choose('fetch-page', 'write-file', 'send-mail'),
          call('fetch-page', { url: '{site}/article' }),
          call(
            'write-file',
            { path: 'notes/well.txt', text: 'The village well: dug in 1742, forty metres deep.\n' },
            { marks: ['dug in 1742'] },
          ),
          call('send-mail', {
            to: ['anna@example.org'],
            subject: 'The village well',
            text: 'The village well: dug in 1742, forty metres deep.',
          }),
          say('The well was dug in 1742 and is forty metres deep. It is in notes/well.txt, and Anna has it by mail.'),
        ],
        replies: [{ ...yes('anna@example.org', 'forty metres deep', unfamiliar), rule: 'ask-before-it-counts' }],
        end: {
          steps: ['browser fetch-page', 'workstation write-file', 'messenger send-mail'],
          text: ['Anna has it by mail', 'Done:', 'notes/well.txt', 'anna@example.org'],
        },
      },
    ],
    after: {
      'folder notes': '(folder)',
      'file notes/well.txt': 'The village well: dug in 1742, forty metres deep.\n',
      'sent 1': /^to anna@example\.org\n[\s\S]*forty metres deep/,
    },
  },
  {
    name: 'another role is asked what it thinks, without tools and without doing anything',
    files: { 'offer.txt': 'Tables: 3 at 120.00\n' },
    turns: [
      {
        person: 'Read offer.txt and then tell me whether the offer is any good',
        model: [
          choose('read-file'),
          call('read-file', { path: 'offer.txt' }),
          call(
            'ask-role',
            { role: 'business', question: 'Is 120.00 a good price for a table?' },
            { offers: ['ask-role'] },
          ),
          judge('It is what we ask ourselves.', {
            offersNone: true,
            knows: ['You are business', 'Is 120.00 a good price for a table?'],
          }),
          say('It is the usual price.', { knows: ['It is what we ask ourselves.'] }),
        ],
        end: { steps: ['workstation read-file'], text: ['It is the usual price.'] },
      },
    ],
    after: {},
  },
  {
    name: 'a mail leads to a file and to a message: messenger and workstation',
    needs: ['mailbox', 'chat'],
    mails: [{ from: 'school@example.net', subject: 'School trip', text: 'Bus at 7:30 on Monday.' }],
    turns: [
      {
        person:
          'Find the mail about the school trip, write into trip.txt when the bus leaves, and tell anna in the chat',
        model: [
          choose('read-mail', 'write-file', 'send-message'),
          call('read-mail', { subject: 'School trip' }),
          call('write-file', { path: 'trip.txt', text: 'Bus: Monday 7:30\n' }, { marks: ['Bus at 7:30'] }),
          call('send-message', { to: 'anna@example.org', text: 'The bus leaves at 7:30' }),
          say('Monday 7:30; anna knows.'),
        ],
        replies: [yes('The bus leaves at 7:30', unfamiliar)],
        end: { steps: ['messenger read-mail', 'workstation write-file', 'messenger send-message'] },
      },
    ],
    after: { 'file trip.txt': 'Bus: Monday 7:30\n', 'chat 1': 'The bus leaves at 7:30' },
  },
  {
    name: 'what was said and done before is known in the next turn of the session',
    files: { 'a.txt': 'Apples' },
    turns: [
      {
        person: 'read a.txt',
        model: [],
        end: { steps: ['workstation read-file'], text: ['Apples'] },
      },
      {
        person: 'thanks a lot',
        model: [say('With pleasure.', { knows: ['read a.txt'], marks: ['Apples'], offersNone: true })],
        end: { steps: [], text: ['With pleasure.'] },
      },
    ],
    after: {},
  },
];
