/**
 * Makes an HTTP+SSE server name an endpoint that leads through the fault transport: when the `endpoint` event at the
 * beginning of its stream holds a URL of the server's own origin, the origin is replaced. All else passes as it is.
 */

/** An endpoint event that has not come within so much will not come. */
const LIMIT_BYTES = 64 * 1024;
const EVENT_END = /\r\n\r\n|\n\n|\r\r/g;

/** Reads one stream of events from its beginning. */
export class EndpointRewriter {
  readonly #from: string;
  readonly #to: string;
  #waiting = '';
  #isDone = false;

  /** Both are origins. */
  constructor(from: string, to: string) {
    this.#from = from;
    this.#to = to;
  }

  /** Take a chunk; returns what can be passed on now. */
  rewrite(chunk: Buffer): Buffer {
    if (this.#isDone) return chunk;
    // Until the event is found a character is a byte, so that nothing is lost of what is split between chunks.
    this.#waiting += chunk.toString('latin1');
    let passed = '';
    for (const end of this.#waiting.matchAll(EVENT_END)) {
      const event = this.#waiting.slice(passed.length, end.index + end[0].length);
      this.#isDone = /^event: ?endpoint\r?$/m.test(event);
      if (!this.#isDone) {
        passed += event;
        continue;
      }
      const rest = this.#waiting.slice(passed.length + event.length);
      return Buffer.from(passed + this.#renamed(event) + rest, 'latin1');
    }
    this.#waiting = this.#waiting.slice(passed.length);
    if (this.#waiting.length <= LIMIT_BYTES) return Buffer.from(passed, 'latin1');
    this.#isDone = true;
    return Buffer.from(passed + this.#waiting, 'latin1');
  }

  #renamed(event: string): string {
    return event.replace(
      /^(data: ?)(\S+)/m,
      (_, field: string, place: string) => field + renameOrigin(place, this.#from, this.#to),
    );
  }
}

/** Put another origin in front of a URL that has the first one; anything else stays as it is. */
export function renameOrigin(place: string, from: string, to: string): string {
  if (!URL.canParse(place)) return place;
  const url = new URL(place);
  return url.origin === from ? to + url.href.slice(url.origin.length) : place;
}
