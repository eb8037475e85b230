// What one page may take of the machine, and of the person's time.

export interface PageLimits {
  /** Bytes that may come in for one page with all that it loads. */
  readonly pageBytesMax: number;
  /** For a download; what an artifact may hold. */
  readonly downloadBytesMax: number;
  /** Until the first of it is there. */
  readonly answerMsMax: number;
  /** Until it has loaded; then it is taken as it is. */
  readonly loadMsMax: number;
  /** After that, until it stops asking for more. */
  readonly settleMsMax: number;
  /** For anything that the page itself must do; it may be busy for ever. */
  readonly replyMsMax: number;
  /** Characters of its HTML. */
  readonly htmlCharactersMax: number;
  /** Windows that a session has open at a time. */
  readonly windowsMax: number;
}

export const defaultPageLimits: PageLimits = {
  pageBytesMax: 64 * 1024 * 1024,
  downloadBytesMax: 16 * 1024 * 1024,
  answerMsMax: 20_000,
  loadMsMax: 15_000,
  settleMsMax: 2_000,
  replyMsMax: 5_000,
  htmlCharactersMax: 8_000_000,
  windowsMax: 4,
};
