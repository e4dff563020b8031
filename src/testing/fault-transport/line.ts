/** One way between a client and its server that is open now, as the verbs see it, whatever it is made of. */

/** The pipes of one process, or one HTTP connection with the exchange on it. */
export interface Line {
  /** End it in order, without what has not arrived yet; tells whether there was something to end. */
  cut(): boolean;
  /** Break it; tells whether there was something to break. */
  reset(): boolean;
  /** Put bytes among the messages to the client; tells whether there is a stream that carries any now. */
  inject(text: string | undefined): boolean;
  /** Put a message among the messages to the client, again and again; `undefined` when there is no stream. */
  flood(message: string, times: number): Promise<void> | undefined;
  /** Look again: the conditions have changed. */
  wake(): void;
}

/** Repeat a text in pieces that a stream takes well; the last piece is what is left. */
export function* repeated(text: string, times: number): Generator<string> {
  const perPiece = Math.max(1, Math.floor(65_536 / text.length));
  for (let left = times; left > 0; left -= perPiece) yield text.repeat(Math.min(left, perPiece));
}
