import type { ChildProcess } from "node:child_process";

const running = new Map<ChildProcess, { isGroup: boolean }>();

/**
 * A process that must not outlive this one: it is killed when this one exits, however it comes to that. One whose host is
 * killed itself (`kill -9`) has to notice that by its closed channel.
 *
 * @param options.isGroup it leads a process group (`detached`), which ends with it
 */
export function owned<Child extends ChildProcess>(child: Child, { isGroup = false } = {}): Child {
  if (running.size === 0) process.once("exit", killAll);
  running.set(child, { isGroup });
  child.once("exit", () => {
    running.delete(child);
    if (running.size === 0) process.off("exit", killAll);
  });
  return child;
}

function killAll(): void {
  for (const [child, { isGroup }] of running) {
    if (child.pid === undefined) continue;
    try {
      process.kill(isGroup ? -child.pid : child.pid, "SIGKILL");
    } catch {
      // It is gone already.
    }
  }
}
