// Files beneath the workspace, as a skill sees them.
export interface FileInfo {
  /** Relative to the workspace, with `/` between parts; the workspace itself is `.`. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes; 0 for anything but a file. */
  readonly size: number;
  readonly modifiedAt: Date;
  /** The same for one file or folder under every name it has and is given; another one made in its place has another. */
  readonly id: string;
  /** A folder that may not be entered: `walk` names it and passes on. */
  readonly unreadable?: boolean;
}

/**
 * Looking at files beneath the workspace. Every path is relative to it. All throw SkillError with reason `not-found`,
 * `is-folder`, `not-folder`, `path-escapes` (`..`, absolute, a backslash, a link, a hard link, NUL), `bad-name` (too long,
 * too deep, a control character), `not-a-file` (a device, a pipe) or `not-allowed` (the system refuses it).
 */
export interface FilesRead {
  /** Looks at the name itself: a link is named, not refused. */
  info(path: string): Promise<FileInfo>;
  /** The entries of one folder, by name. Throws `too-many` past the agent's limit. */
  list(path: string): Promise<FileInfo[]>;
  /**
   * Everything beneath a folder, parents first, by name; links are named, never followed. Stops at the signal. Throws
   * `too-many` past the agent's limits of entries and depth.
   */
  walk(path: string): AsyncIterable<FileInfo>;
  /** Reads at most `bytesMax` bytes from the start. */
  read(path: string, options: { bytesMax: number }): Promise<{ bytes: Uint8Array; size: number }>;
  /** SHA-256 of the whole file, hex; undefined when there is no file. */
  hash(path: string): Promise<string | undefined>;
  /** The whole file in pieces, for an artifact. */
  stream(path: string): AsyncIterable<Uint8Array>;
}

/**
 * Reversible changes beneath the workspace. A file is written under a temporary name beside its place, synced and
 * renamed: it is there whole or not at all. Throws as FilesRead, and `exists`, `no-space` or `too-large`.
 */
export interface FilesWrite {
  /** Makes missing parent folders. `replace: false` throws `exists` when there is something. */
  write(path: string, bytes: Uint8Array, options: { replace: boolean }): Promise<{ created: boolean }>;
  /**
   * Replaces a file by what `change` makes of its content (undefined: there is no file, and one is made). No other
   * update or write of this agent comes between; throws `changed` when somebody else's did.
   */
  update(
    path: string,
    change: (content: Uint8Array | undefined) => Promise<Uint8Array>,
  ): Promise<{ created: boolean; size: number }>;
  /** False when the folder was there already. Makes missing parents. */
  makeFolder(path: string): Promise<{ created: boolean }>;
  /** Renames a file or folder; throws `exists` rather than replacing. */
  move(from: string, to: string): Promise<void>;
  /**
   * Copies a file, or a folder with all beneath it; throws `exists` rather than replacing, and `path-escapes` for a
   * folder that holds a link. The copy is there whole or not at all.
   */
  copy(from: string, to: string): Promise<{ files: number }>;
}

/** Irreversible changes beneath the workspace. */
export interface FilesDestroy {
  /**
   * Removes a file, an empty folder, or with `recursive` a folder and all beneath it; `not-empty` otherwise. Of a link
   * the name goes, and what it leads to stays. A removal that is cut short may be asked for again.
   */
  remove(path: string, options: { recursive: boolean }): Promise<{ files: number }>;
}
