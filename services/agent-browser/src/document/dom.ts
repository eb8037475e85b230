// The little of the DOM that is used here: linkedom has it all, and no types of its own.
import { parseHTML } from 'linkedom';

export interface DomNode {
  /** 1: element, 3: text. */
  readonly nodeType: number;
  readonly textContent: string | null;
  readonly childNodes: Iterable<DomNode>;
}

export interface DomElement extends DomNode {
  /** Upper case for HTML. */
  readonly tagName: string;
  readonly children: Iterable<DomElement>;
  readonly parentElement: DomElement | null;
  getAttribute(name: string): string | null;
  hasAttribute(name: string): boolean;
  querySelector(selector: string): DomElement | null;
  querySelectorAll(selector: string): Iterable<DomElement>;
  closest(selector: string): DomElement | null;
  remove(): void;
}

export interface DomDocument {
  readonly title: string;
  readonly documentElement: DomElement | null;
  readonly body: DomElement | null;
  querySelector(selector: string): DomElement | null;
  querySelectorAll(selector: string): Iterable<DomElement>;
}

/** Runs no script and loads nothing. */
export function parseDocument(html: string): DomDocument {
  const { document } = parseHTML(html);
  return document;
}

export function isElement(node: DomNode): node is DomElement {
  return node.nodeType === 1;
}

/** Its words on one line. */
export function lineOf(node: DomNode | null | undefined): string {
  return (node?.textContent ?? '').replace(/\s+/g, ' ').trim();
}
