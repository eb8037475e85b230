// Goals about mail, chat and notifications.
import { type Conversation, call, choose, from, no, say, unfamiliar, yes } from './recording.ts';

const anna = 'anna@example.org';

export const messages: readonly Conversation[] = [
  {
    name: 'a mail is found and read',
    needs: ['mailbox'],
    mails: [
      { from: 'office@tax.example', subject: 'Your tax return', text: 'Please pay 120 francs by June.' },
      { from: 'ben@example.org', subject: 'Fishing', text: 'On Sunday?' },
    ],
    turns: [
      {
        person: 'Has the tax office written, and what do they want?',
        model: [
          choose('search-mail', 'read-mail'),
          call('search-mail', { words: 'tax' }),
          call('read-mail', { subject: 'Your tax return' }, { marks: ['Your tax return'], hides: ['Fishing'] }),
          say('They want 120 francs by June.', { marks: ['Please pay 120 francs'] }),
        ],
        end: { steps: ['messenger search-mail', 'messenger read-mail'], text: ['120 francs'] },
      },
    ],
    after: {},
  },
  {
    name: 'a mail is moved out of the way',
    needs: ['mailbox'],
    mails: [{ from: 'news@shop.example', subject: 'Offers of the week', text: 'Buy!' }],
    turns: [
      {
        person: 'The offers of the week have no place in my inbox, the archive is good enough for such mails',
        model: [
          choose('search-mail', 'move-mail'),
          call('search-mail', { subject: 'Offers of the week' }),
          call('move-mail', { subject: 'Offers of the week', target: 'Archive' }, { marks: ['news@shop.example'] }),
          say('It is in the archive.'),
        ],
        end: { steps: ['messenger search-mail', 'messenger move-mail'] },
      },
    ],
    after: { 'mail in INBOX: Offers of the week': null, 'mail in Archive: Offers of the week': 'there' },
  },
  {
    name: 'a mail is written, shown, and sent after a yes',
    needs: ['mailbox'],
    turns: [
      {
        person: 'Ben (ben@example.org) waits for me on Sunday, and I will be late: write him a kind mail',
        model: [
          choose('send-mail'),
          call('send-mail', { to: ['ben@example.org'], subject: 'Sunday', text: 'I will be late.' }),
          say('Ben knows.', { sees: ['Step 1 succeeded'] }),
        ],
        replies: [{ ...yes('ben@example.org', 'I will be late.'), rule: 'ask-before-it-counts' }],
        end: { steps: ['messenger send-mail'], text: ['Ben knows.', 'Done:', 'ben@example.org'] },
      },
    ],
    after: { 'sent 1': /^to ben@example\.org\n[\s\S]*I will be late\./ },
  },
  {
    name: 'a file is mailed as an attachment, by reference',
    needs: ['mailbox'],
    files: { 'notes/todo.txt': 'Buy milk' },
    turns: [
      {
        person: `My list notes/todo.txt might interest ${anna}, as an attachment to a mail that says hello`,
        model: [
          choose('share-file', 'send-mail'),
          call('share-file', { path: 'notes/todo.txt' }),
          call('send-mail', { to: [anna], subject: 'A list', text: 'Hello', attachments: [from(1, 'file')] }),
          say('It is on its way.'),
        ],
        replies: [yes(anna, 'todo.txt')],
        end: { steps: ['workstation share-file', 'messenger send-mail'] },
      },
    ],
    after: { 'sent 1': /^to anna@example\.org\n[\s\S]*Buy milk/ },
  },
  {
    name: 'a mail that was read is answered after a yes that names the danger',
    needs: ['mailbox'],
    mails: [{ from: 'Anna <anna@example.org>', subject: 'Party on Friday', text: 'Will you come?' }],
    turns: [
      {
        person: 'What does Anna want to know about the party on Friday? Tell her yes by mail',
        model: [
          choose('read-mail', 'send-mail'),
          call('read-mail', { subject: 'Party on Friday' }),
          call(
            'send-mail',
            { to: [anna], subject: 'Re: Party on Friday', text: 'Yes!' },
            { marks: ['Will you come?'] },
          ),
          say('She asked whether you come. I have said yes.'),
        ],
        replies: [{ ...yes(anna, 'Yes!', unfamiliar), rule: 'ask-before-it-counts' }],
        end: { steps: ['messenger read-mail', 'messenger send-mail'] },
      },
    ],
    after: { 'sent 1': /^to anna@example\.org\n[\s\S]*Yes!/ },
  },
  {
    name: 'a mail that is refused is not sent',
    needs: ['mailbox'],
    turns: [
      {
        person: 'anna@example.org is my boss, and I have had enough: write her a short mail about that',
        model: [choose('send-mail'), call('send-mail', { to: [anna], subject: 'The end', text: 'I quit.' })],
        replies: [no('I quit.')],
        end: { state: 'canceled', steps: [], error: { code: 'approval-refused' } },
      },
    ],
    after: {},
  },
  {
    name: 'somebody is told in the chat, after a yes',
    needs: ['chat'],
    turns: [
      {
        person: 'Tell anna in the chat that dinner is ready',
        model: [
          choose('send-message'),
          call('send-message', { to: anna, text: 'Dinner is ready' }),
          say('She knows.', { sees: ['Step 1 succeeded'] }),
        ],
        replies: [yes(anna, 'Dinner is ready')],
        end: { steps: ['messenger send-message'] },
      },
    ],
    after: { 'chat 1': 'Dinner is ready' },
  },
  {
    name: 'a phone is told, after a yes',
    needs: ['notifications'],
    files: { 'backup/today.tar': 'all of it' },
    turns: [
      {
        person: 'If there is something in the folder backup, then my phone should hear that the backup is done',
        model: [
          choose('list-files', 'notify'),
          call('list-files', { path: 'backup' }),
          call('notify', { text: 'The backup is done' }, { sees: ['today.tar'] }),
          say('Your phone has it.'),
        ],
        replies: [yes('The backup is done')],
        end: { steps: ['workstation list-files', 'messenger notify'] },
      },
    ],
    after: { 'notification 1': 'The backup is done' },
  },
];
