// What XML 1.0 can hold: a stanza with anything else in it ends the whole connection.

/** The complement of production [2] Char; with the u flag, half a surrogate pair is of it too. */
const illegal = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

export function isXmlText(text: string): boolean {
  return !illegal.test(text);
}
