/** Holds what comes of a call against the schema of its tool, and tells where that cannot be done. */

import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import { CREATED_TASK } from '../link/remote-task.ts';
import type { ToolReply } from '../link/requests.ts';
import { type FailedRequest, resultInvalidError } from './failure.ts';
import type { PendingRequest } from './pending-request.ts';
import type { RequestTarget } from './request-target.ts';
import type { ResultCheck, ResultUnchecked } from './result-check.ts';

/** Rejects with `RESULT_INVALID` for a result that breaks the schema of its tool. */
export type ResultVerifier = (result: ToolReply, about: FailedRequest) => Promise<void>;

/** What results are verified with. */
export interface ResultVerificationContext {
  readonly clock: Clock;
  /** Told when a result is passed on unchecked whose tool declares a schema. Must not throw. */
  readonly unchecked: (event: ResultUnchecked) => void;
}

/** Verifies results of calls. */
export class ResultVerification {
  readonly #context: ResultVerificationContext;

  constructor(context: ResultVerificationContext) {
    this.#context = context;
  }

  /**
   * The verifier of a call by its tool as it is listed now; nothing where there is nothing to check with. What only says
   * that a call became a task is no result yet.
   */
  of({ target, method, params }: Pick<PendingRequest, 'target' | 'method' | 'params'>): ResultVerifier | undefined {
    if (target.checks === undefined || method !== 'tools/call' || !('name' in params)) return undefined;
    const tool = String(params.name);
    const check = target.checks.get(tool);
    if (check === undefined) return undefined;
    return async (result, about) => {
      if (result[CREATED_TASK] === undefined) await this.#verify(check, result, { target, tool }, about);
    };
  }

  /** A result that is an error needs no schema. */
  async #verify(
    check: ResultCheck,
    result: CallToolResult,
    { target, tool }: { target: RequestTarget; tool: string },
    about: FailedRequest,
  ): Promise<void> {
    if (result.isError === true) return;
    const verdict = await check.verdict(result.structuredContent, target.plan.limits.checkTimeoutMs);
    if (verdict.kind === 'broken') {
      const { path, rule } = verdict.violation;
      throw resultInvalidError(about, { path: target.scrub?.(path) ?? path, rule }, result);
    }
    if (verdict.kind === 'valid' || !verdict.isNews) return;
    const { clock, unchecked } = this.#context;
    const { server, epoch = 0 } = about;
    unchecked({ type: 'result.unchecked', server, epoch, atMs: clock.now(), tool, reason: verdict.reason });
  }
}
