// What there is to read on a page: the article where there is one, else all of it; and where its links lead.
import { Readability } from '@mozilla/readability';
import type { PageLink, PageText } from '@switchboard/contract';
import { type DomDocument, lineOf, parseDocument } from './dom.ts';
import { isHidden, plainText } from './plain-text.ts';

const textCharactersMax = 2_000_000;
const linksMax = 500;
/** A shorter article is taken only when it is most of the page: a list of headlines is no article. */
const articleCharactersMin = 500;
const elementsMax = 200_000;

export type Readable = Omit<PageText, 'url'> & { readonly asksForPassword: boolean };

export interface Outline {
  readonly title: string;
  readonly text: string;
  readonly asksForPassword: boolean;
}

function webUrl(href: string | null, base: string): string | undefined {
  const url = href === null ? null : URL.parse(href, base);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  url.hash = '';
  return url.href.length > 2048 ? undefined : url.href;
}

export function baseOf(document: DomDocument, url: string): string {
  return webUrl(document.querySelector('base[href]')?.getAttribute('href') ?? null, url) ?? url;
}

function linksOf(document: DomDocument, url: string): PageLink[] {
  const base = baseOf(document, url);
  const found = new Map<string, string>();
  for (const anchor of document.querySelectorAll('a[href]')) {
    const target = webUrl(anchor.getAttribute('href'), base);
    if (target === undefined || target === url) continue;
    const text = lineOf(anchor) || (anchor.getAttribute('aria-label') ?? anchor.getAttribute('title') ?? '');
    if ((found.get(target) ?? '') === '') found.set(target, text.slice(0, 200));
    if (found.size >= linksMax) break;
  }
  return Array.from(found, ([target, text]) => ({ text, url: target }));
}

interface Article {
  readonly title: string;
  readonly text: string;
  readonly byline: string;
  readonly language: string;
}

/** Readability changes the document that it reads, so it gets one of its own. */
function articleOf(html: string): Article | undefined {
  const parsed = new Readability(Object(parseDocument(html)), { maxElemsToParse: elementsMax }).parse();
  if (parsed === null) return undefined;
  const body = parseDocument(`<!doctype html><html><body>${parsed.content ?? ''}</body></html>`).body;
  return {
    title: parsed.title ?? '',
    text: body === null ? '' : plainText(body),
    byline: parsed.byline ?? '',
    language: parsed.lang ?? '',
  };
}

export function titleOf(document: DomDocument): string {
  return lineOf(document.querySelector('title')).slice(0, 500);
}

function wholeText(document: DomDocument): string {
  const text = document.body === null ? lineOf(document.documentElement) : plainText(document.body);
  return text.slice(0, textCharactersMax);
}

function asksForPassword(document: DomDocument): boolean {
  return Array.from(document.querySelectorAll('input[type=password i]')).some((input) => !isHidden(input));
}

/** All that there is to read, with what surrounds the article. */
export function outline(html: string): Outline {
  const document = parseDocument(html);
  return { title: titleOf(document), text: wholeText(document), asksForPassword: asksForPassword(document) };
}

/** May throw on a document that no reader can cope with (too many elements, too deep). */
export function readable(html: string, url: string): Readable {
  const document = parseDocument(html);
  const whole = wholeText(document);
  const article = articleOf(html);
  const isArticle =
    article !== undefined && (article.text.length >= articleCharactersMin || article.text.length > whole.length / 2);
  const language = (document.documentElement?.getAttribute('lang') ?? article?.language ?? '').slice(0, 35);
  const byline = (article?.byline ?? '').replace(/\s+/g, ' ').trim().slice(0, 200);
  return {
    title: titleOf(document) || (article?.title.slice(0, 500) ?? ''),
    text: isArticle ? article.text.slice(0, textCharactersMax) : whole,
    links: linksOf(document, url),
    asksForPassword: asksForPassword(document),
    ...(byline === '' ? {} : { byline }),
    ...(language === '' ? {} : { language }),
  };
}
