/** A task of a server, as links of both eras say it. Types, and what is read out of what a server sent. */

/** What becomes of a task: the last three are final. */
export type TaskStatus = 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';

/** A question that a task asks where it cannot ask by itself: answered by `tasks/update`. Untrusted. */
export interface TaskQuestion {
  readonly method: string;
  readonly params?: Record<string, unknown> | undefined;
}

/** The error that a task ended with. Scrubbed text. */
export interface TaskFailure {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** A task, as its server said it. Untrusted. */
export interface RemoteTask {
  readonly id: string;
  readonly status: TaskStatus;
  readonly message?: string | undefined;
  /** By the clock of the server. */
  readonly createdAt?: string | undefined;
  readonly updatedAt?: string | undefined;
  /** How long the server keeps it from its creation on, in milliseconds; `null` without an end. */
  readonly ttlMs: number | null;
  /** When the server wants to be asked again, in milliseconds. */
  readonly pollIntervalMs?: number | undefined;
  /** What it asks for, by key. Not there where its server asks by itself while `tasks/result` waits. */
  readonly questions?: Readonly<Record<string, TaskQuestion>> | undefined;
  /** The error it ended with, where its state says that. */
  readonly failure?: TaskFailure | undefined;
}

/** Where the result of a call says that it became a task. A symbol, so that no server can send it. */
export const CREATED_TASK: unique symbol = Symbol('created task');

/** The capability of the tasks extension. Source: SEP-2663. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

const STATUSES: readonly string[] = ['working', 'input_required', 'completed', 'failed', 'cancelled'];
/** Characters of an id, which is sent back and may be a bearer token, and of a text for people. */
const MAX_ID_CHARS = 8_192;
const MAX_MESSAGE_CHARS = 2_000;
/** Questions of one task at a time; more are not looked at before those are answered. */
const MAX_QUESTIONS = 64;

/** Whether a task has come to its end. */
export function isOver({ status }: Pick<RemoteTask, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** Read the state of a task, of either era; nothing when it is none. */
export function readTask(value: unknown, scrub: (text: string) => string): RemoteTask | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const said = value as Record<string, unknown>;
  const { taskId: id, status } = said;
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID_CHARS) return undefined;
  if (typeof status !== 'string' || !STATUSES.includes(status)) return undefined;
  const { statusMessage } = said;
  // Cut first, half a secret at the end would not be known for one.
  const message = typeof statusMessage === 'string' ? textOf(scrub(statusMessage)) : undefined;
  return {
    id,
    status: status as TaskStatus,
    message,
    createdAt: textOf(said['createdAt']),
    updatedAt: textOf(said['lastUpdatedAt']),
    ttlMs: durationOf(said['ttlMs'] ?? said['ttl']) ?? null,
    pollIntervalMs: durationOf(said['pollIntervalMs'] ?? said['pollInterval']),
  };
}

/** Read what a task asks for; what is no question of the kinds there are is left out. */
export function readQuestions(
  value: unknown,
  isQuestion: (value: unknown) => boolean,
): Readonly<Record<string, TaskQuestion>> {
  if (typeof value !== 'object' || value === null) return {};
  const questions = Object.entries(value)
    .slice(0, MAX_QUESTIONS)
    .filter(([, question]) => isQuestion(question));
  // Keys are the server's: one named as a part of every object must stay a key.
  return Object.fromEntries(questions) as Record<string, TaskQuestion>;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, MAX_MESSAGE_CHARS) : undefined;
}

function durationOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
