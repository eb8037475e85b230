// Goals about files and commands.
import { type Conversation, call, choose, from, no, say, yes } from './recording.ts';

const report = Array.from(
  { length: 900 },
  (_, n) => `Line ${n}: the weather station says ${n * 7} and is content.`,
).join('\n');

export const files: readonly Conversation[] = [
  {
    name: 'a note is found by what it says, and read',
    files: { 'notes/trip.txt': 'The train to Bern leaves at 9:14.', 'notes/food.txt': 'Bread, butter.' },
    turns: [
      {
        person: 'Which of my notes says when the train to Bern leaves?',
        model: [
          choose('search-files', 'read-file'),
          call(
            'search-files',
            { query: 'Bern' },
            { offers: ['ask-person', 'ask-role'], knows: ['when the train to Bern leaves?'] },
          ),
          call(
            'read-file',
            { path: 'notes/trip.txt' },
            { sees: ['Step 1 succeeded', 'notes/trip.txt'], hides: ['butter'] },
          ),
          say('notes/trip.txt: it leaves at 9:14.', {
            sees: ['Step 2 succeeded'],
            marks: ['The train to Bern leaves at 9:14'],
          }),
        ],
        end: { steps: ['workstation search-files', 'workstation read-file'], text: ['it leaves at 9:14'] },
      },
    ],
    after: {},
  },
  {
    name: 'receipts that lie around are put into one folder',
    files: { 'receipt-may.txt': 'May 12.00', 'receipt-june.txt': 'June 9.50', 'poem.txt': 'Roses' },
    turns: [
      {
        person: 'Bring some order into my receipts: make a folder for them, and move whatever belongs there',
        model: [
          choose('list-files', 'make-folder', 'move-file'),
          call('list-files', {}),
          call('make-folder', { path: 'receipts' }, { sees: ['receipt-june.txt', 'poem.txt'] }),
          call('move-file', { from: 'receipt-may.txt', to: 'receipts/receipt-may.txt' }),
          call(
            'move-file',
            { from: 'receipt-june.txt', to: 'receipts/receipt-june.txt' },
            { sees: ['Step 3 succeeded'] },
          ),
          say('Both receipts are in receipts now.', { knows: ['receipts/receipt-may.txt'] }),
        ],
        end: {
          steps: [
            'workstation list-files',
            'workstation make-folder',
            'workstation move-file',
            'workstation move-file',
          ],
          text: ['Both receipts are in receipts now.', 'Done:'],
        },
      },
    ],
    after: {
      'folder receipts': '(folder)',
      'file receipt-may.txt': null,
      'file receipt-june.txt': null,
      'file receipts/receipt-may.txt': 'May 12.00',
      'file receipts/receipt-june.txt': 'June 9.50',
    },
  },
  {
    name: 'second copies are deleted, each after a yes of its own',
    files: { 'a.jpg': 'picture one', 'b.jpg': 'picture one', 'c.jpg': 'picture two' },
    turns: [
      {
        person: 'I think some photos are there twice, get rid of the second copies',
        model: [
          choose('find-duplicates', 'delete-file'),
          call('find-duplicates', {}),
          call('delete-file', { path: 'b.jpg' }, { sees: ['a.jpg', 'b.jpg'], hides: ['picture one'] }),
          say('b.jpg was the same as a.jpg, and is gone.', { sees: ['Step 2 succeeded'] }),
        ],
        replies: [yes('b.jpg')],
        end: { steps: ['workstation find-duplicates', 'workstation delete-file'], text: ['Done:', 'b.jpg'] },
      },
    ],
    after: { 'file b.jpg': null },
  },
  {
    name: 'what a folder holds is written into a file',
    files: { 'archive/one.txt': '1', 'archive/two.txt': '22' },
    turns: [
      {
        person: 'How full is the archive, and put the answer into archive/README.txt',
        model: [
          choose('summarize-folder', 'write-file'),
          call('summarize-folder', { path: 'archive' }),
          call('write-file', { path: 'archive/README.txt', text: 'Two files.\n' }, { sees: ['"files":2'] }),
          say('Two files are in it.'),
        ],
        end: {
          steps: ['workstation summarize-folder', 'workstation write-file'],
          text: ['Done:', 'archive/README.txt'],
        },
      },
    ],
    after: { 'file archive/README.txt': 'Two files.\n' },
  },
  {
    name: 'a skill that fails is followed by another way',
    files: { 'offer.txt': 'One chair: CHF 80.\n' },
    turns: [
      {
        person: 'The price in offer.txt is wrong, it should be 90',
        model: [
          choose('replace-text', 'read-file'),
          call('replace-text', { path: 'offer.txt', oldText: 'EUR 80', newText: 'EUR 90' }),
          call('read-file', { path: 'offer.txt' }, { sees: ['Step 1 failed', 'no-match'] }),
          call(
            'replace-text',
            { path: 'offer.txt', oldText: 'CHF 80', newText: 'CHF 90' },
            { marks: ['One chair: CHF 80'] },
          ),
          say('It says CHF 90 now.', { sees: ['Step 3 succeeded'] }),
        ],
        end: {
          steps: ['workstation replace-text failed', 'workstation read-file', 'workstation replace-text'],
          text: ['It says CHF 90 now.', 'Done:'],
        },
      },
    ],
    after: { 'file offer.txt': 'One chair: CHF 90.\n' },
  },
  {
    name: 'the size of a file is noted in another',
    files: { 'report.csv': 'a,b\n1,2\n', 'log.txt': 'Begun.\n' },
    turns: [
      {
        person: 'Look how large report.csv is, and then note that at the end of log.txt',
        model: [
          choose('file-info', 'append-file'),
          call('file-info', { path: 'report.csv' }),
          call('append-file', { path: 'log.txt', text: 'report.csv: 8 bytes' }, { sees: ['"size":8'] }),
          say('8 bytes; it is in log.txt.'),
        ],
        end: { steps: ['workstation file-info', 'workstation append-file'] },
      },
    ],
    after: { 'file log.txt': /^Begun\.\nreport\.csv: 8 bytes\n?$/ },
  },
  {
    name: 'a folder is copied, and another one goes after a yes',
    files: { 'project/plan.txt': 'Build it', 'drafts/old.txt': 'Old' },
    turns: [
      {
        person: 'Keep a copy of project under backup, and then throw the old drafts away',
        model: [
          choose('copy-file', 'delete-folder'),
          call('copy-file', { from: 'project', to: 'backup' }),
          call('delete-folder', { path: 'drafts' }, { sees: ['Step 1 succeeded'] }),
          say('project is in backup, and drafts is gone.'),
        ],
        replies: [yes('drafts')],
        end: { steps: ['workstation copy-file', 'workstation delete-folder'] },
      },
    ],
    after: {
      'folder backup': '(folder)',
      'file backup/plan.txt': 'Build it',
      'folder drafts': null,
      'file drafts/old.txt': null,
    },
  },
  {
    name: 'a command counts, and its number is noted',
    files: { 'data.csv': 'a\nb\nc\n' },
    turns: [
      {
        person: 'How many lines does data.csv have? A command could count them; put the number into counts.txt',
        model: [
          choose('run-command', 'write-file'),
          call('run-command', { command: 'wc -l < data.csv' }),
          call('write-file', { path: 'counts.txt', text: '3\n' }, { marks: ['"stdout":"3'] }),
          say('3 lines.'),
        ],
        end: { steps: ['workstation run-command', 'workstation write-file'], text: ['3 lines.'] },
      },
    ],
    after: { 'file counts.txt': '3\n' },
  },
  {
    name: 'a script works something out',
    files: { 'data.csv': '3\n4\n5\n' },
    turns: [
      {
        person: 'Work out the sum of the amounts in data.csv with a little script',
        model: [
          choose('run-script', 'read-file'),
          call('run-script', {
            script: 'sum=0; while read n; do sum=$((sum + n)); done < data.csv; echo "sum $sum"',
            language: 'bash',
          }),
          say('12.', { marks: ['sum 12'] }),
        ],
        end: { steps: ['workstation run-script'], text: ['12.'] },
      },
    ],
    after: {},
  },
  {
    name: 'a long text travels by reference: the model sees its beginning, the file gets all of it',
    files: { 'report.txt': report },
    turns: [
      {
        person: 'Take what the long report.txt says and put all of it into copy.txt',
        model: [
          choose('read-file', 'write-file'),
          call('read-file', { path: 'report.txt' }),
          call(
            'write-file',
            { path: 'copy.txt', text: from(1, 'text') },
            { sees: ['Only the beginning is shown', 'Line 3:', 'Fields: path, size, text'], hides: ['Line 899:'] },
          ),
          say('copy.txt has it.', { hides: ['Line 899:'] }),
        ],
        end: { steps: ['workstation read-file', 'workstation write-file'] },
      },
    ],
    after: { 'file copy.txt': report },
  },
  {
    name: 'what is refused is not done, and the turn is over',
    files: { 'contract.txt': 'Signed' },
    turns: [
      {
        person: 'I think the old contract.txt should be deleted, should it not? Do it if you agree',
        model: [choose('delete-file'), call('delete-file', { path: 'contract.txt' })],
        replies: [no('contract.txt', 'cannot be undone')],
        end: { state: 'canceled', steps: [], error: { code: 'approval-refused' } },
      },
    ],
    after: {},
  },
  {
    name: 'what is missing is asked for, and the answer goes on',
    turns: [
      {
        person: 'Write the shopping list for the party',
        model: [
          choose('write-file'),
          call('ask-person', { text: 'What is on the list?' }),
          call(
            'write-file',
            { path: 'party.txt', text: 'Cake, lemonade' },
            { sees: ['The person answers: cake and lemonade'] },
          ),
          say('party.txt has cake and lemonade.'),
        ],
        replies: [{ asked: ['What is on the list?'], answer: { text: 'cake and lemonade' } }],
        end: { steps: ['workstation write-file'] },
      },
    ],
    after: { 'file party.txt': 'Cake, lemonade' },
  },
];
