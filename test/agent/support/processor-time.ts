import { readdirSync, readFileSync } from 'node:fs';

/**
 * Time on a processor and time in the queue for one, of a task, in ms.
 *
 * @see https://docs.kernel.org/scheduler/sched-stats.html
 */
function schedstat(pid: number, task: number | string): { ran: number; waited: number } {
  const text = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8');
  const [ran = 0, waited = 0] = text.split(' ').map(Number);
  return { ran: ran / 1e6, waited: waited / 1e6 };
}

/** Time on a processor so far of all tasks of a process, in ms; other counters go in hundredths of a second. */
export function processorMs(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.reduce((sum, task) => sum + schedstat(pid, task).ran, 0);
}

/** How long the main task of a process could have run and other programs had the processor, from now on. */
export class RunQueueWait {
  private readonly before: number;

  constructor(private readonly pid: number) {
    this.before = schedstat(pid, pid).waited;
  }

  ms(): number {
    return schedstat(this.pid, this.pid).waited - this.before;
  }
}
