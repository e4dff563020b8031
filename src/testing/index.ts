/** What `mcp-supervisor/testing` exports: the scripted server and the clock that only moves when it is told to. */

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
} from './behaviour.ts';
export type { Journal, JournalEntry, JournalPattern } from './journal.ts';
export { type ScriptedHttp, type ScriptedStdio, scriptedStdio, startScripted } from './scripted.ts';
export type { ProcessExit, ServerProcess } from './server-process.ts';
export { SimulatedClock } from './simulated-clock.ts';
