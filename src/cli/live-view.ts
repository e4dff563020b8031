/**
 * What a person at a terminal sees of `watch`: a table that is always current, and above it, scrolling away, what
 * happened. It looks at the supervisor and never changes anything.
 */

import { clearScreenDown, cursorTo } from 'node:readline';
import { createLogUpdate } from 'log-update';
import type { Clock, Timer } from '../clock.ts';
import type { McpSupervisor, RuntimeEvent } from '../index.ts';
import type { Channel } from './channel.ts';
import { showDelay } from './duration.ts';
import { logLine } from './event-line.ts';
import type { ServerRow, TableLayout } from './server-block.ts';
import { summaryLine, tableLines } from './server-table.ts';
import { showLine } from './showable.ts';
import type { WatchView } from './watch-view.ts';
import { widest } from './width.ts';

/** How often ages and countdowns are drawn anew. */
const TICK_MS = 1_000;
/** Events of the log that can be drawn again. */
const RECENT_EVENTS = 100;
/** Lines beside the table: a blank one, the summary, the cursor's, and some of the log. */
const OTHER_LINES = 8;

/** What the view looks at. */
export interface LiveViewContext {
  readonly out: Channel;
  readonly mcp: McpSupervisor;
  readonly clock: Clock;
  /** Names of all servers, in the order of the file. */
  readonly names: readonly string[];
  /** Whether servers that do not serve are explained at length from the beginning. */
  readonly isExplaining: boolean;
  /** Whether a key can change that. */
  readonly hasKeys: boolean;
}

/** The view of a terminal. */
export class LiveView implements WatchView {
  readonly #context: LiveViewContext;
  readonly #region: ReturnType<typeof createLogUpdate>;
  readonly #sinceMs = new Map<string, number>();
  readonly #closed: string[] = [];
  readonly #recent: RuntimeEvent[] = [];
  #isExplaining: boolean;
  #closingSinceMs: number | undefined;
  #timer: Timer | undefined;
  #isDrawPlanned = false;
  #hasEnded = false;

  constructor(context: LiveViewContext) {
    this.#context = context;
    this.#isExplaining = context.isExplaining;
    this.#region = createLogUpdate(context.out.stream);
    context.out.stream.on('resize', this.#redrawAll);
    this.#tick();
  }

  event(event: RuntimeEvent): void {
    if (this.#hasEnded) return;
    if (event.type === 'state.changed' || event.type === 'server.added') this.#sinceMs.set(event.server, event.atMs);
    if (event.type === 'server.removed') this.#closed.push(event.server);
    // The table shows at once that a server was added; the log begins with what becomes of it.
    if (event.type !== 'server.added') this.#log(event);
    this.#planDraw();
  }

  /** A key was pressed: `e` explains at length, or no more. */
  pressed(key: string): void {
    if (key !== 'e' || this.#hasEnded) return;
    this.#isExplaining = !this.#isExplaining;
    this.#planDraw();
  }

  closing(): void {
    this.#closingSinceMs = this.#context.clock.monotonic();
    this.#planDraw();
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (this.#timer !== undefined) this.#context.clock.clearTimeout(this.#timer);
    this.#context.out.stream.off('resize', this.#redrawAll);
    this.#region.clear();
    this.#region.done();
    if (this.#closingSinceMs === undefined) return;
    const { out, clock } = this.#context;
    const order = this.#closed.map(showLine).join(', ');
    const took = showDelay(clock.monotonic() - this.#closingSinceMs);
    out.line(`closed in ${took}${order === '' ? '' : `, in this order: ${order}`}`);
  }

  #log(event: RuntimeEvent): void {
    this.#recent.push(event);
    if (this.#recent.length > RECENT_EVENTS) this.#recent.shift();
    this.#region.persist(logLine(event, this.#layout));
  }

  /** Several events of one turn are drawn once. */
  #planDraw(): void {
    if (this.#isDrawPlanned) return;
    this.#isDrawPlanned = true;
    queueMicrotask(() => {
      this.#isDrawPlanned = false;
      this.#draw();
    });
  }

  #tick(): void {
    this.#draw();
    this.#timer = this.#context.clock.setTimeout(() => this.#tick(), TICK_MS);
  }

  /** A terminal that changes its width may have wrapped what was drawn, so all of it is drawn anew. */
  readonly #redrawAll = (): void => {
    const { stream, rows } = this.#context.out;
    this.#region.clear();
    cursorTo(stream, 0, 0);
    clearScreenDown(stream);
    for (const event of this.#recent.slice(-rows)) this.#region.persist(logLine(event, this.#layout));
    this.#draw();
  };

  #draw(): void {
    if (this.#hasEnded) return;
    const rows = this.#rows();
    const layout = this.#layout;
    const isClosing = this.#closingSinceMs !== undefined;
    const advice = isClosing ? 'closing, last started first; Ctrl-C again to force' : this.#advice;
    const table = rows.length === 0 ? [] : ['', ...tableLines(rows, layout, this.#context.out.rows - OTHER_LINES)];
    this.#region([...table, summaryLine(rows, advice, layout)].join('\n'));
  }

  #rows(): ServerRow[] {
    const { mcp, names } = this.#context;
    const infos = names.map((name) => mcp.getServerInfo(name)).filter((info) => info !== undefined);
    return infos.map((info) => ({
      info,
      sinceMs: this.#sinceMs.get(info.name),
      explanation: this.#isExplaining && info.state !== 'ready' ? mcp.explain(info.name).text : undefined,
    }));
  }

  get #advice(): string {
    const end = 'Ctrl-C closes all and ends';
    if (!this.#context.hasKeys) return end;
    return `${this.#isExplaining ? 'e explains less' : 'e explains more'}, ${end}`;
  }

  get #layout(): TableLayout {
    const { out, names, clock } = this.#context;
    const nameColumns = Math.max('SERVER'.length, widest(names.map(showLine), Math.floor(out.columns / 5)));
    return { colours: out.colours, columns: out.columns, nameColumns, nowMs: clock.now() };
  }
}
