/**
 * Collects the tools of one list, within bounds. A tool that is none, or is beyond its own bound, is left out: it must
 * not spoil the others. A list that is beyond its bounds as a whole is a fault.
 */

import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { ServerLimits } from '../config/limits.ts';
import { FaultError } from '../fault.ts';
import type { Link } from '../link/link.ts';
import { sizeOf } from '../policy/value-size.ts';

/** A tool that was left out of the list. */
export interface RejectedTool {
  /** Its name, cut to 128 characters; empty where it has none. Untrusted. */
  readonly tool: string;
  /** `invalid`: it is no tool as the protocol defines one. */
  readonly reason: 'invalid' | 'too-large' | 'too-deep';
}

/** A complete list. */
export interface ToolList {
  readonly tools: readonly Tool[];
  readonly rejected: readonly RejectedTool[];
}

const NAME_CHARS = 128;

/** One list while its pages arrive. */
export class ToolCollector {
  readonly #limits: ServerLimits;
  readonly #toTool: Link['toTool'];
  readonly #tools: Tool[] = [];
  readonly #rejected: RejectedTool[] = [];
  #count = 0;
  #bytes = 0;

  constructor(link: Pick<Link, 'toTool'>, limits: ServerLimits) {
    this.#toTool = (value) => link.toTool(value);
    this.#limits = limits;
  }

  /** Bytes taken so far, of tools that were left out too. */
  get bytes(): number {
    return this.#bytes;
  }

  get list(): ToolList {
    return { tools: this.#tools, rejected: this.#rejected };
  }

  /** Take one definition. Throws `FaultError` when the list is beyond its bounds. */
  take(value: unknown): void {
    const { maxTools, maxCatalogBytes, maxToolBytes, maxToolDepth } = this.#limits;
    this.#count += 1;
    if (this.#count > maxTools) throw new FaultError({ kind: 'flooded', what: 'tools' });
    const size = sizeOf(value, { maxBytes: maxToolBytes, maxDepth: maxToolDepth });
    this.#bytes += size.kind === 'within' ? size.bytes : maxToolBytes;
    if (this.#bytes > maxCatalogBytes) throw new FaultError({ kind: 'flooded', what: 'bytes of tools' });
    const tool = size.kind === 'within' ? this.#toTool(value) : undefined;
    if (tool !== undefined) this.#tools.push(tool);
    else this.#rejected.push({ tool: nameOf(value), reason: size.kind === 'within' ? 'invalid' : size.kind });
  }
}

function nameOf(value: unknown): string {
  const name: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'name') : undefined;
  return typeof name === 'string' ? name.slice(0, NAME_CHARS) : '';
}
