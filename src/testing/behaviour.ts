/**
 * What a scripted server can be told to do, in types: `server/scripted.mjs` carries it out.
 */

/**
 * Where a fault strikes: at a message (`initialize`, `tools/list`, `tools/call:echo`, `message` for any), at an HTTP
 * request (`GET`, `POST`, `DELETE`, `request` for any), or when the process starts (`start`).
 */
export type FaultPoint = 'start' | 'message' | 'response' | 'request' | 'GET' | 'POST' | 'DELETE' | (string & {});

/** When a fault strikes. */
export interface FaultOccasion {
  readonly on: FaultPoint;
  /** How often; default always. */
  readonly times?: number;
  /** How many occasions pass before the first time. */
  readonly skip?: number;
  /** In which lives of the server, counted from 1; default in all. */
  readonly lives?: readonly number[];
}

/** Strikes at the stream that carries messages. */
export type ChannelFault =
  /** Write text as it is; on stdio this glues it to the next message unless it ends the line. Goes on. */
  | { readonly do: 'raw'; readonly text: string }
  /** Send a valid notification of so many megabytes. Goes on. */
  | { readonly do: 'huge'; readonly megabytes: number }
  /** End the stream cleanly, without the reply. stdio: close stdout; the process lives. */
  | { readonly do: 'cut' }
  /** End the stream cleanly, then execute all the same; on a primed stream the reply can be fetched. */
  | { readonly do: 'cut-and-go-on' }
  /** Destroy the socket. stdio: SIGKILL itself. */
  | { readonly do: 'reset' };

/** Strikes at the process. */
export type ProcessFault =
  /** End with this code. */
  | { readonly do: 'exit'; readonly code: number }
  /** End by this signal. */
  | { readonly do: 'signal'; readonly signal: NodeJS.Signals }
  /** Wait. Goes on. */
  | { readonly do: 'delay'; readonly ms: number }
  /** Write so much to stderr, blocking while nobody reads it. Goes on. */
  | { readonly do: 'stderr'; readonly megabytes: number }
  /** Write this text to stderr. Goes on. */
  | { readonly do: 'stderr'; readonly text: string }
  /** Close stdin and live. Goes on. */
  | { readonly do: 'close-stdin' };

/** Strikes at one JSON-RPC message. */
export type MessageFault =
  /** Neither execute nor answer. */
  | { readonly do: 'never' }
  /** Answer with a JSON-RPC error, without executing. */
  | { readonly do: 'error'; readonly code: number; readonly message?: string; readonly data?: unknown }
  /** Answer with this result, whatever its shape. */
  | { readonly do: 'result'; readonly result: unknown }
  /** Execute, and send the first half of the reply. */
  | { readonly do: 'half' }
  /** Execute, send the first half of the reply, and break the stream. */
  | { readonly do: 'half-then-reset' }
  /** Execute, and send the reply under another id. */
  | { readonly do: 'wrong-id' }
  /** Execute, and send the reply twice; Streamable HTTP: the second time on the general stream. */
  | { readonly do: 'twice' }
  /** Execute, send the reply, and end the process. Over HTTP the reply may be lost with it. */
  | { readonly do: 'last-words'; readonly code: number };

/** Strikes at one HTTP request, before its message is looked at: nothing is executed. */
export type RequestFault =
  /** Answer with a status, and a JSON body if there is one. */
  | {
      readonly do: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  /** Answer with this text as it is. `contentType` default `text/event-stream`. */
  | {
      readonly do: 'body';
      readonly text: string;
      readonly contentType?: string;
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** `foreign` is the same server under another origin. Default status 307. */
  | { readonly do: 'redirect'; readonly to: 'same' | 'foreign' | (string & {}); readonly status?: number }
  /** Never send the headers. */
  | { readonly do: 'hang-headers' }
  /** Send the headers of a stream and nothing more; on the GET of HTTP+SSE: no endpoint event. */
  | { readonly do: 'hang-body'; readonly contentType?: string }
  /** Destroy the socket before anything is sent. */
  | { readonly do: 'destroy' }
  /** Send `text` again and again, as fast as it is read. Default: one event that never ends. */
  | { readonly do: 'endless'; readonly text?: string; readonly contentType?: string }
  /** Open a stream that tells the client when to come back (default at once), and close it. */
  | { readonly do: 'retry-and-close'; readonly retryMs?: number };

/** One fault and its occasion. */
export type ScriptedFault = FaultOccasion & (ChannelFault | ProcessFault | MessageFault | RequestFault);

/**
 * Tasks of a scripted server, of the era it speaks (of 2025-11-25 where it speaks both). Arguments of `job`: `ms` after which it ends (without it: when it is told so), `text` and
 * `structured` of its result, `ask` (`{ method, params }`) for what it wants to know first and then returns, `status` of its end (default
 * `completed`), `error` that it ends with, `plain` (revision 2026-07-28) to be answered at once.
 */
export interface ScriptedTasks {
  /** Where it keeps them, so that its next life knows them; default in memory. */
  readonly file?: string;
  /** What it says of their time and of when to ask again; default no end, and nothing. */
  readonly ttlMs?: number | null;
  readonly pollIntervalMs?: number;
  /** Revision 2025-11-25: whether `job` may be a task or has to be; default `optional`. */
  readonly support?: 'optional' | 'required' | 'forbidden';
  /** What `job` says that its structured result looks like; default nothing. */
  readonly outputSchema?: unknown;
}

/** What a scripted server is told. */
export interface Behaviour {
  /** Name of the implementation it says it is. */
  readonly name?: string;
  readonly instructions?: string;
  /** What it speaks: revisions to 2025-11-25, revision 2026-07-28, or both. Default `initialize`. */
  readonly era?: 'initialize' | 'discover' | 'both';
  /** The revision it insists on, whatever it is asked for. */
  readonly protocolVersion?: string;
  /** In the order in which they strike. */
  readonly faults?: readonly ScriptedFault[];
  /** More tools, listed as they are; a call to one returns its arguments. */
  readonly tools?: readonly unknown[];
  /** Annotations of tools by name, such as `{ commit: { idempotentHint: true } }`. */
  readonly annotations?: Readonly<Record<string, unknown>>;
  /** Resources by URI: a text, or one text per life of the server; without it there are none, and no capability. */
  readonly resources?: Readonly<Record<string, string | readonly string[]>>;
  /** URI templates that it lists beside its resources. */
  readonly templates?: readonly string[];
  /** Prompts by name: a text, in which `{name}` stands for the argument of that name. Without it there are none. */
  readonly prompts?: Readonly<Record<string, string>>;
  /** Values by argument, to complete what a person begins to type. Without it nothing is completed. */
  readonly completions?: Readonly<Record<string, readonly string[]>>;
  /** Revision 2026-07-28: for how long lists and readings may be believed, in milliseconds; default 0. */
  readonly ttlMs?: number;
  /** Tasks: with it there is a tool `job`, which runs as one. Without it there is none, and no capability. */
  readonly tasks?: ScriptedTasks;
  /** Whether it takes a log level; default true. */
  readonly logging?: boolean;
  /** Entries on one page of any list; default all. */
  readonly pageSize?: number;
  /** Each page of tools names one more. */
  readonly endlessPages?: boolean;

  /** stdio: live on after stdin has ended. */
  readonly ignoreStdinEnd?: boolean;
  /** stdio: live on after SIGTERM. */
  readonly ignoreSigterm?: boolean;
  /** stdio: start a child that ignores SIGTERM; its pid is in the journal. */
  readonly grandchild?: { readonly holdsPipes?: boolean; readonly ownGroup?: boolean };

  /** HTTP: answer 401 with `WWW-Authenticate` unless this bearer token is sent. */
  readonly token?: string;
  /** HTTP+SSE: the endpoint it names; `foreign` is the same server under another origin. */
  readonly endpoint?: 'relative' | 'foreign' | (string & {});
  /** HTTP+SSE: send a comment every so many milliseconds; default never. */
  readonly keepAliveMs?: number;
  /** Streamable HTTP: how replies come; default `sse`. */
  readonly replies?: 'json' | 'sse';
  /** Streamable HTTP: streams of replies carry event ids and can be resumed. */
  readonly primed?: boolean;
  /** Streamable HTTP: when a primed stream says to come back, in milliseconds. */
  readonly retryMs?: number;
  /** Streamable HTTP: hand out session ids and insist on them; default true. */
  readonly sessions?: boolean;
  /** Streamable HTTP: the session that answers name, whatever session they belong to. */
  readonly answeredSession?: string;
  /** Streamable HTTP: offer the general stream; default true, otherwise 405. */
  readonly getStream?: boolean;
}

/** What a running scripted server can be told. Streams: every one that is open. */
export type ControlCommand =
  /** Replace the options named here, and the whole list of faults if it is named. */
  | { readonly set: Partial<Behaviour> }
  | { readonly do: 'notify'; readonly method: string; readonly params?: unknown; readonly times?: number }
  | { readonly do: 'grow-tools' }
  /** Change a resource, and tell who subscribed to it. */
  | { readonly do: 'update-resource'; readonly uri: string; readonly text: string }
  /** Let the calls to the tool `wait` answer. */
  | { readonly do: 'release' }
  /** End every task, and tell of it where that is wanted. */
  | { readonly do: 'end-tasks'; readonly notify?: boolean }
  /** Revision 2026-07-28: end every subscription in good order. */
  | { readonly do: 'end-subscriptions' }
  /** HTTP: know no session any more. */
  | { readonly do: 'forget-sessions' }
  | ChannelFault
  | Exclude<ProcessFault, { readonly do: 'exit' | 'signal' }>;

/** What a scripted server holds after a command. */
export interface ControlState {
  readonly pid: number;
  readonly conversations: number;
  readonly streams: number;
}
