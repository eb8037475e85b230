// Why a mail skill may refuse, in one wording for all of them.

/** Anything that is done with one mail of the mailbox. */
export const mailReasons = {
  'not-found': 'There is no such mail in the mailbox.',
  'no-folder': 'The mailbox has no such folder.',
} as const;

/** Anything that sends. */
export const sendReasons = {
  refused: 'The mail server does not take this mail, or none of its recipients.',
  'bad-address': 'An address or the subject cannot stand in a mail.',
  'too-large': 'The mail would be larger than a mail may be.',
} as const;
