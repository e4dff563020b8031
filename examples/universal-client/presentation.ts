/** Prints what the tutorial prints. */

import type { CallToolResult } from 'mcp-supervisor';

const LINE = '='.repeat(60);

/** A title between two lines. */
export function banner(title: string): void {
  console.log(`\n${LINE}\n${title}\n${LINE}\n`);
}

/** What a tool answered. */
export function showResult(server: string, { content, isError }: CallToolResult): void {
  console.log(`Result of ${server}${isError === true ? ' (the tool failed)' : ''}:`);
  console.log(content, '\n');
}

/** Why a call was not answered. */
export function showError(error: unknown): void {
  console.log(`Error: ${error instanceof Error ? error.message : String(error)}\n`);
}
