/**
 * One life of a connection, as one Effect: process or sockets, transport, link, publication, watch, acquired in
 * this order and released in reverse. Where a Python client would push onto an AsyncExitStack, each resource is
 * registered for release in the step that constructs it. It never ends by itself except with a fault.
 */

import * as Effect from 'effect/Effect';
import type { Clock, Random } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { SupervisionPlan } from '../config/effective.ts';
import type { Fault } from '../fault.ts';
import type { LinkObserver, ServerIdentity } from '../link/link.ts';
import { listOf } from '../link/sign-of-life.ts';
import { Refresher } from '../listing/refresher.ts';
import type { Carrier, StartTurn, Transport } from '../transport/transport.ts';
import { attempt, failureOf } from './attempt.ts';
import type { EpochInput } from './context.ts';
import { Drain } from './drain.ts';
import type { EpochCommand, EpochEvent } from './events.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Nursery } from './nursery.ts';
import type { Publication, Publisher } from './publication.ts';
import type { PulseHabit } from './pulse-habit.ts';
import { PulseHold } from './pulse-hold.ts';
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
  /** The declared session state, for one epoch: what is asked for it is given up when the signal is aborted. */
  readonly session: (epoch: number, signal: AbortSignal) => EpochSession;
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

/** What the work of an epoch that is over is given up with. One for all: the system would make one with a trace of the stack each time. */
const OVER = new Error('the epoch is over');

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
  // One for all steps: a signal costs more than most of them.
  const over = new AbortController();
  let served = false;
  const answered = () => {
    served = true;
  };
  const dueAtMs = () => context.clock.monotonic() + recipe.plan.connectTimeoutMs;
  let connectByMs = dueAtMs();
  const turn: StartTurn = {
    awaited: () => tell({ type: 'start.queued', epoch }),
    had: () => {
      connectByMs = dueAtMs();
      tell({ type: 'start.admitted', epoch });
    },
  };
  const part = { recipe, context, epoch, tell, answered, turn, signal: over.signal };
  const life = Effect.gen(function* () {
    const hold = new PulseHold();
    const heartbeat = heartbeatOf(part, hold);
    const drain = new Drain(context.clock);
    listen((command) => {
      if (command.type === 'release') return drain.limit(command.drainMs ?? 0);
      hold.obey(command);
      heartbeat?.obey(command);
    });
    const session = yield* Effect.acquireRelease(
      Effect.sync(() => recipe.session(epoch, over.signal)),
      (it) => Effect.sync(() => it.end()),
    );
    const occupation = { busy: () => heartbeat?.busy(), idle: () => drain.idle(), pulse: hold };
    const opened = yield* openBy(recipe, (way) =>
      Effect.flatMap(openCarrier(part, way), (it) => openLink(part, way, it, session, occupation)),
    );
    const { link, identity } = opened;
    const restoring = session.restore(link, identity, restoreBudgetMs(connectByMs, context.clock));
    if (restoring !== undefined) yield* attempt(() => restoring, link);
    yield* publish(part, opened, session, drain);
    // In the next turn: whoever waited for this server to be ready calls it first.
    yield* Effect.yieldNow;
    return yield* watch(part, opened, heartbeat);
  });
  // Told before anything is released: the state changes when the fault happens, not when the ladder is through.
  const told = Effect.tapError(life, (fault) =>
    Effect.sync(() => tell({ type: 'epoch.faulted', epoch, fault, served })),
  );
  return Effect.scoped(Effect.onExit(told, () => Effect.sync(() => over.abort(OVER))));
}

/** What every part of an epoch works with. */
interface Part {
  readonly recipe: ServerRecipe;
  readonly context: EpochContext;
  readonly epoch: number;
  readonly tell: Tell;
  /** A call was answered. */
  readonly answered: () => void;
  readonly turn: StartTurn;
  /** Aborted when the epoch is over, before anything of it is released. */
  readonly signal: AbortSignal;
}

/** A server that was opened. */
interface Opened extends Pick<Publication, 'link' | 'identity' | 'refreshTools'> {
  readonly carrier: Carrier;
}

/** Process or sockets, and the transport over them. */
const openCarrier = Effect.fnUntraced(function* ({ recipe, context, epoch, tell, turn, signal }: Part, way: Way) {
  const { clock, nursery } = context;
  const { stepMs } = releaseBudget(recipe.plan);
  const failed = releaseFailed(epoch, tell);
  const loading = way.loadCarrier();
  const construct = loading instanceof Promise ? yield* attempt(() => loading) : loading;
  let forget = () => {};
  const begin = () => {
    const it = construct();
    // It can still be ended by force while its polite release goes on.
    forget = nursery.onForce(() => it.destroy());
    return it;
  };
  const carrier = yield* acquire(clock, begin, {
    resource: 'carrier',
    timeoutMs: stepMs,
    release: (it) => it.release().finally(forget),
    force: (it) => it.destroy(),
    failed,
  });
  yield* attempt(() => carrier.start(signal, turn));
  context.publisher.began(recipe.plan.name, epoch, carrier);
  const transport = yield* acquire(clock, () => carrier.createTransport(), {
    resource: 'transport',
    timeoutMs: stepMs,
    release: (it) => it.close(),
    failed,
  });
  return { carrier, transport };
});

/** The conversation, opened and proven by one round trip. */
const openLink = Effect.fnUntraced(function* (
  { recipe, context, epoch, tell, signal }: Part,
  way: Way,
  { carrier, transport }: { carrier: Carrier; transport: Transport },
  session: EpochSession,
  occupation: Pick<LinkObserver, 'busy' | 'idle' | 'pulse'>,
) {
  const { clock, publisher } = context;
  const opened = () => tell({ type: 'transport.opened', epoch });
  const construct = yield* attempt(() => way.loadLink({ transport, session: session.observer, opened, signal }));
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
  const link = yield* acquire(clock, () => construct(observer), {
    resource: 'link',
    timeoutMs: releaseBudget(recipe.plan).stepMs,
    release: (it) => it.close(),
    failed: releaseFailed(epoch, tell),
  });
  const { limits } = recipe.plan;
  const list = async (identity: ServerIdentity) => {
    const found = await fetchTools(link, identity, { clock, limits }, signal);
    publisher.listed(recipe.plan.name, epoch, found);
  };
  const opening = async () => {
    const identity = await link.open(signal);
    await list(identity);
    return identity;
  };
  const identity = yield* attempt(opening, link);
  const refresher = new Refresher(clock, limits.refreshPauseMs, () => list(identity), signal);
  refresh = () => refresher.request();
  // Tools that changed while the first list was under way may not be on it.
  if (isChanged) refresh();
  return { carrier, link, identity, refreshTools: () => refresher.request() };
});

/**
 * Publish last, so that what can be found serves; withdraw first, so that what ends cannot be found, and no call comes
 * after those that are waited for.
 */
const publish = Effect.fnUntraced(function* (
  { recipe, context, epoch, tell, answered }: Part,
  opened: Opened,
  session: EpochSession,
  drain: Drain,
) {
  const { clock, publisher } = context;
  const publication: Publication = {
    server: recipe.plan.name,
    epoch,
    ...opened,
    connectedAtMs: clock.now(),
    served: answered,
  };
  const withdraw = async () => {
    publisher.withdraw(publication);
    session.withdrawn();
    if (!(await drain.wait(opened.link))) releaseFailed(epoch, tell)('calls', 'timed-out');
  };
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      publisher.publish(publication);
      session.published();
      tell({ type: 'link.initialized', epoch });
    }),
    () => Effect.promise(withdraw),
  );
});

function heartbeatOf({ recipe, context, epoch, tell }: Part, hold: PulseHold) {
  const { plan, habit, isAwaited } = recipe;
  if (plan.heartbeat === false) return undefined;
  return new Heartbeat(
    plan.heartbeat,
    context.clock,
    { habit, hold },
    {
      isAwaited,
      missed: (missed) => tell({ type: 'heartbeat.missed', epoch, missed }),
      answered: () => tell({ type: 'heartbeat.answered', epoch }),
      disabled: () => tell({ type: 'heartbeat.disabled', epoch }),
    },
  );
}

/**
 * Wait for the end: of the link, or of the server's signs of life. An epoch that is worn says so, again and again, and
 * goes on serving until another connection takes over.
 */
function watch(
  { recipe, context, epoch, tell, signal }: Part,
  { carrier, link, identity }: Opened,
  heartbeat: Heartbeat | undefined,
): Effect.Effect<never, Fault> {
  const { clock, random } = context;
  const { recycle } = recipe.plan;
  return Effect.callback((resume) => {
    const fail = (fault: Fault) => resume(Effect.fail(fault));
    const give = (error: unknown) => {
      if (!signal.aborted) resume(failureOf(error));
    };
    void link.ended.then(fail);
    const silent = (fault: Fault) => {
      link.abandon(fault);
      fail(fault);
    };
    heartbeat?.watch(link, listOf(identity.capabilities), signal).then(silent).catch(give);
    if (recycle === undefined) return;
    const notice = () => tell({ type: 'wear.noticed', epoch });
    const bytes = () => carrier.residentBytes?.();
    watchWear(recycle, { clock, random, bytes, worn: notice }, signal).catch(give);
  });
}

/** A server that does not answer what is brought back must not use up the time in which it has to be ready. */
function restoreBudgetMs(connectByMs: number, clock: Clock): number {
  return Math.min(DEFAULTS.restoreTimeoutMs, (connectByMs - clock.monotonic()) / 2);
}

function releaseFailed(epoch: number, tell: Tell) {
  return (resource: ReleasedResource, reason: 'timed-out' | 'threw') =>
    tell({ type: 'release.failed', epoch, resource, reason });
}
