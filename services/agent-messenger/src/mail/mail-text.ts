// What a mail says, as plain text.
import type { Email } from 'postal-mime';

/** Past that a mail is no letter: the rest is not looked at. */
const htmlCharactersMax = 1_000_000;
const textCharactersMax = 500_000;

interface TextOptions {
  /** False: without the mails that it quotes, as far as its HTML marks them. */
  readonly quotes: boolean;
}

/** How mail programs mark what they quote. */
const quoteSelectors = ['blockquote', '.gmail_quote', '.moz-cite-prefix', '#divRplyFwdMsg', '.protonmail_quote'];

async function htmlText(html: string, { quotes }: TextOptions): Promise<string> {
  const { convert } = await import('html-to-text');
  return convert(html.slice(0, htmlCharactersMax), {
    wordwrap: false,
    limits: { maxInputLength: htmlCharactersMax, maxDepth: 100, maxChildNodes: 10_000 },
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
      ...(quotes ? [] : quoteSelectors.map((selector) => ({ selector, format: 'skip' }))),
    ],
  });
}

/** The plain text if there is one, else what its HTML says. */
export async function mailText(
  { text, html }: Pick<Email, 'text' | 'html'>,
  options: TextOptions = { quotes: true },
): Promise<string> {
  const plain = text?.trim() ? text : html === undefined ? '' : await htmlText(html, options);
  return plain.slice(0, textCharactersMax).toWellFormed().replaceAll('\r\n', '\n').replaceAll('\0', '').trim();
}
