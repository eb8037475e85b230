// Why a page could not be had, for the contracts of the skills here: as the page capability throws them.

/** Going to an address. */
export const visitReasons = {
  'bad-address': 'That is not the address of a web page.',
  'address-refused':
    'The address is not on the public internet, and the operator has not named it in BROWSER_ALLOW_HOSTS.',
  'name-not-found': 'No address was found for the name.',
  unreachable: 'Nobody answers there, or the connection ended too soon.',
  'bad-certificate': 'The certificate of the site is not to be trusted.',
  'too-many-redirects': 'It sends from one address to the next without end.',
  'too-large': 'It is larger than can be taken.',
  'too-slow': 'It did not answer in time, or keeps the browser busy.',
  'http-error': 'The site answered with an error.',
  'login-needed': 'The site asks who you are first.',
} as const;

/** Showing what is there. */
export const pageReasons = {
  ...visitReasons,
  'not-a-page': 'It is a file and no page.',
  'page-crashed': 'The page made the browser’s tab end.',
} as const;

/** Working in the page that is open. */
export const openPageReasons = {
  ...pageReasons,
  'no-page': 'No page is open.',
} as const;

/** Acting on it. */
export const actReasons = {
  ...openPageReasons,
  'wrong-site': 'The page that is open is on another site.',
  'no-such-element': 'There is nothing of that name on the page.',
  'ambiguous-element': 'Several things on the page have that name.',
} as const;
