/** Asks the system whether processes still live. */

/**
 * Those of the processes that live, or whose process group does: a server that started others and died leaves its
 * group behind.
 */
export function livingProcesses(pids: Iterable<number>): number[] {
  return [...pids].filter((pid) => answers(pid) || answers(-pid));
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
