/** What a hostile server says: bytes, how they are cut into chunks, and what follows them. */

import type { Chance } from '../../src/testing/chance.ts';

/** At which request it speaks: a JSON-RPC method, or the GET that opens a stream. */
export type Point = 'initialize' | 'tools/list' | 'tools/call' | 'GET';

/** One answer. Bytes are written as Latin-1 text; `@ID@` stands for the id of the request, `@N@` for a running number. */
export interface Utterance {
  readonly text: string;
  /** Where the text is cut, as shares of its length. */
  readonly cuts: readonly number[];
  /** The proper reply, nothing, or the end of the stream; stdio: of the process. */
  readonly then: 'reply' | 'nothing' | 'end';
  /**
   * HTTP: on a stream of events, as a body of JSON, or on the bare socket in place of the whole response. stdio knows
   * one way only.
   */
  readonly as: 'events' | 'json' | 'socket';
}

/** One case of the fuzzer. */
export interface FuzzCase {
  /** What it is, for the message when it fails. */
  readonly name: string;
  readonly point: Point;
  readonly utterance: Utterance;
}

/** A piece of a case: a name, and text that is not yet framed for a transport. */
export interface Saying {
  readonly name: string;
  readonly text: string;
}

/** UTF-8 bytes, as Latin-1 text. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Cut an utterance into the chunks to be written, for one request. */
export function chunksOf({ text, cuts }: Utterance, id: unknown, count: number): Buffer[] {
  const whole = text.replaceAll('@ID@', JSON.stringify(id) ?? 'null').replaceAll('@N@', String(count));
  const places = [0, ...cuts.map((share) => Math.floor(share * whole.length)), whole.length].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => Buffer.from(whole.slice(places[index], end), 'latin1'));
}

/** Draw how it is cut: mostly not at all, sometimes into many pieces. */
export function drawCuts(chance: Chance): number[] {
  const count = chance.pick([0, 0, 1, 3, 20]);
  return Array.from({ length: count }, () => chance.next());
}

/** Change a text at random: bytes flipped, taken away, doubled, put in. */
export function mutate(text: string, chance: Chance): string {
  let mutated = text;
  for (let count = chance.whole(1, 6); count > 0; count -= 1) {
    const place = chance.whole(0, Math.max(0, mutated.length - 1));
    const byte = String.fromCharCode(chance.whole(0, 255));
    const [before, after] = [mutated.slice(0, place), mutated.slice(place)];
    mutated = chance.pick([
      before + byte + after.slice(1),
      before + after.slice(1),
      before + after.slice(0, 10) + after,
      before + byte + after,
      before,
    ]);
  }
  return mutated;
}
