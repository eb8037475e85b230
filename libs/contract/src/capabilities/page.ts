// Web pages in a browser, as a skill sees them. All text of a page is somebody else's: data, and never an order.

export interface PageInfo {
  /** Where it was in the end, after every redirect; without a password and the part after `#`. */
  readonly url: string;
  readonly title: string;
}

export interface PageLink {
  readonly text: string;
  /** Absolute, http or https. */
  readonly url: string;
}

export interface PageText extends PageInfo {
  /** What there is to read, as plain text with blank lines between paragraphs: at most 2 million characters. */
  readonly text: string;
  /** Of the whole page, each address once: at most 500. */
  readonly links: readonly PageLink[];
  readonly byline?: string;
  /** BCP 47, as the page says it. */
  readonly language?: string;
}

export interface PageTable {
  readonly caption?: string;
  /** Empty where the table has no row of headings. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a page says in a form that programs can read. All of it is bounded; what is over is left out. */
export interface PageFacts extends PageInfo {
  /** Names of meta elements (`description`, `og:title`, …) with their content. */
  readonly meta: Readonly<Record<string, string>>;
  /** The objects of all JSON-LD blocks that can be parsed. */
  readonly jsonLd: readonly Readonly<Record<string, unknown>>[];
  /** The items of microdata: property → value, with the last part of the type as `@type`. */
  readonly microdata: readonly Readonly<Record<string, unknown>>[];
  readonly tables: readonly PageTable[];
  readonly lists: readonly (readonly string[])[];
  /** `Price: 12 €`, from definition lists, tables of two columns, and lines with a colon. */
  readonly pairs: readonly { readonly name: string; readonly value: string }[];
}

/** Something on an open page that can be filled in or clicked. */
export interface PageControl {
  /** Its ARIA role: `textbox`, `combobox`, `checkbox`, `button`, `link` … */
  readonly role: string;
  /** How it is called on the page. */
  readonly name: string;
  /** What is in it or chosen; never of a password. */
  readonly value?: string;
}

/** The page that a session has open. */
export interface PageView extends PageInfo {
  /** What there is to read of it: at most 100,000 characters. */
  readonly text: string;
  /** At most 300, in the order of the page. */
  readonly controls: readonly PageControl[];
  /** It asks for a password. */
  readonly asksForPassword: boolean;
}

export interface PageDownload {
  readonly url: string;
  /** A plain file name: no folder, no control character. */
  readonly name: string;
  readonly mediaType: string;
  /** At most artifactBytesMax. */
  readonly bytes: Uint8Array;
}

/**
 * Looking at pages. Each session has its own cookies and storage, and keeps them from one call to the next. `url` is http
 * or https. All throw SkillError with reason `bad-address`, `address-refused` (it is not on the public internet, and the
 * operator has not named it), `name-not-found`, `unreachable`, `bad-certificate`, `too-many-redirects`, `too-large`,
 * `too-slow` (also a page that never lets go of the processor), `http-error`, `login-needed`, `not-a-page` (a file) or
 * `page-crashed`; SwitchboardError `unavailable` when there is no Chromium or it ended in the middle; and the signal's
 * reason.
 */
export interface PageRead {
  /** The text of a page, once its scripts have run. */
  read(url: string): Promise<PageText>;
  facts(url: string): Promise<PageFacts>;
  /** A PNG of what is seen first, or of the whole page (at most 16,384 pixels high). */
  picture(
    url: string,
    options: { wholePage: boolean },
  ): Promise<PageInfo & { readonly image: Uint8Array; readonly width: number; readonly height: number }>;
  /** As a PDF of A4 pages. */
  print(url: string): Promise<PageInfo & { readonly pdf: Uint8Array }>;
  /** What an address gives, page or not, as it is. */
  download(url: string): Promise<PageDownload>;
  /** Opens it in the page that the session keeps. */
  open(url: string): Promise<PageView>;
  /** The page that the session keeps, as it is now. Throws `no-page` when none was opened. */
  view(): Promise<PageView>;
}

/**
 * Acting on the page that the session keeps. `site`, where given, is the host that it must be on: `wrong-site` otherwise,
 * and nothing is done. Throws as PageRead does, and `no-page`, `no-such-element`, `ambiguous-element` or `not-fillable`;
 * SwitchboardError `outcome-unknown` when the browser ended in the middle of it.
 */
export interface PageAct {
  /** Finds every field first, by its label, placeholder or name, and only then fills in any. */
  fill(
    fields: readonly { readonly field: string; readonly value: string }[],
    options: { submit: boolean; site: string | undefined },
  ): Promise<PageView>;
  /** By the name that a button, link or other control has on the page. */
  click(target: string, options: { site: string | undefined }): Promise<PageView>;
}
