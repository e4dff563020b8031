/** How the main job looks: calm lines of at most 80 columns, coloured in a terminal and plain when piped. */

import type { CallToolResult, ConnectionState, ServerInfo, StateChange, Tool } from 'mcp-supervisor';
import pc from 'picocolors';

const WIDTH = 80;
const NAME_WIDTH = 18;
const CHANGE_WIDTH = 30;

type Colors = ReturnType<typeof pc.createColors>;

/** Writes the story of one run. */
export class Report {
  readonly #out: NodeJS.WriteStream;
  readonly #colors: Colors;
  readonly #startedAtMs = Date.now();

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#colors = pc.createColors(out.isTTY === true && pc.isColorSupported);
  }

  title(text: string): void {
    this.#line(this.#colors.bold(text));
  }

  heading(text: string): void {
    this.#line('');
    this.#line(this.#colors.bold(text));
  }

  note(text: string): void {
    for (const line of wrapped(text, WIDTH - 2)) this.#line(`  ${line}`);
  }

  state({ server, from, to, cause, atMs }: StateChange): void {
    const { dim } = this.#colors;
    const change = `${from} -> ${this.#stateColor(to)(to)}${' '.repeat(CHANGE_WIDTH - from.length - to.length - 4)}`;
    const why = cause !== undefined && (to === 'reconnecting' || to === 'closed') ? cause.kind : '';
    this.#line(`${this.#time(atMs)}  ${server.padEnd(NAME_WIDTH)}${change}${dim(why)}`.trimEnd());
  }

  removed(server: string, atMs: number): void {
    this.#line(`${this.#time(atMs)}  ${server.padEnd(NAME_WIDTH)}${this.#colors.dim('released')}`);
  }

  tools(server: string, tools: readonly Tool[]): void {
    const count = `${tools.length} tools`.padEnd(10);
    const names = tools.map(({ name }) => name).join(', ');
    this.#line(`  ${server.padEnd(NAME_WIDTH)}${count}${this.#colors.dim(cut(names, WIDTH - NAME_WIDTH - 12))}`);
  }

  result(server: string, tool: string, text: string): void {
    const called = tool.padEnd(16);
    this.#line(`  ${server.padEnd(NAME_WIDTH)}${called}${cut(text, WIDTH - NAME_WIDTH - 18)}`);
  }

  info(info: ServerInfo): void {
    const { config } = info;
    const rows: readonly (readonly [string, string])[] = [
      ['state', `${info.state}, epoch ${info.epoch}`],
      ['transport', config.transport],
      ['endpoint', info.endpoint],
      ...(config.transport === 'stdio' ? ([['env', JSON.stringify(config.env ?? {})]] as const) : []),
      ['process', String(info.pid)],
      ['protocol', `${info.protocolVersion} (${info.era} era)`],
      ['implementation', `${info.implementation?.name} ${info.implementation?.version}`],
      ['connected at', info.connectedAt?.toISOString() ?? ''],
      ['tools', String(info.tools.length)],
    ];
    this.#line(`  ${info.name}`);
    for (const [name, value] of rows) {
      this.#line(`    ${this.#colors.dim(name.padEnd(NAME_WIDTH - 2))}${cut(value, WIDTH - NAME_WIDTH - 2)}`);
    }
  }

  passed(): void {
    const seconds = ((Date.now() - this.#startedAtMs) / 1000).toFixed(1);
    this.#line('');
    this.#line(`${this.#colors.green('Everything held')} in ${seconds} s.`);
  }

  failed(error: unknown): void {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`\n${this.#colors.red('Failed')}: ${reason}\n`);
  }

  #time(atMs: number): string {
    return this.#colors.dim(`${((atMs - this.#startedAtMs) / 1000).toFixed(2).padStart(6)} s`);
  }

  #stateColor(state: ConnectionState): (text: string) => string {
    switch (state) {
      case 'connecting':
      case 'initializing':
        return this.#colors.cyan;
      case 'ready':
        return this.#colors.green;
      case 'reconnecting':
        return this.#colors.yellow;
      case 'closed':
        return this.#colors.dim;
    }
  }

  #line(text: string): void {
    this.#out.write(`${text}\n`);
  }
}

/** The texts of a result, as one line. */
export function textOf({ content }: CallToolResult): string {
  const texts = content.map((part) => (part.type === 'text' ? part.text : `(${part.type})`));
  return texts.join(' ').replaceAll(/\s+/g, ' ').trim();
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
