/**
 * The file of one ledger while it has something to say: begun beside its place and renamed, then only added to. A line at
 * the end of an open file is a copy into the memory of the system, cheaper than to ask another thread for it.
 *
 * Not synced: it is for a host that is killed, not for a system that goes down with all its processes.
 */

import { closeSync, fstatSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';

/** A file is begun again when it holds so much more than twice what it began with: most of that is no longer true. */
const SPARE_BYTES = 64 * 1024;

/** One file. `begin`, `add` and `end` throw the system's error. */
export class LedgerFile {
  readonly #path: string;
  #descriptor: number | undefined;
  #isThere = false;
  #bytes = 0;
  #limitBytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether lines can be added: it was begun, it is not full of what is no longer true, and nothing failed since. */
  get hasRoom(): boolean {
    return this.#descriptor !== undefined && this.#bytes <= this.#limitBytes;
  }

  /** Put a file with this text in the place of the one there was. */
  begin(text: string): void {
    this.#close();
    const fresh = `${this.#path}.new`;
    this.#descriptor = openSync(fresh, 'w', 0o600);
    try {
      this.#bytes = 0;
      this.add(text);
      this.#limitBytes = 2 * this.#bytes + SPARE_BYTES;
      renameSync(fresh, this.#path);
      this.#isThere = true;
    } catch (error) {
      this.#close();
      unlinkSync(fresh);
      throw error;
    }
  }

  /** Add lines. Half of one, on a disk that is full, names nobody; a file that this happened to is to be begun again. */
  add(lines: string): void {
    if (this.#descriptor === undefined) throw new Error('the file is not open');
    try {
      const bytes = writeSync(this.#descriptor, lines);
      this.#bytes += bytes;
      if (bytes < Buffer.byteLength(lines)) throw Object.assign(new Error('half a line'), { code: 'ENOSPC' });
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  /** Close it when somebody took it away: what is added would be lost. Never throws. */
  closeIfLost(): void {
    if (this.#descriptor !== undefined && !isLinked(this.#descriptor)) this.#close();
  }

  /** Take it away. Nothing to do without one. */
  end(): void {
    this.#close();
    if (!this.#isThere) return;
    this.#isThere = false;
    unlinkSync(this.#path);
  }

  /** Add nothing more to this one. */
  #close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    try {
      if (descriptor !== undefined) closeSync(descriptor);
    } catch {
      // The system has let go of it all the same.
    }
  }
}

function isLinked(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).nlink > 0;
  } catch {
    return false;
  }
}
