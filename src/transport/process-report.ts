/**
 * How the processes of a supervisor are bound to their host, and what is made known about it. Kept apart, so that the
 * public types reach no SDK transport.
 */

/** Processes that a host left behind when it was killed were ended by this one, named by the ledger. */
export interface ProcessReaped {
  readonly type: 'process.reaped';
  readonly server: undefined;
  readonly epoch: undefined;
  readonly atMs: number;
  /** The process group, which is the pid of the process that led it. */
  readonly pid: number;
  /** What ended it. */
  readonly signal: 'SIGTERM' | 'SIGKILL';
}

/** The ledger of processes cannot be kept or read: no connection notices, but a killed host may leave processes behind. */
export interface LedgerFailed {
  readonly type: 'ledger.failed';
  readonly server: undefined;
  readonly epoch: undefined;
  readonly atMs: number;
  readonly operation: 'write' | 'read' | 'reap';
  /** The system's code (`EACCES`, `ENOSPC`, …), `NOT_PRIVATE` (others could write it) or `GARBLED` (it is no ledger). */
  readonly reason: string;
}

/** What is made known about processes beyond one connection. */
export type ProcessReport = ProcessReaped | LedgerFailed;

/** Where the ledger is kept. */
export interface LedgerOptions {
  /** Default: `mcp-supervisor` in `$XDG_STATE_HOME`, or in `~/.local/state` without it, as the environment was when it was first needed. */
  readonly directory?: string;
}

/** How the processes of a supervisor are bound to their host. */
export interface ProcessOwnership {
  /** Whether a signal that ends the host ends them. */
  readonly handleSignals: boolean;
  /** The ledger that names them to the next host, if this one is killed. */
  readonly ledger: LedgerOptions | false;
  /** Told of the ledger. Must not throw. */
  readonly report: (report: ProcessReport) => void;
}
