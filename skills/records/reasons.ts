// Why a records skill may refuse, in one wording for all of them.

/** Anything that asks the ERP. */
export const erpReasons = {
  'login-refused': 'The ERP does not accept the user and password that the agent was given.',
  'not-allowed': 'The ERP does not let the agent’s user do this.',
  refused: 'The ERP does not take it, and says why.',
} as const;

/** Anything that is told which record is meant. */
export const choiceReasons = {
  'not-found': 'The ERP has no such record.',
  several: 'Several records match: one must be named exactly.',
} as const;

export const changedReason = { changed: 'The record is not as it was seen any more; nothing was done.' } as const;
export const tooLargeReason = { 'too-large': 'It has more lines than one call may look at.' } as const;
