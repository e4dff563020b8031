/** What holds for everything between one client and its server now, until it is told otherwise. */

/** Which way bytes go. */
export type Direction = 'to-server' | 'to-client';

/** What strikes at the next bytes that the server sends. */
export interface Armed {
  /** Bytes that go in front of them; `undefined`: what suits the transport. */
  readonly garbage?: { readonly text: string | undefined };
  /** Half of them is passed on, then all ends. */
  readonly isTruncated: boolean;
}

/** Read by every passage and every line. */
export class Conditions {
  /** Directions in which bytes are taken and not passed on. */
  readonly stalled = new Set<Direction>();
  /** How long bytes are on their way. */
  delayMs = 0;
  /** Whether new connections, or starts, are turned away. */
  isRefusing = false;
  readonly bytes = { toServer: 0, toClient: 0 };
  #armed: Armed = { isTruncated: false };

  /** Let something strike at the next bytes to the client, on whichever line they come. */
  arm(armed: Partial<Armed>): void {
    this.#armed = { ...this.#armed, ...armed };
  }

  /** Take what strikes now; each strikes once. */
  takeArmed(): Armed {
    const armed = this.#armed;
    this.#armed = { isTruncated: false };
    return armed;
  }
}
