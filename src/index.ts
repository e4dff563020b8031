/** The public surface, in reading order. Names neither of the libraries underneath. */

export type {
  CallToolResult,
  Implementation,
  Progress,
  ReadResourceResult,
  ServerCapabilities,
  Tool,
} from '@modelcontextprotocol/sdk/types.js';
export type {
  ElicitationContext,
  ElicitationFailed,
  ElicitationHandler,
  ElicitationResult,
} from './asking/elicitation.ts';
export type { ElicitationRequest } from './asking/elicitation-request.ts';
export type {
  SamplingContext,
  SamplingFailed,
  SamplingHandler,
  SamplingResult,
  SamplingSupport,
} from './asking/sampling.ts';
export type { SamplingRequest } from './asking/sampling-request.ts';
export type {
  Authorization,
  AuthorizationRequired,
  LoopbackAuthorization,
} from './authorization/authorization.ts';
export type {
  CredentialKey,
  CredentialStore,
  PendingAuthorization,
  StoredCredentials,
  StoredTokens,
} from './authorization/store/credential-store.ts';
export {
  FileCredentialStore,
  type FileCredentialStoreOptions,
} from './authorization/store/file-credential-store.ts';
export { MemoryCredentialStore } from './authorization/store/memory-credential-store.ts';
export type { CallOptions, ReadOptions } from './call/call-options.ts';
export type { CallRetried } from './call/repetition.ts';
export type { ResultUnchecked } from './call/result-check.ts';
export type { TraceContext, TraceContextFunction } from './call/trace-context.ts';
export type { Explanation, FaultRecord } from './catalog/explanation.ts';
export type { ServerInfo } from './catalog/server-info.ts';
export type { Clock, Random, Timer } from './clock.ts';
export type {
  AuthConfig,
  AuthorizationCodeConfig,
  ClientCredentialsConfig,
  CustomGrantConfig,
  PrivateKeyJwtConfig,
  TokenRequestContext,
  TokenRequestFunction,
} from './config/auth-config.ts';
export { DEFAULTS } from './config/defaults.ts';
export type { HeadersContext, HeadersFunction, HttpHeaders } from './config/http-headers.ts';
export type { ConnectContext, ConnectFunction, InProcessTransport } from './config/in-process.ts';
export type { LimitsConfig, ServerLimits } from './config/limits.ts';
export { loadServers } from './config/load-servers.ts';
export type { RedactedConfig } from './config/redaction.ts';
export type {
  HttpServerConfig,
  InProcessServerConfig,
  ServerConfig,
  ServerConfigInput,
  SseServerConfig,
  StdioServerConfig,
  StreamableHttpServerConfig,
  TransportKind,
  UrlServerConfig,
} from './config/server-config.ts';
export type {
  BackoffConfig,
  HeartbeatConfig,
  LoggingLevel,
  ProcessRecycleConfig,
  RecycleConfig,
  RestartType,
  Root,
  SupervisionConfig,
} from './config/supervision-config.ts';
export type {
  HeartbeatDisabled,
  HeartbeatMissed,
  ReleaseFailed,
  ReplacementChanged,
  StateChange,
} from './connection/state-change.ts';
export { CONNECTION_STATES, type ConnectionState } from './connection-state.ts';
export {
  AuthorizationRequiredError,
  CallError,
  ConfigError,
  type ConfigIssue,
  ConnectionError,
  ERROR_CODES,
  type ErrorCode,
  type RequiredElicitation,
  type SchemaViolation,
  SupervisorError,
} from './errors.ts';
export {
  type AuthFailure,
  type AuthRequirement,
  describeFault,
  type Fault,
  type FaultKind,
  type Outcome,
} from './fault.ts';
export type { Era } from './link/link.ts';
export type { ListName } from './link/lists.ts';
export type { TaskStatus } from './link/remote-task.ts';
export type { RejectedEntry } from './listing/entry-collector.ts';
export type { CatalogChanged, EntriesRejected } from './listing/list-event.ts';
export { McpSupervisor } from './mcp-supervisor.ts';
export type { Listener } from './observe/event-bus.ts';
export type { InspectionObserver } from './observe/inspection.ts';
export type {
  EventsDropped,
  ListenerFailed,
  RuntimeEvent,
  RuntimeEventName,
  RuntimeEventOf,
  RuntimeEventType,
} from './observe/runtime-event.ts';
export type {
  AddServerOptions,
  AddServerResult,
  CloseOptions,
  RemoveServerOptions,
  ReplaceServerOptions,
  ServerDefaults,
  SupervisorHandlers,
  SupervisorOptions,
  WaitForOptions,
} from './options.ts';
export type { SchemaFlaw } from './schema/json-schema.ts';
export type { CompletionRequest } from './server-verbs.ts';
export type {
  ElicitationCompleted,
  LogReceived,
  ResourceUpdated,
  SessionLoss,
  SessionRestored,
} from './session/session-event.ts';
export type {
  ConnectionRetired,
  ReplacementFailed,
  ReplacementReason,
  ServerAdded,
  ServerEscalated,
  ServerRemoved,
  ServerReplaced,
  ServerRestarted,
  WorldFrozen,
  WorldThawed,
} from './supervisor/report.ts';
export type { ListedTask, Task, TaskCallOptions, TaskState } from './task/task.ts';
export type { LedgerFailed, LedgerOptions, ProcessReaped } from './transport/process-report.ts';
export type { Network } from './world/network.ts';
