/** How the epochs of a server are opened, out of its configuration and of what the host declared for it. */

import type { Implementation } from '@modelcontextprotocol/sdk/types.js';
import type { ElicitationFailed } from '../asking/elicitation.ts';
import type { SamplingFailed } from '../asking/sampling.ts';
import type { ServerQuestions } from '../asking/server-questions.ts';
import type { AuthorizationRequired } from '../authorization/authorization.ts';
import { AuthorizationDesk } from '../authorization/desk.ts';
import type { CredentialStore } from '../authorization/store/credential-store.ts';
import type { TaskBoard } from '../call/task-board.ts';
import type { Clock } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { ServerRecipe } from '../connection/epoch.ts';
import type { ListEvent } from '../listing/list-event.ts';
import type { DeclaredSession } from '../session/declared-session.ts';
import { LiveSession } from '../session/live-session.ts';
import type { SessionEvent } from '../session/session-event.ts';
import type { ProcessOwnership, ProcessReport } from '../transport/process-report.ts';
import { VERSION } from '../version.ts';
import { type Answering, type AnsweringOptions, answering } from './answering.ts';
import { type EraMemory, eraMemoryOf } from './era-memory.ts';
import { firstWay } from './ladder.ts';
import type { Revision } from './revision.ts';

/** What of a host's options concerns every server it is connected to. */
export interface RecipeOptions extends AnsweringOptions {
  readonly clientInfo?: Implementation;
  readonly handleSignals?: boolean;
  readonly ledger?: ProcessOwnership['ledger'];
  readonly credentialStore?: CredentialStore;
}

/** A server, as whoever opens it sees it. */
export interface RecipeTarget {
  /** The configuration in force. */
  readonly revision: Revision;
  readonly session: DeclaredSession;
  readonly questions: ServerQuestions;
  readonly tasks: TaskBoard;
}

/** What every server is opened with. */
interface RecipeContext extends Answering {
  readonly clock: Clock;
  readonly clientInfo: Implementation;
  readonly processes: ProcessOwnership;
  readonly desk: AuthorizationDesk;
  /** What servers were found to speak. */
  readonly memory: EraMemory;
  readonly notify: Notify;
}

/** Told what happens while servers are opened and served. Must not throw. */
type Notify = (
  event: SessionEvent | ListEvent | ElicitationFailed | SamplingFailed | ProcessReport | AuthorizationRequired,
) => void;

/** Resolve what every server is opened with. */
export function recipeContext(options: RecipeOptions, clock: Clock, notify: Notify): RecipeContext {
  const { handleSignals, ledger, credentialStore: store } = options;
  const clientInfo = options.clientInfo ?? { name: 'mcp-supervisor', version: VERSION };
  return {
    clock,
    memory: eraMemoryOf(clock),
    clientInfo,
    processes: { handleSignals: handleSignals ?? true, ledger: ledger ?? {}, report: notify },
    desk: new AuthorizationDesk({ clock, clientName: clientInfo.name, store, notify }),
    ...answering(options, clock, notify),
    notify,
  };
}

/** Make the recipe of one configuration of a server. */
export function recipeOf(target: RecipeTarget, revision: Revision, context: RecipeContext): ServerRecipe {
  const { session: declared, questions, tasks } = target;
  const { config, plan, habit, scrub, learned } = revision;
  const { clock, clientInfo, processes, desk, elicitation, sampling, memory, notify } = context;
  const learn = (secret: string): void => learned.learn(secret);
  const probeTimeoutMs = plan.heartbeat === false ? DEFAULTS.heartbeatTimeoutMs : plan.heartbeat.timeoutMs;
  return {
    plan,
    habit,
    isAwaited: () => questions.standstill.isOn,
    ...firstWay({
      config,
      connectTimeoutMs: plan.connectTimeoutMs,
      clock,
      memory,
      carrier: () => {
        const authorizer = desk.of(revision);
        const context = { clock, scrub, learn, processes };
        return authorizer === undefined ? context : authorizer.then((authorization) => ({ ...context, authorization }));
      },
      link: { clock, scrub, clientInfo, probeTimeoutMs, limits: plan.limits },
    }),
    session: (epoch, signal) =>
      new LiveSession({
        asker: { server: plan.name, epoch, questions, limits: plan.limits },
        declared,
        tasks,
        ownConfig: () => (target.revision === revision ? undefined : config),
        clock,
        limits: plan.limits,
        scrub,
        readTimeoutMs: plan.callTimeoutMs,
        signal,
        notify,
        elicitation,
        sampling,
      }),
  };
}
