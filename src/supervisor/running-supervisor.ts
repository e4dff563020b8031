/**
 * The supervisor as the rooms above see it: a few verbs, reports, and one way to close. Here the machines, the
 * nursery and the epochs are put together; nothing above names XState or Effect.
 */

import { createActor, type InspectionEvent } from 'xstate';
import type { Clock, Random } from '../clock.ts';
import { type EpochContext, epochEffect, type ServerRecipe } from '../connection/epoch.ts';
import { EpochNumbers } from '../connection/epoch-numbers.ts';
import { groundOn } from '../connection/ground.ts';
import { Lives } from '../connection/lives.ts';
import { Nursery } from '../connection/nursery.ts';
import type { Publisher } from '../connection/publication.ts';
import { releaseBudget } from '../connection/release.ts';
import { isNetworkLoss, mayBeNetworkLoss } from '../policy/network-loss.ts';
import type { Network } from '../world/network.ts';
import { WorldWatch } from '../world/world-watch.ts';
import type { SupervisorCommand, SupervisorEvent } from './events.ts';
import { hear } from './hearing.ts';
import { supervisorMachine } from './machine.ts';
import type { SupervisorReport } from './report.ts';
import { shownInspection } from './shown-inspection.ts';

/** What a supervisor is started with. */
export interface SupervisorSetup {
  readonly clock: Clock;
  readonly random: Random;
  readonly publisher: Publisher;
  readonly recipe: EpochContext['recipe'];
  /** Total time for disposing all servers, in milliseconds. */
  readonly closeTimeoutMs: number;
  readonly world: WorldSetup;
  /** Told of every report, in the turn in which it happens. Must not throw. */
  readonly report: (report: SupervisorReport) => void;
  /** Told when the supervisor itself crashed; its resources have been ended by force. Must not throw. */
  readonly crashed: () => void;
  readonly inspect?: ((event: unknown) => void) | undefined;
}

/** How the supervisor looks at the host as a whole. Durations in milliseconds. */
export interface WorldSetup {
  readonly network: Network;
  readonly tickMs: number;
  readonly jumpMs: number;
  readonly staggerMs: number;
}

/** A supervisor that runs. */
export interface RunningSupervisor {
  /** Ask it for something. After `close` nothing is started any more. */
  send(command: Exclude<SupervisorCommand, { type: 'close' | 'close.force' }>): void;
  /**
   * Dispose all servers, last started first; calls under way may go on for `drainMs`. Resolves when everything is gone.
   * Never rejects. A second close is the first.
   */
  close(drainMs?: number): Promise<void>;
  /** End everything by force, now; `close` resolves soon after. */
  force(): void;
}

/** How long resources that were ended by force may take to be gone. */
const FORCED_GRACE_MS = 2_000;

/** How long an epoch waits for an older one of the same connection that its machine lost track of. */
function staleTimeoutMs(recipe: ServerRecipe | undefined): number {
  return recipe === undefined ? 0 : releaseBudget(recipe.plan).epochMs;
}

/** Start a supervisor without servers. */
export function startSupervisor(setup: SupervisorSetup): RunningSupervisor {
  const { clock, random, recipe } = setup;
  const nursery = new Nursery(clock);
  const context = { clock, random, nursery, publisher: setup.publisher, recipe };
  const numbers = new EpochNumbers();
  const lives = new Lives();
  const ground = groundOn(clock, {
    random,
    numbers,
    lives,
    hear: (connection, report) => hear(connection, report, hearing),
    beginEpoch: ({ input, tell, listen }) =>
      nursery.fork(input.connection, epochEffect(input, context, tell, listen), () => staleTimeoutMs(recipe(input))),
  });
  const { inspect } = setup;
  const root = createActor(supervisorMachine(), {
    id: 'supervisor',
    clock: ground,
    input: { closeTimeoutMs: setup.closeTimeoutMs, staggerMs: setup.world.staggerMs },
    ...(inspect === undefined ? undefined : { inspect: (event: InspectionEvent) => inspect(shownInspection(event)) }),
  });

  const { network, tickMs, jumpMs } = setup.world;
  const watch = new WorldWatch({ clock, network, tickMs, jumpMs, tell: (fact) => send(fact) });
  const stopped = new Promise<void>((resolve) => {
    root.subscribe({
      next: ({ status, context: { children } }) => watch.keep(status === 'active' && children.length > 0),
      complete: resolve,
      error: () => {
        watch.keep(false);
        nursery.force();
        setup.crashed();
        resolve();
      },
    });
  });
  const tell = (report: SupervisorReport) => {
    if (report.type === 'server.removed') numbers.forget(report.server);
    setup.report(report);
    if (report.type === 'heartbeat.missed') watch.suspect(false);
    const cause = report.type === 'state.changed' ? report.cause : undefined;
    // Looking asks the system for every interface, and what else fails says nothing of the network.
    if (cause !== undefined && mayBeNetworkLoss(cause)) watch.suspect(isNetworkLoss(cause));
  };
  const children = () => root.getSnapshot().context.children;
  const hearing = { lives, children, report: tell, send: (event: SupervisorEvent) => send(event) };
  root.on('*', tell);
  root.start();

  // XState would print what a supervisor that has ended is told.
  const send = (event: SupervisorEvent) => {
    if (root.getSnapshot().status === 'active') root.send(event);
  };
  let closing: Promise<void> | undefined;
  const close = async (drainMs: number) => {
    send({ type: 'close', drainMs });
    await stopped;
    // In order, everything is gone by now; what a deadline gave up is still held, and ends by force.
    if (!(await nursery.close(0))) await nursery.close(FORCED_GRACE_MS);
  };
  return {
    send,
    close: (drainMs = 0) => {
      closing ??= close(drainMs);
      return closing;
    },
    force: () => {
      nursery.force();
      send({ type: 'close.force' });
    },
  };
}
