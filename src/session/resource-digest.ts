/** Tells one content of a resource from another. */

import { hash } from 'node:crypto';
import type { ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';

/** A digest of what a resource holds; nothing for one that is too large to be compared. */
export function digestOf({ contents }: ReadResourceResult, maxBytes: number): string | undefined {
  const sizes = contents.map((part) => ('text' in part ? part.text.length : part.blob.length));
  if (sizes.reduce((sum, size) => sum + size, 0) > maxBytes) return undefined;
  return hash('sha256', JSON.stringify(contents), 'base64');
}
