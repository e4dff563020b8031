/**
 * One life of a connection, as one Effect: process or sockets, transport, link, publication, watch, acquired in
 * this order and released in reverse. Where a Python client would push onto an AsyncExitStack, each resource is
 * registered for release in the step that constructs it. It never ends by itself except with a fault.
 */

import * as Effect from 'effect/Effect';
import type { Clock, Random } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { SupervisionPlan } from '../config/effective.ts';
import { type Fault, FaultError } from '../fault.ts';
import type { Link, LinkObserver, ServerIdentity } from '../link/link.ts';
import { listOf } from '../link/sign-of-life.ts';
import { Refresher } from '../listing/refresher.ts';
import type { Carrier, Transport } from '../transport/transport.ts';
import type { EpochInput } from './context.ts';
import { Drain } from './drain.ts';
import type { EpochCommand, EpochEvent } from './events.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Nursery } from './nursery.ts';
import type { Publication, Publisher } from './publication.ts';
import type { PulseHabit } from './pulse-habit.ts';
import { acquire, type ReleasedResource, releaseBudget } from './release.ts';
import type { EpochSession } from './session.ts';
import { fetchTools } from './tool-listing.ts';
import { openBy, type Way } from './way.ts';
import { watchWear } from './wear.ts';

/** How one server is opened; made from its configuration, which stays in the vault. */
export interface ServerRecipe extends Way {
  readonly plan: SupervisionPlan;
  /** What was learnt about how the server can be asked for a sign of life. */
  readonly habit: PulseHabit;
  /** Whether a person answers something that the server asked. */
  readonly isAwaited: () => boolean;
  /** The declared session state, for one epoch. */
  readonly session: (epoch: number) => EpochSession;
}

/** What every epoch is run with. */
export interface EpochContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly nursery: Nursery;
  readonly publisher: Publisher;
  /** The recipe of a server in one of its configurations, or nothing when it was removed. */
  readonly recipe: (of: Pick<EpochInput, 'server' | 'revision'>) => ServerRecipe | undefined;
}

type Tell = (event: EpochEvent) => void;
type Listen = (listener: (command: EpochCommand) => void) => void;

/** Make the effect of one epoch. It fails with why the epoch ended, after everything of it is released. */
export function epochEffect(
  input: EpochInput,
  context: EpochContext,
  tell: Tell,
  listen: Listen = () => {},
): Effect.Effect<never, Fault> {
  const { epoch } = input;
  const recipe = context.recipe(input);
  if (recipe === undefined) return Effect.fail({ kind: 'closed' });
  const life = Effect.gen(function* () {
    const connectByMs = context.clock.monotonic() + recipe.plan.connectTimeoutMs;
    const heartbeat = heartbeatOf(recipe, context, epoch, tell);
    const drain = new Drain(context.clock);
    listen((command) => (command.type === 'release' ? drain.limit(command.drainMs ?? 0) : heartbeat?.obey(command)));
    const session = yield* Effect.acquireRelease(
      Effect.sync(() => recipe.session(epoch)),
      (it) => Effect.sync(() => it.end()),
    );
    const occupation = { busy: () => heartbeat?.busy(), idle: () => drain.idle() };
    const { carrier, link, identity, refreshTools } = yield* openBy(recipe, (way) => {
      const part = { recipe, way, context, epoch, tell };
      return Effect.flatMap(openCarrier(part), (opened) => openLink(part, opened, session, occupation));
    });
    yield* unlessEnded(link, () => session.restore(link, identity, restoreBudgetMs(connectByMs, context.clock)));
    yield* drained(link, drain, releaseFailed(epoch, tell));
    yield* publish(recipe, context, { carrier, link, identity, refreshTools, session }, epoch, tell);
    return yield* Effect.raceFirst(watch(heartbeat, link, identity), worn(recipe, context, carrier, epoch, tell));
  });
  // Told before anything is released: the state changes when the fault happens, not when the ladder is through.
  const told = Effect.tapError(life, (fault) => Effect.sync(() => tell({ type: 'epoch.faulted', epoch, fault })));
  return Effect.scoped(told);
}

/** What opening a server works with. */
interface Opening {
  readonly recipe: ServerRecipe;
  readonly way: Way;
  readonly context: EpochContext;
  readonly epoch: number;
  readonly tell: Tell;
}

/** Process or sockets, and the transport over them. */
const openCarrier = Effect.fnUntraced(function* ({ recipe, way, context, epoch, tell }: Opening) {
  const { stepMs } = releaseBudget(recipe.plan);
  const failed = releaseFailed(epoch, tell);
  const construct = yield* attempt(() => way.loadCarrier());
  let held: Carrier | undefined;
  // Registered before the carrier, so that it can still be ended by force while its polite release goes on.
  yield* Effect.acquireRelease(
    Effect.sync(() => context.nursery.onForce(() => held?.destroy())),
    (forget) => Effect.sync(forget),
  );
  const carrier = yield* acquire(context.clock, () => (held = construct()), {
    resource: 'carrier',
    timeoutMs: stepMs,
    release: (it) => it.release(),
    force: (it) => it.destroy(),
    failed,
  });
  yield* attempt((signal) => carrier.start(signal));
  context.publisher.began(recipe.plan.name, epoch, carrier);
  const transport = yield* acquire(context.clock, () => carrier.createTransport(), {
    resource: 'transport',
    timeoutMs: stepMs,
    release: (it) => it.close(),
    failed,
  });
  return { carrier, transport };
});

/** The conversation, opened and proven by one round trip. */
const openLink = Effect.fnUntraced(function* (
  { recipe, way, context, epoch, tell }: Opening,
  { carrier, transport }: { carrier: Carrier; transport: Transport },
  session: EpochSession,
  occupation: Pick<LinkObserver, 'busy' | 'idle'>,
) {
  const opened = () => tell({ type: 'transport.opened', epoch });
  const construct = yield* attempt((signal) => way.loadLink({ transport, session: session.observer, opened, signal }));
  let isChanged = false;
  let refresh = () => {
    isChanged = true;
  };
  const observer: LinkObserver = {
    ...session.observer,
    opened,
    toolsChanged: () => refresh(),
    ...occupation,
  };
  const link = yield* acquire(context.clock, () => construct(observer), {
    resource: 'link',
    timeoutMs: releaseBudget(recipe.plan).stepMs,
    release: (it) => it.close(),
    failed: releaseFailed(epoch, tell),
  });
  const identity = yield* unlessEnded(link, (signal) => link.open(signal));
  const { limits } = recipe.plan;
  const list = async (signal: AbortSignal) => {
    const found = await fetchTools(link, identity, { clock: context.clock, limits }, signal);
    context.publisher.listed(recipe.plan.name, epoch, found);
  };
  yield* unlessEnded(link, list);
  const refresher = yield* Effect.acquireRelease(
    Effect.sync(() => new Refresher(context.clock, limits.refreshPauseMs, list)),
    (it) => Effect.sync(() => it.stop()),
  );
  refresh = () => refresher.request();
  // Tools that changed while the first list was under way may not be on it.
  if (isChanged) refresh();
  return { carrier, link, identity, refreshTools: () => refresher.request() };
});

/** Released after the withdrawal of what was published, so that no call comes after those that are waited for. */
function drained(link: Link, drain: Drain, failed: (resource: ReleasedResource, reason: 'timed-out') => void) {
  const wait = async () => {
    if (!(await drain.wait(link))) failed('calls', 'timed-out');
  };
  return Effect.acquireRelease(Effect.void, () => Effect.promise(wait));
}

/** Publish last, so that what can be found serves; withdraw first, so that what ends cannot be found. */
const publish = Effect.fnUntraced(function* (
  recipe: ServerRecipe,
  { clock, publisher }: EpochContext,
  {
    session,
    ...opened
  }: { carrier: Carrier; session: EpochSession } & Pick<Publication, 'link' | 'identity' | 'refreshTools'>,
  epoch: number,
  tell: Tell,
) {
  let isProven = false;
  const publication: Publication = {
    server: recipe.plan.name,
    epoch,
    ...opened,
    connectedAtMs: clock.now(),
    served: () => {
      if (isProven) return;
      isProven = true;
      tell({ type: 'service.proven', epoch });
    },
  };
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      publisher.publish(publication);
      session.published();
      tell({ type: 'link.initialized', epoch });
    }),
    () =>
      Effect.sync(() => {
        publisher.withdraw(publication);
        session.withdrawn();
      }),
  );
});

function heartbeatOf({ plan, habit, isAwaited }: ServerRecipe, { clock }: EpochContext, epoch: number, tell: Tell) {
  if (plan.heartbeat === false) return undefined;
  return new Heartbeat(plan.heartbeat, clock, habit, {
    isAwaited,
    missed: (missed) => tell({ type: 'heartbeat.missed', epoch, missed }),
    answered: () => tell({ type: 'heartbeat.answered', epoch }),
    disabled: () => tell({ type: 'heartbeat.disabled', epoch }),
  });
}

/** Wait for the end: of the link, or of the server's signs of life. */
function watch(heartbeat: Heartbeat | undefined, link: Link, { capabilities }: ServerIdentity) {
  const ended = Effect.flatMap(
    Effect.promise(() => link.ended),
    (fault) => Effect.fail(fault),
  );
  if (heartbeat === undefined) return ended;
  const silent = Effect.flatMap(
    attempt((signal) => heartbeat.watch(link, listOf(capabilities), signal)),
    (fault) => {
      link.abandon(fault);
      return Effect.fail(fault);
    },
  );
  return Effect.raceFirst(ended, silent);
}

/** Say, again and again, that the epoch is worn; it goes on serving until another connection takes over. */
function worn({ plan }: ServerRecipe, { clock, random }: EpochContext, carrier: Carrier, epoch: number, tell: Tell) {
  const { recycle } = plan;
  if (recycle === undefined) return Effect.never;
  const notice = () => tell({ type: 'wear.noticed', epoch });
  const bytes = () => carrier.residentBytes?.();
  return attempt((signal) => watchWear(recycle, { clock, random, bytes, worn: notice }, signal));
}

/** A server that does not answer what is brought back must not use up the time in which it has to be ready. */
function restoreBudgetMs(connectByMs: number, clock: Clock): number {
  return Math.min(DEFAULTS.restoreTimeoutMs, (connectByMs - clock.monotonic()) / 2);
}

/** Run a step that may be interrupted at any time, and that ends with the link. */
function unlessEnded<A>(link: Link, step: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, Fault> {
  const ended = Effect.flatMap(
    Effect.promise(() => link.ended),
    (fault) => Effect.fail(fault),
  );
  return Effect.raceFirst(attempt(step), ended);
}

/** A rejection with a fault is the fault of the epoch; any other rejection is a defect, and so a crash. */
function attempt<A>(step: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, Fault> {
  return Effect.catch(Effect.tryPromise({ try: step, catch: (error) => error }), (error) =>
    error instanceof FaultError ? Effect.fail(error.fault) : Effect.die(error),
  );
}

function releaseFailed(epoch: number, tell: Tell) {
  return (resource: ReleasedResource, reason: 'timed-out' | 'threw') =>
    tell({ type: 'release.failed', epoch, resource, reason });
}
