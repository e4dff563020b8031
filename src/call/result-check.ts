/**
 * Checks the structured results of tools against the schemas that they declare. The validator is loaded, and a schema
 * read, when such a tool is called first. A schema that nothing can be checked with harms neither its tool nor the list.
 */

import { isDeepStrictEqual } from 'node:util';
import type { SchemaViolation } from '../errors.ts';
import type { EntryList } from '../listing/entry-collector.ts';
import type * as Validator from '../schema/json-schema.ts';
import type { SchemaFlaw } from '../schema/json-schema.ts';

/** A result of a tool was passed on unchecked, because its output schema cannot be checked with. Told once for each reason and definition. */
export interface ResultUnchecked {
  readonly type: 'result.unchecked';
  readonly server: string;
  readonly epoch: number;
  readonly atMs: number;
  /** Its name, as the caller gave it. */
  readonly tool: string;
  /**
   * `schema-invalid`: it is no schema of its dialect. `schema-unsupported`: another dialect, or `$dynamicRef`.
   * `reference-unresolved`: it refers to what is not in it; nothing is ever fetched. `too-costly`: beyond `limits.checkTimeoutMs`, or endless.
   */
  readonly reason: SchemaFlaw;
}

/** What came of one check. */
export type Verdict =
  | { readonly kind: 'valid' }
  | { readonly kind: 'broken'; readonly violation: SchemaViolation }
  | { readonly kind: 'unchecked'; readonly reason: SchemaFlaw; readonly isNews: boolean };

/** The checks of one server, by tool. */
export type ResultChecks = ReadonlyMap<string, ResultCheck>;

const VALID: Verdict = { kind: 'valid' };
/** A tool that declares a schema has to give what it describes. */
const MISSING: Verdict = { kind: 'broken', violation: { path: '', rule: 'missing' } };

/** Loaded with the first tool that needs it, and kept, because asking for it again costs more than most checks. */
let validator: typeof Validator | undefined;

/** Checks in a row that take too long, after which a definition is not checked with any more: each holds up the host. */
const MAX_OVERRUNS = 3;

/** Checks the results of one tool, as it was listed. */
export class ResultCheck {
  readonly #source: unknown;
  readonly #told = new Set<SchemaFlaw>();
  #schema: Validator.JsonSchema | undefined;
  /** Found once and for all. */
  #flaw: SchemaFlaw | undefined;
  #overruns = 0;

  constructor(source: unknown) {
    this.#source = source;
  }

  /** Whether it checks with this schema. */
  isOf(source: unknown): boolean {
    return isDeepStrictEqual(this.#source, source);
  }

  /** Check what a tool gave as its structured result. Holds up the host for at most so many milliseconds, twice when it is the first. */
  async verdict(structured: unknown, timeoutMs: number): Promise<Verdict> {
    if (this.#flaw !== undefined) return this.#unchecked(this.#flaw);
    validator ??= await import('../schema/json-schema.ts');
    try {
      this.#schema ??= new validator.JsonSchema(this.#source, timeoutMs);
      const violation = structured === undefined ? undefined : this.#schema.violation(structured, timeoutMs);
      this.#overruns = 0;
      if (structured === undefined) return MISSING;
      return violation === undefined ? VALID : { kind: 'broken', violation };
    } catch (error) {
      if (!(error instanceof validator.SchemaError)) throw error;
      if (error.flaw === 'too-costly') this.#overruns += 1;
      if (error.flaw !== 'too-costly' || this.#overruns >= MAX_OVERRUNS) this.#flaw = error.flaw;
      return this.#unchecked(error.flaw);
    }
  }

  #unchecked(reason: SchemaFlaw): Verdict {
    const isNews = !this.#told.has(reason);
    this.#told.add(reason);
    return { kind: 'unchecked', reason, isNews };
  }
}

/**
 * The checks for a list of tools; those for definitions that did not change are taken over. Nothing when no tool of the
 * list declares what its results look like. `unreadable` are tools whose output schema was no object.
 */
export function checksOf(
  { entries, unreadable = [] }: EntryList<'tools'>,
  before: ResultChecks | undefined,
): ResultChecks | undefined {
  const sources = new Map<string, unknown>(unreadable.map((tool) => [tool, undefined]));
  for (const { name, outputSchema } of entries) if (outputSchema !== undefined) sources.set(name, outputSchema);
  if (sources.size === 0) return undefined;
  const kept = (name: string, source: unknown) => {
    const check = before?.get(name);
    return check?.isOf(source) ? check : new ResultCheck(source);
  };
  return new Map([...sources].map(([name, source]) => [name, kept(name, source)]));
}
