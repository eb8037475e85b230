// What somebody said in a mail: without the mails that they quote, and without their signature.
import { runInNewContext } from 'node:vm';
import type { Email } from 'postal-mime';
import { mailText } from '../mail-text.ts';

/** More is not said in a request; what comes after it is quoted, or attached as text. */
const charactersMax = 20_000;
/** The patterns by which quotes are known take very long for some texts that nobody has written by hand. */
const msMax = 250;

/** Runs of blank lines and spaces say nothing, and cost the most. */
function tightened(text: string): string {
  return text
    .slice(0, charactersMax)
    .replace(/[^\S\n]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function withoutMarkedLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n');
}

export async function whatIsSaid(mail: Pick<Email, 'text' | 'html' | 'subject'>): Promise<string> {
  const text = tightened(await mailText(mail, { quotes: false }));
  const { default: EmailReplyParser } = await import('email-reply-parser');
  const parser = new EmailReplyParser();
  let said: string;
  try {
    // Only for its time limit: what runs in it is ours.
    said = String(runInNewContext('strip()', { strip: () => parser.parseReply(text) }, { timeout: msMax }));
  } catch {
    said = withoutMarkedLines(text);
  }
  // Whoever has little to say says it in the subject.
  return said.trim() || (text === '' ? (mail.subject ?? '').trim() : '');
}
