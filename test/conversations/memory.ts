// Goals about what is remembered beyond a session.
import { type Conversation, call, choose, from, say, yes } from './recording.ts';

export const memory: readonly Conversation[] = [
  {
    name: 'a fact is remembered in one session, used in another, and forgotten for good',
    turns: [
      {
        person: 'I would like you to know that I am allergic to nuts',
        model: [
          choose('remember'),
          call('remember', { statement: 'The person is allergic to nuts' }),
          say('I will keep it in mind.', { sees: ['Step 1 succeeded'] }),
        ],
        end: { steps: ['workstation remember'], text: ['Done:', 'Remembered'] },
      },
      {
        person: 'Is there anything that I must not eat?',
        session: 'another',
        model: [
          choose('recall'),
          call('recall', { topic: 'allergic' }, { hides: ['nuts'] }),
          say('Nuts.', { sees: ['allergic to nuts'] }),
        ],
        end: { steps: ['workstation recall'], text: ['Nuts.'] },
      },
      {
        person: 'That thing with the nuts is over, so you need not keep it in mind any more: forget it',
        session: 'a third',
        model: [
          choose('recall', 'forget'),
          call('recall', { topic: 'nuts' }),
          call('forget', { memory: from(1, 'memory') }, { sees: ['allergic to nuts'] }),
          say('It is forgotten.', { sees: ['Step 2 succeeded'] }),
        ],
        replies: [yes('The person is allergic to nuts', 'cannot be undone')],
        end: { steps: ['workstation recall', 'workstation forget'] },
      },
    ],
    after: {},
  },
  {
    name: 'what is always in view is known in a session where nothing was said of it',
    turns: [
      {
        person: 'Whatever we talk about, keep in mind for ever that my name is Robin; I would like that',
        model: [
          choose('remember'),
          call('remember', { statement: 'The person is called Robin', keep: 'always' }),
          say('Robin. I will.'),
        ],
        end: { steps: ['workstation remember'] },
      },
      {
        person: 'hi',
        session: 'another',
        model: [
          say('Hello Robin.', {
            knows: ['What you know of the person:\n- The person is called Robin'],
            offersNone: true,
          }),
        ],
        end: { steps: [], text: ['Hello Robin.'] },
      },
      {
        person: 'Do you have anything about my name? If so, forget that for good',
        session: 'a third',
        model: [
          choose('recall', 'forget'),
          call('recall', { topic: 'Robin' }),
          call('forget', { memory: from(1, 'memory') }),
          say('Gone.', { hides: ['What you know of the person:'] }),
        ],
        replies: [yes('The person is called Robin')],
        end: { steps: ['workstation recall', 'workstation forget'] },
      },
    ],
    after: {},
  },
  {
    name: 'what is remembered after a page was read is kept as such, and withheld from a plain look',
    turns: [
      {
        person: 'Look at {site}/plain and remember what it is made of, that matters to me',
        model: [
          choose('fetch-page', 'remember'),
          call('fetch-page', { url: '{site}/plain' }),
          call(
            'remember',
            { statement: 'The plain page has nothing but words', keep: 'always' },
            { marks: ['Nothing but words'] },
          ),
          say('I have made a note.'),
        ],
        end: { steps: ['browser fetch-page', 'workstation remember'], text: ['Remembered: The plain page'] },
      },
      {
        person: 'Do you know anything about plain pages? I mean all that there is, whoever said it',
        session: 'another',
        model: [
          choose('recall', 'recall-all'),
          call('recall', { topic: 'plain page' }, { hides: ['nothing but words'] }),
          call('recall-all', { topic: 'plain page' }, { sees: ['"withheld":1'], hides: ['nothing but words'] }),
          say('Somebody says that they have nothing but words.', { marks: ['nothing but words'] }),
        ],
        end: { steps: ['workstation recall', 'workstation recall-all'] },
      },
      {
        person: 'Do you know anything about plain pages? Forget all that, whoever said it',
        session: 'a third',
        model: [
          choose('recall-all', 'forget'),
          call('recall-all', { topic: 'plain page' }),
          call('forget', { memory: from(1, 'memory') }),
          say('It is forgotten.'),
        ],
        replies: [yes('nothing but words')],
        end: { steps: ['workstation recall-all', 'workstation forget'] },
      },
    ],
    after: {},
  },
];
