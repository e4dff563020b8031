#!/usr/bin/env node
/** Starts the program `mcp-supervisor` and sets the exit code. */

import { createHost } from './host.ts';
import { run } from './program.ts';

process.exitCode = await run(createHost(process));
