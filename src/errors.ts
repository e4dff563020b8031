/**
 * The errors a caller can meet: one base class with a stable `code`, and one subclass per reaction. They
 * carry data, not prose, and never a secret. `docs/errors.md` is generated from this file.
 */

import type { ConnectionState } from './connection-state.ts';
import { describeFault, type Fault, type Outcome } from './fault.ts';

/** Every `code` an error of this library can have, with what it means. Stable: a code is never reused. */
export const ERROR_CODES = {
  CONFIG_INVALID: 'The configuration is wrong; `issues` names every bad field. Nothing was started.',
  SERVER_EXISTS: 'A server of that name is already there.',
  SERVER_UNKNOWN: 'No server of that name; the message lists the known ones.',
  SERVER_DEPENDED_ON: 'The server cannot be removed: others depend on it.',
  CONNECT_FAILED: 'The server could not be connected, and trying again cannot cure it.',
  AUTH_REQUIRED: 'A person has to authorize this client; `authorizationUrl` is where, and `authorize(name)` goes on.',
  AUTHORIZATION_FAILED: 'The authorization could not be finished; `fault` says why.',
  START_TIMEOUT: 'The server was not ready within `startTimeoutMs`.',
  SUPERVISOR_CLOSED: 'The supervisor is closing or closed.',
  SERVER_REMOVED: 'The server was removed while the call or wait was under way.',
  REPLACEMENT_SUPERSEDED: 'The server was replaced once more before it was ready.',
  SERVER_CLOSED: 'The connection is closed: trying again could not cure its fault.',
  SERVER_PARKED: 'The connection is parked: it waits for an event, such as `retryServer(name)`.',
  CAPABILITY_MISSING: 'The server does not offer what was asked for; nothing was sent.',
  CALL_TIMEOUT: 'The deadline of the call passed.',
  CALL_ABORTED: 'The caller aborted the call.',
  QUEUE_FULL: 'Too many calls wait for the connection already.',
  CONNECTION_LOST: 'The connection was lost while the call was under way.',
  CALL_REFUSED: 'The server did not take the request on.',
  REPLY_INVALID: 'The reply arrived and is not valid.',
  RESULT_INVALID: 'The tool ran, and its structured result is not what its output schema says; `violation` says where.',
  INPUT_REFUSED: 'The server wanted input for the call: the host gave none, or was asked too often.',
  ELICITATION_REQUIRED: 'A person has to visit the pages in `elicitations`; then the call can be made again.',
  TASK_UNKNOWN: 'The server does not know the task, or does not know it any more; what became of it cannot be known.',
  TASK_EXPIRED:
    'The time for which the server keeps the task is over, and it has not ended; what becomes of it cannot be known.',
  TASK_CANCELLED: 'The task was cancelled, so it has no result.',
  SERVER_ERROR: 'The server answered with a JSON-RPC error; `rpcCode` and `rpcData` hold it.',
} as const;

/** The closed, stable list of error codes. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What every error of this library can tell. */
export interface SupervisorErrorDetails {
  readonly server?: string | undefined;
  readonly epoch?: number | undefined;
  readonly cause?: unknown;
}

/** Base of every error this library throws or rejects with. Match on `code`, never on the message. */
export class SupervisorError extends Error {
  override readonly name: string = 'SupervisorError';
  readonly code: ErrorCode;
  /** The server concerned, where there is one. */
  readonly server: string | undefined;
  /** The epoch concerned, where there is one. */
  readonly epoch: number | undefined;

  constructor(code: ErrorCode, message: string, details: SupervisorErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.server = details.server;
    this.epoch = details.epoch;
  }
}

/** One bad field of a configuration. */
export interface ConfigIssue {
  /** Where it is, such as `servers.weather.args[0]`. */
  readonly path: string;
  /** What is wrong with it; never quotes the value. */
  readonly message: string;
}

/** The configuration is wrong. One error names every bad field; nothing was started. */
export class ConfigError extends SupervisorError {
  override readonly name = 'ConfigError';
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[], server?: string) {
    const lines = issues.map((issue) => `  ${issue.path}: ${issue.message}`);
    super('CONFIG_INVALID', `invalid configuration:\n${lines.join('\n')}`, { server });
    this.issues = issues;
  }
}

/** What a server was doing when a call or a wait failed. */
export interface FailureDetails extends SupervisorErrorDetails {
  readonly fault?: Fault | undefined;
  readonly state?: ConnectionState | undefined;
  readonly retryInMs?: number | undefined;
}

/** A server could not be brought to `ready`. `fault` says why, as data. */
export class ConnectionError extends SupervisorError {
  override readonly name: string = 'ConnectionError';
  readonly fault: Fault | undefined;
  /** The state it was in. */
  readonly state: ConnectionState | undefined;
  /** When its next attempt was due, in milliseconds from then. */
  readonly retryInMs: number | undefined;

  /** `why` is said after the message; without it, the fault is. */
  constructor(code: ErrorCode, message: string, details: FailureDetails & { readonly why?: string } = {}) {
    const why = details.why ?? (details.fault === undefined ? undefined : describeFault(details.fault));
    super(code, why === undefined ? message : `${message}: ${why}`, details);
    this.fault = details.fault;
    this.state = details.state;
    this.retryInMs = details.retryInMs;
  }
}

/** A server could not be brought to `ready` before a person authorizes this client. */
export class AuthorizationRequiredError extends ConnectionError {
  override readonly name: string = 'AuthorizationRequiredError';
  readonly #authorizationUrl: string | undefined;

  constructor(message: string, details: FailureDetails, authorizationUrl: string | undefined) {
    super('AUTH_REQUIRED', message, details);
    this.#authorizationUrl = authorizationUrl;
  }

  /** To be opened by that person. In no text, inspection or JSON of this error, so that logging it tells nobody. */
  get authorizationUrl(): string | undefined {
    return this.#authorizationUrl;
  }
}

/** Where a structured result breaks the output schema of its tool. */
export interface SchemaViolation {
  /**
   * The place in the result, as a JSON pointer; empty for the whole. Names that the schema does not speak of are `*`,
   * because they are data.
   */
  readonly path: string;
  /** The keyword that is broken there, such as `type` or `required`. */
  readonly rule: string;
}

/** A page that a person has to visit before a call can be made again. Untrusted; it is one of http or https. */
export interface RequiredElicitation {
  readonly elicitationId: string;
  readonly url: string;
  readonly message: string;
}

/** What a failed request can tell beyond the base. */
export interface CallErrorDetails extends FailureDetails {
  readonly outcome: Outcome;
  readonly attempts?: number | undefined;
  readonly taskId?: string | undefined;
  readonly rpcCode?: number | undefined;
  readonly rpcMessage?: string | undefined;
  readonly rpcData?: unknown;
  readonly violation?: SchemaViolation | undefined;
  readonly result?: unknown;
  readonly elicitations?: readonly RequiredElicitation[] | undefined;
}

/** A request failed. `outcome` says what is known about its execution. */
export class CallError extends SupervisorError {
  override readonly name = 'CallError';
  readonly outcome: Outcome;
  readonly fault: Fault | undefined;
  /** The state the server was in, where that is why. */
  readonly state: ConnectionState | undefined;
  /** When the server's next attempt was due, in milliseconds from then. */
  readonly retryInMs: number | undefined;
  /** How often it was sent or tried to be sent. */
  readonly attempts: number;
  /** The code of the server's JSON-RPC error, with `SERVER_ERROR`. */
  readonly rpcCode: number | undefined;
  /** The whole message of the server's JSON-RPC error, with `SERVER_ERROR`; untrusted. */
  readonly rpcMessage: string | undefined;
  /** The data of the server's JSON-RPC error, with `SERVER_ERROR`; untrusted. */
  readonly rpcData: unknown;
  /** Where the result breaks the output schema, and which rule, with `RESULT_INVALID`. */
  readonly violation: SchemaViolation | undefined;
  readonly #result: unknown;
  readonly #elicitations: readonly RequiredElicitation[];
  readonly #taskId: string | undefined;

  constructor(code: ErrorCode, message: string, details: CallErrorDetails) {
    super(code, message, details);
    this.outcome = details.outcome;
    this.fault = details.fault;
    this.state = details.state;
    this.retryInMs = details.retryInMs;
    this.attempts = details.attempts ?? 0;
    this.rpcCode = details.rpcCode;
    this.rpcMessage = details.rpcMessage;
    this.rpcData = details.rpcData;
    this.violation = details.violation;
    this.#result = details.result;
    this.#elicitations = details.elicitations ?? [];
    this.#taskId = details.taskId;
  }

  /** The whole result that was not valid, with `RESULT_INVALID`; untrusted. In no text, inspection or JSON of this error. */
  get result(): unknown {
    return this.#result;
  }

  /** The pages that a person has to visit, with `ELICITATION_REQUIRED`. In no text, inspection or JSON of this error. */
  get elicitations(): readonly RequiredElicitation[] {
    return this.#elicitations;
  }

  /**
   * The task that the call became, where it did: `resumeTask` gives it again. Whoever knows it may ask for its result, so
   * it is in no text, inspection or JSON of this error.
   */
  get taskId(): string | undefined {
    return this.#taskId;
  }

  /** Whether sending the same request again cannot run it twice. */
  get retryable(): boolean {
    return this.outcome === 'not-sent' || this.outcome === 'refused';
  }
}
