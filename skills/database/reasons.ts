// Why a database skill may refuse, in one wording for both.
export const databaseReasons = {
  'role-may-write': 'The role that the database was given can do more than read: nothing is asked in its name.',
  'not-allowed': 'The role of the database may not do this.',
  'too-slow': 'It took longer than a query may, or waited for a lock.',
  'too-large': 'The answer is larger than is taken.',
  'bad-query': 'The database does not understand it, or it fails on the data.',
} as const;
