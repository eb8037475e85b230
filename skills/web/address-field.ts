// The address of a web page, as every skill here takes it.
import { z } from 'zod';

export function addressField(what: string) {
  return z
    .string()
    .trim()
    .min(1)
    .max(2048)
    .describe(`web address of ${what}, such as example.com or https://example.com/a`);
}

/** Where the page was in the end. */
export const finalAddress = z.string().describe('the address after every redirect');
export const pageTitle = z.string().describe('the title of the page; empty when it has none');
