/**
 * What `mcp-supervisor/testing` exports: faults in front of any server, a scripted server, a clock that moves when it is
 * told to, chance from a seed, and the check that nothing is left. Needs no test framework.
 */

export type {
  Behaviour,
  ChannelFault,
  ControlCommand,
  ControlState,
  FaultOccasion,
  FaultPoint,
  MessageFault,
  ProcessFault,
  RequestFault,
  ScriptedFault,
  ScriptedTasks,
} from './behaviour.ts';
export { type Chance, chanceOf } from './chance.ts';
export type { Direction } from './fault-transport/conditions.ts';
export type {
  CorruptOptions,
  FaultTransport,
  FaultTransportReport,
  FloodOptions,
  StallOptions,
  StdioFaultTransport,
  StormFault,
  StormOptions,
  StormReport,
} from './fault-transport/contract.ts';
export { faultTransport } from './fault-transport/fault-transport.ts';
export { FAULT_VERBS, type FaultVerb } from './fault-transport/verbs.ts';
export type { Journal, JournalEntry, JournalPattern } from './journal.ts';
export { type LeakWatch, watchLeaks } from './leaks/leak-watch.ts';
export { type ScriptedHttp, type ScriptedStdio, scriptedStdio, startScripted } from './scripted.ts';
export type { ProcessExit, ServerProcess } from './server-process.ts';
export { SimulatedClock } from './simulated-clock.ts';
