// The site that a page must be on before anything is done to it: what a person approves is meant for that one.
import { z } from 'zod';

export const siteField = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .optional()
  .describe('the host that the open page must be on, such as shop.example.com; nothing is done on another one');

/** ` on shop.example.com` */
export function onSite(site: string | undefined): string {
  return site === undefined ? ' on the page that is open' : ` on the page that is open, if it is on ${site}`;
}
