// Goals about a shop: its ERP, its database, and a program with an API.
import { type Conversation, call, choose, from, say, yes } from './recording.ts';

export const business: readonly Conversation[] = [
  {
    name: 'a database is looked at, and asked',
    turns: [
      {
        person: 'Which products are nearly sold out? Look into the database, and then tell me',
        model: [
          choose('describe-database', 'query-database'),
          call('describe-database', {}),
          call(
            'query-database',
            { sql: 'select name, stock from products where stock < 10' },
            { marks: ['"name":"products"'] },
          ),
          say('Only the table, of which there are 3.', { marks: ['"Table"'] }),
        ],
        end: { steps: ['business describe-database', 'business query-database'], text: ['of which there are 3'] },
      },
    ],
    after: {},
  },
  {
    name: 'a database is not changed by a query, whatever the model thinks',
    turns: [
      {
        person: 'Which products are in the database, and could one delete the tables among them?',
        model: [
          choose('query-database'),
          call('query-database', { sql: "delete from products where name = 'Table'" }),
          say('I can only read it.', { sees: ['Step 1 failed', 'not-a-query'] }),
        ],
        end: { steps: ['business query-database failed'], text: ['I can only read it.'] },
      },
    ],
    after: {},
  },
  {
    name: 'a customer is found, and what they have ordered',
    needs: ['erp'],
    turns: [
      {
        person: 'Who is the customer Beispiel, and is any of the orders open?',
        model: [
          choose('find-customer', 'list-orders'),
          call('find-customer', { customer: 'Beispiel' }),
          call('list-orders', { customer: 'C-1003', which: 'all' }, { marks: ['Beispiel & S', 'C-1003'] }),
          say('Beispiel & Söhne; PO-77 is a draft.', { marks: ['PO-77'] }),
        ],
        end: { steps: ['business find-customer', 'business list-orders'] },
      },
    ],
    after: {},
  },
  {
    name: 'a customer who is not there yet is entered',
    needs: ['erp'],
    turns: [
      {
        person: 'We have a new customer: Carla Keller, carla@example.org. She is not in our books yet',
        model: [
          choose('create-customer', 'find-customer'),
          call('find-customer', { customer: 'Carla Keller' }),
          call('create-customer', { name: 'Carla Keller', email: 'carla@example.org' }, { marks: ['"customers":[]'] }),
          say('She is in the books now.'),
        ],
        end: { steps: ['business find-customer', 'business create-customer'] },
      },
    ],
    after: { 'customer Carla Keller': 'there' },
  },
  {
    name: 'an order: looked up, drafted, shown, and confirmed after a yes to all of it',
    needs: ['erp'],
    turns: [
      {
        person: 'Find the product chair, and then draft an order of 2 of that for Anna Meier; show it and confirm it',
        model: [
          choose('find-product', 'draft-order', 'show-order', 'confirm-order'),
          call('find-product', { product: 'chair' }),
          call('draft-order', { customer: 'Anna Meier', items: '2 chairs' }, { marks: ['CH-1'] }),
          call('show-order', { number: '{number}' }, { sees: [/(?<number>SB-[0-9A-F-]+)/] }),
          call('confirm-order', { order: from(3, 'order') }, { marks: ['"unitPrice":"49.90"'] }),
          say('{number} is confirmed.'),
        ],
        replies: [yes('Anna Meier', '2 u Chair at 49.90: 99.80')],
        end: {
          steps: ['business find-product', 'business draft-order', 'business show-order', 'business confirm-order'],
        },
      },
    ],
    after: { 'order {number}': 'processing' },
  },
  {
    name: 'a program with an API is asked, and changed after a yes',
    turns: [
      {
        person:
          'Who are the guests of the party? I wonder whether Carla is one of them; if not, invite the guest Carla',
        model: [
          choose('list-guests', 'invite-guest'),
          call('list-guests', {}),
          call('invite-guest', { name: 'Carla' }, { marks: ['Ben'] }),
          say('Carla is on the list now.', { sees: ['Step 2 succeeded'] }),
        ],
        replies: [yes('POST', '/guests', 'Carla')],
        end: { steps: ['business list-guests', 'business invite-guest'] },
      },
    ],
    after: { 'guest list 1': 'POST /guests {"name":"Carla"}' },
  },
];
