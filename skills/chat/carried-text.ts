// Text as it can go into a chat message.

/** What XML 1.0 does not know, half characters included. */
const illegal = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Without what a message cannot carry, and no longer than this: it says so where it was cut. */
export function carriedText(text: string, charactersMax: number): string {
  const legal = text.replace(illegal, '\ufffd');
  if (legal.length <= charactersMax) return legal;
  const mark = `\n… (cut: ${legal.length} characters in all)`;
  return legal.slice(0, charactersMax - mark.length).toWellFormed() + mark;
}
