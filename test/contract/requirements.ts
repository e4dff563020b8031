/**
 * What every connection owes its user, as pure data: an id, one observable fact, where it comes from, and the
 * transports it applies to. The suites verify it; `coverage.test.ts` fails for one that no suite verifies.
 */

import type { TransportKind } from '../../src/index.ts';

/** One fact that holds on each transport it applies to. */
export interface Requirement {
  readonly id: string;
  readonly text: string;
  /** Where it comes from: a specification, or an issue of this project. */
  readonly source: string;
  readonly on: readonly TransportKind[];
}

interface Group {
  readonly source: string;
  readonly on: readonly TransportKind[];
  readonly texts: Readonly<Record<string, string>>;
}

const ALL = ['stdio', 'sse', 'streamable_http', 'in_process'] as const;
/** Where messages are bytes, and the configuration may hold secrets. */
const OUTSIDE = ['stdio', 'sse', 'streamable_http'] as const;
const HTTP = ['sse', 'streamable_http'] as const;
const STREAMABLE = ['streamable_http'] as const;

const GROUPS = [
  {
    source: 'MCP 2025-11-25, basic/lifecycle; issue 2, item 3',
    on: ALL,
    texts: {
      'lifecycle:connect:states': 'a server that answers goes through connecting, initializing and ready, once each',
      'lifecycle:close:connecting': 'closing while connecting ends in closed and leaves nothing',
      'lifecycle:close:initializing': 'closing while initializing ends in closed and leaves nothing',
      'lifecycle:close:ready': 'closing while ready ends in closed and leaves nothing',
      'lifecycle:close:reconnecting': 'closing while reconnecting ends in closed at once, without another attempt',
    },
  },
  {
    source: 'MCP 2025-11-25, basic/lifecycle, "Shutdown"; issue 2, items 4 and 5',
    on: ALL,
    texts: {
      'lifecycle:close:twice': 'closing twice, under either name, is one promise',
      'lifecycle:close:reverse': 'servers are disposed strictly in the reverse order of their start',
      'lifecycle:close:final': 'a closed supervisor refuses calls and servers, saying so',
      'lifecycle:release:polite': 'the server is told politely before anything is taken from it',
      'lifecycle:dispose:scope': 'leaving an `await using` block disposes all servers',
      'lifecycle:remove:free': 'a removed server leaves nothing, and its name is free again',
    },
  },
  {
    source: 'issue 3, item 8',
    on: ALL,
    texts: {
      'replace:swap:gapless': 'a replacement takes over under load: no call fails or waits, each is executed once',
      'replace:drain:ends': 'a call under way ends on the connection it was sent on, which is closed then',
      'replace:drain:cut': 'a call that outlasts the drain fails, its outcome unknown, and is executed once',
      'replace:slots:moved': 'a call that waits for its turn has it on the connection that takes over',
      'replace:broken:kept': 'a replacement that does not get ready is gone, and the server goes on without a gap',
      'replace:broken:refused': 'a replacement that cannot be cured is refused at once, and the server goes on',
      'replace:broken:abort': 'an aborted replacement leaves nothing, and the server goes on',
      'replace:again:superseded': 'a replacement gives way to the next one, and says so',
      'replace:exclusive:order': 'with stopFirst two connections never overlap, and calls wait',
      'replace:close:both': 'closing ends a replacement and a drain that are under way, and leaves nothing',
      'lifecycle:remove:drain': 'removing with time to drain lets calls under way end',
      'lifecycle:close:drain': 'closing with time to drain lets calls under way end',
    },
  },
  {
    source: 'MCP 2024-11-05, basic/transports, "HTTP with SSE"; issue 2, item 4',
    on: ['sse'],
    texts: { 'lifecycle:close:opening': 'closing while the stream names no endpoint frees its socket' },
  },
  {
    source: 'issue 2, item 2',
    on: ALL,
    texts: {
      'lifecycle:add:refused': 'a server that trying again cannot cure is refused at once, and its name is free again',
      'lifecycle:add:late': 'a server that is not ready within startTimeoutMs is given up, and its name is free again',
      'lifecycle:add:abort': 'aborting the addition rejects with the reason, and its name is free again',
      'lifecycle:add:aborted': 'an addition that was aborted before opens nothing',
    },
  },
  {
    source: 'issue 2, item 6',
    on: ALL,
    texts: {
      'death:killed:idle': 'a server killed while idle is noticed without a call and comes back by itself',
      'death:killed:called': 'a server killed during a call fails that call at once, and serves the next one',
      'death:exited:itself': 'a server that exits by itself is noticed and comes back',
      'death:frozen:noticed': 'a frozen server is noticed by its missing signs of life, and cured',
      'death:handshake:crash': 'a server that dies during the handshake is tried again',
      'death:handshake:silent': 'connectTimeoutMs ends a handshake that is never answered, and it is tried again',
      'death:handshake:whole': 'connectTimeoutMs bounds all steps of connecting together',
      'death:handshake:error': 'a passing JSON-RPC error on initialize is a typed fault, and tried again',
      'death:handshake:final': 'a JSON-RPC error that calls initialize wrong is final, with its code',
      'death:handshake:version': 'a server without a common revision is refused',
      'death:handshake:shape': 'a handshake of the wrong shape is a typed fault, and tried again',
    },
  },
  {
    source: 'issue 2, item 6',
    on: ['stdio', 'sse', 'in_process'],
    texts: {
      'death:channel:cut': 'the only stream of messages that ends cleanly ends the epoch, and no session outlives it',
      'death:channel:reset': 'the only stream of messages that breaks ends the epoch, and no session outlives it',
    },
  },
  {
    source: 'MCP 2025-11-25, basic/transports, "Session Management"; issue 2, item 6',
    on: HTTP,
    texts: {
      'death:session:forgotten': 'a call that meets a forgotten session (404) completes on a new one, executed once',
      'death:server:restarted': 'a call made while the server restarts completes on a new session, executed once',
      'death:server:refused': 'a server whose port refuses connections is connected when it comes up',
    },
  },
  {
    source: 'MCP 2025-11-25, basic/transports, "Session Management"; issue 2, item 6',
    on: STREAMABLE,
    texts: {
      'death:session:bad-request': 'a session answered with 400 throughout is replaced, and the call executed once',
      'death:session:under-way': 'a call under way when the session is forgotten is answered, and executed once',
      'death:session:unanswered': 'a call that is not answered holds up the session after a forgotten one for a second',
      'death:push:cut': 'the general stream that ends is opened again in the same session',
      'session:update:unheard': 'a resource that changed while the general stream was broken is told as updated',
    },
  },
  {
    source: 'MCP 2025-11-25, server/tools, "Calling Tools"; issue 2, item 2',
    on: ALL,
    texts: {
      'call:result:text': 'a call resolves with the result of its tool, also among many at once',
      'call:result:tool-error': 'a result with isError passes through',
      'call:error:rpc': 'a JSON-RPC error is SERVER_ERROR with its code and data, and failed by the server',
      'call:extension:carried':
        'a request of an extension reaches the server; one of the protocol itself never does so by name',
      'call:unknown:server': 'a call to an unknown server lists the known ones',
    },
  },
  {
    source: 'MCP 2025-11-25, basic/utilities/progress and cancellation; issue 2, item 2',
    on: ALL,
    texts: {
      'call:progress:told': 'progress reaches onProgress, in order',
      'call:timeout:cancelled': 'a call that takes too long is CALL_TIMEOUT, unknown, and cancelled at the server',
      'call:timeout:alone': 'the timeout of one call leaves a concurrent one alone',
      'call:abort:cancelled': 'an aborted call is CALL_ABORTED at once, unknown, and cancelled at the server',
      'call:abort:before': 'a call that was aborted before is never sent',
    },
  },
  {
    source: 'MCP 2025-11-25, server/utilities/logging and server/resources, "Subscriptions"; docs/adr/0016',
    on: ALL,
    texts: {
      'session:loglevel:restored': 'a declared log level is in force again before a new epoch is ready',
      'session:subscription:restored': 'a declared subscription is in force again before a new epoch is ready',
      'session:subscription:refused': 'a subscription that cannot be brought back is told, and costs nothing else',
      'session:update:told': 'an update of a subscribed resource is told, and of no other',
      'session:update:missed': 'a subscribed resource that changed while its server was away is told as updated',
      'session:update:same': 'a subscribed resource that did not change while its server was away is not told',
      'session:update:flood': 'a flood of updates of one resource costs a handful of events',
      'session:declared:replaced': 'what was declared of a server holds for what replaces it',
      'session:capability:missing': 'what a server does not offer is refused at once, and sent to nobody',
      'session:log:flood': 'a flood of logs is told in part, with the number of what was dropped',
    },
  },
  {
    source: 'MCP 2025-11-25, server/utilities/logging; docs/adr/0016',
    on: OUTSIDE,
    texts: { 'session:log:scrubbed': 'what a server logs is told without the secrets of its configuration' },
  },
  {
    source: 'MCP 2025-11-25, server/resources, server/prompts, server/utilities; issue 4, item 2',
    on: ALL,
    texts: {
      'lists:pages:all': 'resources, templates and prompts are listed over all pages',
      'lists:prompt:get': 'a prompt is given with its arguments filled in, and a value is completed',
      'lists:changed:followed':
        'a list that was asked for is fetched again when it changed, and told what is different',
      'lists:changed:missed': 'a list that changed while its server was away is told, and no other',
      'lists:changed:unasked': 'a list that nobody asked for is never fetched, whatever is said of it',
      'lists:changed:flood': 'a flood of changes of a list costs a handful of requests',
      'lists:entry:wrong': 'an entry of the wrong shape is left out, told, and does not spoil the others',
      'lists:bounds:endless': 'a list without an end is given up, as a fault of the reply and not of the epoch',
      'lists:capability:missing': 'lists that a server does not offer are refused, and asked of nobody',
    },
  },
  {
    source: 'MCP 2025-11-25, client/roots; docs/adr/0016',
    on: ALL,
    texts: {
      'session:roots:answered': 'a server that asks for roots is given the declared ones',
      'session:roots:changed':
        'a server is told that its roots changed, and is given the new ones, in the next epoch too',
      'session:roots:undeclared': 'roots and elicitation are declared only where there is something behind them',
    },
  },
  {
    source: 'MCP 2025-11-25, client/elicitation; docs/adr/0016',
    on: ALL,
    texts: {
      'call:elicitation:answered': 'a server that asks a person is given the answer, in the form and in the url mode',
      'call:elicitation:guarded': 'a handler that throws, or answers nonsense, is answered with cancel',
      'call:elicitation:bounded': 'a handler that hangs is answered with cancel after elicitationTimeoutMs',
      'call:elicitation:aborted': 'the signal of a handler is aborted when its server dies',
      'call:elicitation:form': 'an answer that does not fit the form is answered with cancel, and told as invalid',
      'call:elicitation:checked': 'a question that is wrong is refused before the handler, and costs nothing else',
      'call:elicitation:page':
        'a page that a person is done with is told, once, and of no page that nobody was sent to',
      'call:elicitation:required': 'a call that needs a page first says which, and the end of that is told',
      'call:deadline:elicitation': 'the deadline of a call stands still while a person answers, and goes on after that',
      'call:deadline:sampling': 'the deadline of a call stands still while the model answers, and goes on after that',
      'call:idle:silent': 'a call without reply and progress for idleTimeoutMs is CALL_TIMEOUT, unknown, and cancelled',
      'call:idle:progress': 'progress keeps a call from being idle',
    },
  },
  {
    source: 'MCP 2025-11-25, client/sampling; docs/adr/0023',
    on: ALL,
    texts: {
      'call:sampling:answered': 'a server that asks the model is given the answer; nothing but what is declared is',
      'call:sampling:declined': 'a server whose request is declined is told so, and no event is',
      'call:sampling:guarded': 'a handler that throws, or answers what is no answer or cannot be sent, is an error',
      'call:sampling:bounded': 'a handler that hangs is an error after samplingTimeoutMs',
      'call:sampling:aborted': 'the signal of a handler is aborted when its server dies',
      'call:sampling:tools': 'a request with tools reaches a handler that declared them, and no other',
      'call:sampling:checked': 'a request that is wrong is refused before the handler, and costs nothing else',
      'call:sampling:flooded': 'more requests a minute, or at once, than allowed are errors, told once',
    },
  },
  {
    source: 'issue 2, items 2 and 7',
    on: ALL,
    texts: {
      'call:wait:completes': 'a call made while reconnecting waits and completes',
      'call:wait:deadline': 'a call whose deadline passes while it waits is CALL_TIMEOUT, not sent',
      'call:wait:abort': 'a call that is aborted while it waits is CALL_ABORTED at once, not sent',
      'call:wait:bounded': 'one waiting call more than allowed is QUEUE_FULL at once',
      'call:closed:why': 'a call to a closed server fails at once and says why',
      'call:parked:why': 'a call to a parked server fails at once and says why, until it is retried',
    },
  },
  {
    source: 'issue 2, item 7',
    on: ALL,
    texts: {
      'outcome:exit:once': 'a tool that commits and exits is executed once, and its outcome unknown',
      'outcome:cut:once': 'a tool that commits and ends the stream is executed once, and its outcome unknown at once',
      'outcome:reset:once':
        'a tool that commits and breaks the stream is executed once, and its outcome unknown at once',
      'outcome:hang:once': 'a tool that commits and hangs is executed once, and its outcome unknown at the deadline',
    },
  },
  {
    source: 'RFC 9110, section 10.2.3; issue 2, item 7',
    on: HTTP,
    texts: {
      'outcome:busy:repeated': 'a call refused with 429 or 503 and Retry-After is sent again and executed once',
      'outcome:busy:deadline': 'a Retry-After beyond the deadline fails the call at once, refused',
    },
  },
  {
    source: 'issue 2, item 2',
    on: ALL,
    texts: {
      'isolation:start:eight': 'eight servers are ready as fast as alone beside one that hangs and one that is missing',
      'isolation:flapping:sibling': 'a server that dies again and again changes nothing for the calls of another',
    },
  },
  {
    source: 'issue 2, item 8',
    on: ALL,
    texts: {
      'isolation:callback:listener': 'listeners that throw or reject harm nothing, and are reported',
      'isolation:callback:inspect': 'an inspection observer that throws harms nothing',
      'isolation:callback:progress': 'an onProgress that throws or rejects harms nothing',
    },
  },
  {
    source: 'issue 2, "Bad input"',
    on: ALL,
    texts: {
      'hostile:garbage:survived': 'garbage between messages costs nothing: the same epoch serves on',
      'hostile:id:unknown': 'a reply under an unknown id fails at most its own call',
      'hostile:result:shape': 'a result of the wrong shape is REPLY_INVALID, and the epoch serves on',
      'hostile:pages:endless': 'a list without end is a typed fault, and others do not notice',
      'hostile:list:shape': 'a list of tools of the wrong shape is a typed fault',
      'hostile:tool:shape': 'a tool of the wrong shape is left out, and the others are listed',
      'hostile:notification:flood': 'a flood of list_changed costs a handful of lists',
    },
  },
  {
    source: 'issue 2, "Bad input"',
    on: OUTSIDE,
    texts: {
      'hostile:message:huge': 'a message of 50 MB fails at once within bounded memory, and others do not notice',
      'hostile:stream:endless':
        'a message that never ends is a typed fault within bounded memory, and others do not notice',
    },
  },
  {
    source: 'issue 2, "Bad input"',
    on: HTTP,
    texts: { 'hostile:content-type:wrong': 'an answer of the wrong content type is a typed fault' },
  },
  {
    source: 'issue 2, items 2 and 8',
    on: ALL,
    texts: {
      'info:fields:state': 'getServerInfo tells in each state what is known in it',
      'info:secrets:redacted': 'neither the configuration nor the session can be used from what is shown',
      'info:secrets:words': 'a secret that is a word of the protocol takes nothing of the protocol away',
      'info:unknown:nothing': 'an unknown name gives no info and no tools',
      'info:tools:kept': 'the tools of a server are kept while it reconnects',
      'info:tools:changed': 'after list_changed the tools are fresh, and the change is told',
      'info:wait:signal': 'waitFor resolves in the state and rejects with the reason of its signal',
      'info:events:stream': 'events() yields all events in order and ends at close',
    },
  },
] as const satisfies readonly Group[];

type IdOf<G> = G extends { readonly texts: infer T } ? Extract<keyof T, string> : never;

/** The closed list of ids: a suite cannot cite what does not exist. */
export type RequirementId = IdOf<(typeof GROUPS)[number]>;

/** All requirements, in the order in which the suites verify them. */
export const REQUIREMENTS: readonly Requirement[] = GROUPS.flatMap(({ source, on, texts }: Group) =>
  Object.entries(texts).map(([id, text]) => ({ id, text, source, on })),
);
