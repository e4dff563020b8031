/**
 * Reads server-sent events out of chunks of bytes. It buffers at most one unfinished event, up to a limit, and
 * looks at each byte once, however the chunks are cut. It knows nothing of JSON or of MCP.
 */

import { StringDecoder } from 'node:string_decoder';

/** One event. */
export interface ServerSentEvent {
  /** `message` when the server named none. */
  readonly type: string;
  /** Its data lines, joined; `undefined` when it has none. */
  readonly data: string | undefined;
  /** Its own id; `undefined` when it has none. */
  readonly id: string | undefined;
}

/** Is told what a stream of events holds. */
export interface EventScannerObserver {
  event(event: ServerSentEvent): void;
  /** The server asks to wait this long, in milliseconds, before the stream is opened again. */
  retry(delayMs: number): void;
}

const DIGITS = /^\d{1,15}$/;

/** Longest id of an event that is kept; it is sent back as a header. A longer one counts as none. */
export const MAX_EVENT_ID_CHARS = 1_024;

/**
 * Scans one stream of events.
 *
 * **Bounds** an unfinished event holds at most `limitBytes`; endless lines and endless events are noticed.
 * **Source** HTML Living Standard, section 9.2.6 ("Interpreting an event stream").
 */
export class EventScanner {
  readonly #limitBytes: number;
  readonly #observer: EventScannerObserver;
  readonly #decoder = new StringDecoder('utf8');
  #isStopped = false;
  #isFirst = true;
  #skipsLineFeed = false;
  #partial: string[] = [];
  #partialBytes = 0;
  #data: string[] = [];
  #dataBytes = 0;
  #type = '';
  #id: string | undefined;

  constructor(limitBytes: number, observer: EventScannerObserver) {
    this.#limitBytes = limitBytes;
    this.#observer = observer;
  }

  /** Read no further: of the chunk at hand neither. */
  stop(): void {
    this.#isStopped = true;
    this.#partial = [];
    this.#data = [];
  }

  /** Take the next bytes. Returns whether the unfinished event is still within the limit. */
  feed(chunk: Buffer): boolean {
    let text = this.#decoder.write(chunk);
    if (this.#isFirst && text !== '') {
      this.#isFirst = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    let position = 0;
    if (this.#skipsLineFeed && text !== '') {
      this.#skipsLineFeed = false;
      if (text.charCodeAt(0) === 0x0a) position = 1;
    }
    let lineFeed = text.indexOf('\n', position);
    let carriageReturn = text.indexOf('\r', position);
    while ((lineFeed !== -1 || carriageReturn !== -1) && !this.#isStopped) {
      const isReturn = carriageReturn !== -1 && (lineFeed === -1 || carriageReturn < lineFeed);
      const end = isReturn ? carriageReturn : lineFeed;
      this.#line(text.slice(position, end));
      position = end + 1;
      if (isReturn) {
        if (position === text.length) this.#skipsLineFeed = true;
        else if (lineFeed === position) position += 1;
        carriageReturn = text.indexOf('\r', position);
      }
      if (lineFeed !== -1 && lineFeed < position) lineFeed = text.indexOf('\n', position);
    }
    if (this.#isStopped) return true;
    if (position < text.length) {
      this.#partial.push(position === 0 ? text : text.slice(position));
      // Of a chunk without a line end every byte waits; of any other at most its last line does.
      this.#partialBytes += position === 0 ? chunk.length : text.length - position;
    }
    return this.#partialBytes + this.#dataBytes <= this.#limitBytes;
  }

  #line(rest: string): void {
    let line = rest;
    if (this.#partial.length > 0) {
      this.#partial.push(rest);
      line = this.#partial.join('');
      this.#partial = [];
      this.#partialBytes = 0;
    }
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    // A line that begins with a colon is a comment: a keep-alive.
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const from = line.charCodeAt(colon + 1) === 0x20 ? colon + 2 : colon + 1;
    this.#field(field, colon === -1 ? '' : line.slice(from));
  }

  #field(field: string, value: string): void {
    switch (field) {
      case 'data':
        this.#data.push(value);
        this.#dataBytes += value.length + 1;
        break;
      case 'event':
        this.#type = value;
        this.#dataBytes += value.length;
        break;
      case 'id':
        if (value.length <= MAX_EVENT_ID_CHARS && !value.includes('\0')) this.#id = value;
        break;
      case 'retry':
        if (DIGITS.test(value)) this.#observer.retry(Number(value));
        break;
    }
  }

  #dispatch(): void {
    const event: ServerSentEvent = {
      type: this.#type === '' ? 'message' : this.#type,
      data: this.#data.length === 0 ? undefined : this.#data.length === 1 ? this.#data[0] : this.#data.join('\n'),
      id: this.#id,
    };
    this.#data = [];
    this.#dataBytes = 0;
    this.#type = '';
    this.#id = undefined;
    if (event.data !== undefined || event.id !== undefined) this.#observer.event(event);
  }
}
