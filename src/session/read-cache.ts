/**
 * What was read of a server, for as long as it said that it may be believed. It belongs to one epoch: a new one, another
 * configuration or another authorization begins with nothing. Source: MCP 2026-07-28, server/utilities/caching.
 */

import type { ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';
import { sizeOf } from '../policy/value-size.ts';

interface Reading {
  readonly result: ReadResourceResult;
  readonly bytes: number;
  /** On the monotonic clock. */
  readonly freshUntilMs: number;
}

/** A result that is nested deeper is not kept. */
const MAX_DEPTH = 64;
/** Small readings are not free either. */
const BYTES_PER_READING = 512;

/** Readings of one server, by URI. */
export class ReadCache {
  readonly #readings = new Map<string, Reading>();
  #bytes = 0;
  #changes = 0;

  /** Counts what was told of changes: a reading that began before one says nothing about after. */
  get changes(): number {
    return this.#changes;
  }

  /** What was read, as a copy of its own; nothing when it has to be read again. */
  get(uri: string, nowMs: number): ReadResourceResult | undefined {
    const reading = this.#readings.get(uri);
    if (reading === undefined) return undefined;
    this.#drop(uri);
    if (nowMs >= reading.freshUntilMs) return undefined;
    // Looked up last, dropped last.
    this.#add(uri, reading);
    return structuredClone(reading.result);
  }

  /** Keep a reading; what was not looked up for longest makes room. */
  put(uri: string, result: ReadResourceResult, freshUntilMs: number, maxBytes: number): void {
    this.#drop(uri);
    const size = sizeOf(result, { maxBytes, maxDepth: MAX_DEPTH });
    if (size.kind !== 'within') return;
    const bytes = size.bytes + BYTES_PER_READING;
    if (bytes > maxBytes) return;
    this.#add(uri, { result: structuredClone(result), bytes, freshUntilMs });
    for (const oldest of this.#readings.keys()) {
      if (this.#bytes <= maxBytes) return;
      this.#drop(oldest);
    }
  }

  /** A resource, or a part of it, changed. */
  changed(uri: string): void {
    this.#changes += 1;
    for (const each of this.#readings.keys()) {
      if (each === uri || each.startsWith(`${uri}/`) || uri.startsWith(`${each}/`)) this.#drop(each);
    }
  }

  /** Anything may have changed. */
  clear(): void {
    this.#changes += 1;
    this.#readings.clear();
    this.#bytes = 0;
  }

  #add(uri: string, reading: Reading): void {
    this.#readings.set(uri, reading);
    this.#bytes += reading.bytes;
  }

  #drop(uri: string): void {
    this.#bytes -= this.#readings.get(uri)?.bytes ?? 0;
    this.#readings.delete(uri);
  }
}
