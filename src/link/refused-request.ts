/** The JSON-RPC error with which a request of the server is answered. */

/** Codes of such errors. Source: JSON-RPC 2.0, "Error object"; MCP 2025-11-25, "Sampling", "Error Handling". */
export const REFUSAL_CODES = { invalid: -32_602, internal: -32_603, declined: -1 } as const;

/** Why a request of the server is refused: it is wrong, the host has no answer, or the host does not want to answer. */
export type RefusalReason = keyof typeof REFUSAL_CODES;

/** What answers a request of the server in the place of a result. Its message is for the server, and holds nothing of ours. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
  readonly reason: RefusalReason;
  /** Both lines of the SDK answer with the code they find here. */
  readonly code: number;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
    this.code = REFUSAL_CODES[reason];
  }
}
