// Text of others on a terminal: what would steer it, or turn the order of what is read, is shown and not obeyed.

/** Control characters but tab and line end, marks of writing direction, and ends of lines that few know. */
const steering = /[^\P{Cc}\t\n]|[\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/** Every such character as its number, `\u{1b}`; may be called again on what it returned. */
export function plainText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(steering, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
