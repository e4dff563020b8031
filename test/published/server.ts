/** What a row of the suite says of one published server. */

import type { TransportKind } from '../../src/index.ts';

/** Where one server runs in one run of the suite. */
export interface Place {
  /** A folder of its own, which is its working directory and its home. It holds `notes.txt`. */
  readonly folder: string;
  /** HTTP: the port that it shall listen on. */
  readonly port: number;
}

/** A server that others published, and what is known of it beforehand. */
export interface PublishedServer {
  /** Unique in the suite. */
  readonly name: string;
  readonly package: string;
  /** The program within the package; default the first of its `bin`. */
  readonly program?: string;
  /** The package that it is built with. */
  readonly builtWith: string;
  /** What it is built with is part of its program: where in that its version stands, if anywhere. */
  readonly versionMark?: RegExp | 'none';
  /** The program is run as it is, not by Node. Its package is an optional one, since it is for one platform. */
  readonly isNative?: true;
  /** The only one that it serves, as it is started; over HTTP the supervisor has to find that out. */
  readonly transport: TransportKind;
  /** Files beside `notes.txt` that it is given, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly args?: (place: Place) => readonly string[];
  readonly env?: (place: Place) => Readonly<Record<string, string>>;
  /** HTTP: what its URL ends with, and what it prints when it listens. */
  readonly http?: { readonly path: string; readonly ready: string };
  /** One harmless call, and what the text of its result holds. */
  readonly call: {
    readonly tool: string;
    readonly args: (place: Place) => Record<string, unknown>;
    readonly result: RegExp;
    /** It answers by an error of its own, because what it asks is out of reach. */
    readonly isError?: true;
  };
  /** A resource that it offers, and what its text holds. */
  readonly resource?: { readonly uri: string; readonly text: RegExp };
}
